"""What this machine shows: the programs that a deployment runs, where its state lies, and what encrypts its secrets."""

from __future__ import annotations

import importlib.metadata
import re
import shutil
import subprocess
from collections.abc import Iterator

from hipaa_stack.doctor._finding import Finding, beside, failed, passed, unknown
from hipaa_stack.doctor._platform import Platform

OLDEST_PULUMI = (3, 250)
"""What the distribution asks for of the SDK; the engine is as new."""

SDKS = ("pulumi-aws", "pulumi-kubernetes")
PATIENCE_SECONDS = 20
"""Start of the Pulumi engine on a cold disk, several times over."""

KEYS = ("awskms://", "gcpkms://", "azurekeyvault://", "hashivault://")
"""Secrets providers that hold a key (Pulumi, secrets encryption)."""


def look(platform: Platform) -> Iterator[Finding]:
    """Everything that needs no account."""
    yield _pulumi()
    yield from _sdks()
    yield _aws_cli(platform)
    yield _region(platform)
    yield _backend(platform)
    yield _secrets_provider(platform)


def _pulumi() -> Finding:
    program = shutil.which("pulumi")
    install = "Install Pulumi: https://www.pulumi.com/docs/install/"
    if program is None:
        return failed("pulumi", message="not on PATH", fix=install)
    try:
        said = subprocess.run([program, "version"], text=True, capture_output=True, timeout=PATIENCE_SECONDS, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        return unknown("pulumi", message=f"{program} does not say its version: {error}", fix=install)
    version = re.search(r"(\d+)\.(\d+)\.\d+", said.stdout)
    if version is None:
        return unknown("pulumi", message=f"{program} does not say its version: {(said.stderr or said.stdout).strip()[:200]}", fix=install)
    wanted = ".".join(map(str, OLDEST_PULUMI))
    if (int(version[1]), int(version[2])) < OLDEST_PULUMI:
        return failed("pulumi", message=f"version {version[0]}; {wanted} or newer is needed", fix=install)
    return passed("pulumi", message=f"version {version[0]}")


def _sdks() -> Iterator[Finding]:
    for name in SDKS:
        try:
            yield passed(f"SDK {name}", message=f"version {importlib.metadata.version(name)}")
        except importlib.metadata.PackageNotFoundError:
            yield failed(f"SDK {name}", message="not installed", fix="pip install 'hipaa-stack[aws]'")


def _aws_cli(platform: Platform) -> Finding:
    if platform.layer == "CLOUD":
        return beside("AWS CLI", message="the layer CLOUD calls no API server")
    if shutil.which("aws") is None:
        return failed(
            "AWS CLI", message="not on PATH: the kubeconfig asks it for tokens", fix="Install it: https://docs.aws.amazon.com/cli/"
        )
    return passed("AWS CLI", message="on PATH")


def _region(platform: Platform) -> Finding:
    if platform.region is None:
        return failed("region", message="none is named", fix=f"pulumi config set aws:region REGION --stack {platform.stack}")
    return passed("region", message=platform.region)


def _backend(platform: Platform) -> Finding:
    url = platform.backend
    if url is None:
        fix = "Name it in Pulumi.yaml (backend.url), so that everybody uses the same one."
        return unknown("state back end", message="neither Pulumi.yaml nor PULUMI_BACKEND_URL names it", fix=fix)
    if url.startswith("file:"):
        if not platform.holds_patient_data:
            return passed("state back end", message=f"{url}: states of synthetic data may lie in files")
        message = f"{url}: a file has no access control, no versions and no record of who read it"
        return failed(
            "state back end", message=message, fix="Make a bucket with AwsStateBackend, then `pulumi login` to it (docs/state-backend.md)."
        )
    return passed("state back end", message=url)


def _secrets_provider(platform: Platform) -> Finding:
    name, provider = "secrets provider", platform.secrets_provider
    fix = f"pulumi stack change-secrets-provider 'awskms://<key>?region=<region>' --stack {platform.stack}"
    if provider is not None and provider.startswith(KEYS):
        return passed(name, message=provider.partition("?")[0])
    if provider == "passphrase":
        if platform.holds_patient_data:
            message = "a passphrase: whoever knows it opens every secret, and nobody can take it from them (164.312(a)(2)(iv))"
            return failed(name, message=message, fix=fix)
        return passed(name, message="a passphrase, for a stack of synthetic data")
    if provider is None:
        message = "the stack file names none: the back end decides, or the stack does not exist yet"
        return unknown(name, message=message, fix=f"pulumi stack init {platform.stack} --secrets-provider 'awskms://<key>?region=<region>'")
    return unknown(name, message=f"{provider}: not one that is known here", fix=fix)
