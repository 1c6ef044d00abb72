"""Objects of an exported Pulumi state, put into the simulated accounts: previews then know what exists."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from hipaa_stack.sandbox.config import SandboxConfig

from .accounts import Accounts, Record
from .config import ProviderConfig
from .identity import identity
from .schema import Sdk, UnknownTokenError


def seed(directory: Path, state: Mapping[str, Any]) -> int:
    """Loads a state as `pulumi stack export` prints it into the session; the number of objects that now exist.

    Objects of types that the installed SDKs do not have, objects that wait for their deletion, and objects that are
    there already, are left out. Secrets are not kept.
    """
    deployment = state.get("deployment", state)
    resources = [entry for entry in deployment.get("resources") or [] if isinstance(entry, dict)]
    providers = {
        f"{entry['urn']}::{entry.get('id', '')}": entry for entry in resources if str(entry.get("type", "")).startswith("pulumi:providers:")
    }
    clouds = {cloud for cloud in ("aws", "gcp") if any(str(entry.get("type", "")).startswith(f"{cloud}:") for entry in resources)}
    session = SandboxConfig.read(directory)
    count = 0
    for cloud in sorted(clouds):
        sdk, accounts = Sdk(cloud), Accounts(directory, cloud)
        for entry in resources:
            if str(entry.get("type", "")).startswith(f"{cloud}:") and entry.get("id") and not entry.get("delete"):
                provider = providers.get(str(entry.get("provider")), {})
                count += _add(sdk, accounts, entry, ProviderConfig.of(cloud, provider.get("inputs") or {}, session))
    return count


def _add(sdk: Sdk, accounts: Accounts, entry: Mapping[str, Any], config: ProviderConfig) -> int:
    try:
        resource = sdk.resource(entry["type"])
    except UnknownTokenError:
        return 0
    inputs, outputs = entry.get("inputs") or {}, entry.get("outputs") or {}
    scope = config.scope_of(outputs)
    unique = identity(resource, inputs, scope)
    key = unique.key if unique and accounts.holder(unique.key) is None else None
    found = accounts.find(resource.token, scope, entry["id"])
    if found and not found.deleted:
        return 0
    accounts.add(Record(resource.token, scope, entry["id"], entry["urn"], key, inputs, outputs, known=True, deleted=False))
    accounts.count(f"create|{entry['urn']}")
    return 1
