"""What the environment of a command in a sandbox holds: the private engine set-up, and no way to a real account."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from hipaa_stack.sandbox.supervisor import MARKER
from hipaa_stack.sandbox.vault import Vault

_STRIPPED_PREFIXES = ("AWS_", "GOOGLE_", "GCLOUD_", "CLOUDSDK_", "AZURE_", "ARM_", "PULUMI_CONFIG", "KUBERNETES_SERVICE_")
_STRIPPED = {
    "KUBECONFIG",
    "KUBERNETES_MASTER",
    "PULUMI_ACCESS_TOKEN",
    "PULUMI_API",
    "PULUMI_DEBUG_PROVIDERS",
    "PULUMI_DEBUG_LANGUAGES",
    "PULUMI_ENABLE_LEGACY_PLUGIN_SEARCH",
    "PULUMI_DIY_BACKEND_URL",
}
_KEPT = {
    "AWS_REGION",
    "AWS_DEFAULT_REGION",
    "GOOGLE_PROJECT",
    "GOOGLE_CLOUD_PROJECT",
    "GOOGLE_REGION",
    "GOOGLE_ZONE",
    "GCLOUD_PROJECT",
    "GCLOUD_REGION",
    "GCLOUD_ZONE",
    "CLOUDSDK_CORE_PROJECT",
    "CLOUDSDK_COMPUTE_REGION",
    "CLOUDSDK_COMPUTE_ZONE",
}
"""Places, not credentials: the simulated providers read them as the real ones do."""


def of_session(directory: Path, vault: Vault, base: Mapping[str, str]) -> dict[str, str]:
    """The environment `base` (usually the caller's), changed for commands in the sandbox `directory`."""
    nowhere = directory / "no-credentials"
    environment = {name: value for name, value in base.items() if not _stripped(name)}
    return environment | {
        MARKER: str(directory),
        "PATH": os.pathsep.join((str(directory / "bin"), base.get("PATH", os.defpath))),
        "PULUMI_HOME": str(directory / "pulumi"),
        # Checkpoints are replaced in one step, but the files with their metadata are not: an engine that is killed while
        # it writes one leaves a stack that cannot be loaded. Nothing reads them.
        "PULUMI_BACKEND_URL": f"file://{directory / 'backend'}?metadata=skip",
        "PULUMI_CONFIG_PASSPHRASE": vault.passphrase,
        "PULUMI_SKIP_UPDATE_CHECK": "1",
        "PULUMI_IGNORE_AMBIENT_PLUGINS": "1",
        "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "1",
        "PULUMI_DISABLE_REGISTRY_RESOLVE": "1",
        "PULUMI_OPTION_PRESERVE_CONFIG": "true",
        "PYTHONDONTWRITEBYTECODE": "1",
        "KUBECONFIG": str(directory / "kubeconfig"),
        # The Kubernetes provider leaves a kubeconfig behind in the folder for temporary files at every start.
        "TMPDIR": str(directory / "tmp"),
        "AWS_CONFIG_FILE": str(nowhere),
        "AWS_SHARED_CREDENTIALS_FILE": str(nowhere),
        "AWS_EC2_METADATA_DISABLED": "true",
        "CLOUDSDK_CONFIG": str(nowhere),
        "NO_GCE_CHECK": "true",
    }


def _stripped(name: str) -> bool:
    return name not in _KEPT and (name in _STRIPPED or name.startswith(_STRIPPED_PREFIXES))
