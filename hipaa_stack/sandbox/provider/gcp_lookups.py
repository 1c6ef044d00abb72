"""Google Cloud look-ups whose answers have a form of their own."""

from __future__ import annotations

import json
from collections.abc import Mapping

from .accounts import Accounts
from .aws_lookups import Compute
from .facts import Facts
from .gcp_values import GKE_VERSION, service_agent
from .wire import Properties, Value

DERIVED = frozenset({"gcp:organizations/getIAMPolicy:getIAMPolicy"})
"""Answers that follow from the program: nothing in them is invented."""

_CHANNELS = ("RAPID", "REGULAR", "STABLE", "EXTENDED")


def _client(facts: Facts, _: Accounts) -> Properties:
    local = facts.session.kubernetes
    scope = facts.scope
    token = local.token if local else f"ya29.simulated-{facts.hex(40, 'token')}"
    return {
        "id": scope.account,
        "project": scope.account,
        "region": scope.region,
        "zone": f"{scope.region}-a",
        "accessToken": token,
        "defaultLabels": {},
    }


def _user(facts: Facts, _: Accounts) -> Properties:
    email = facts.fill("simulated-caller@{account}.iam.gserviceaccount.com")
    return {"email": email, "id": email}


def _project(facts: Facts, _: Accounts) -> Properties:
    project = facts.text("projectId", facts.scope.account).removeprefix("projects/")
    number = facts.session.gcp_project_number if project == facts.session.gcp_project else facts.digits(12, project)
    return {
        "id": f"projects/{project}",
        "projectId": project,
        "name": project,
        "number": number,
        "labels": {},
        "effectiveLabels": {},
        "pulumiLabels": {},
    }


def _versions(facts: Facts, _: Accounts) -> Properties:
    channels: Properties = dict.fromkeys(_CHANNELS, GKE_VERSION)
    one: Properties = dict.fromkeys(("defaultClusterVersion", "latestMasterVersion", "latestNodeVersion"), GKE_VERSION)
    maps: Properties = {f"releaseChannel{kind}Version": dict(channels) for kind in ("Default", "Latest", "UpgradeTarget")}
    return {"id": facts.scope.region, **one, **maps, "validMasterVersions": [GKE_VERSION], "validNodeVersions": [GKE_VERSION]}


def _storage_agent(facts: Facts, _: Accounts) -> Properties:
    email = facts.fill("service-{project_number}@gs-project-accounts.iam.gserviceaccount.com")
    return {"id": email, "project": facts.scope.account, "emailAddress": email, "member": f"serviceAccount:{email}"}


def _logging_agent(facts: Facts, _: Accounts) -> Properties:
    name = facts.fill("projects/{account}/cmekSettings")
    return {"id": name, "name": name, "serviceAccountId": service_agent(facts, "logging"), "kmsKeyVersionName": ""}


def _zones(facts: Facts, _: Accounts) -> Properties:
    """Three zones in most regions; us-central1 has four (Compute Engine, regions and zones)."""
    letters = "abcf" if facts.scope.region == "us-central1" else "abc"
    return {"id": facts.fill("projects/{account}/regions/{region}"), "names": [f"{facts.scope.region}-{letter}" for letter in letters]}


def _key_ring(facts: Facts, _: Accounts) -> Properties:
    return {"id": facts.fill("projects/{account}/locations/{location}/keyRings/{name}")}


def _crypto_key(facts: Facts, _: Accounts) -> Properties:
    return {"id": facts.fill("{keyRing}/cryptoKeys/{name}"), "purpose": "ENCRYPT_DECRYPT"}


def _policy(facts: Facts, _: Accounts) -> Properties:
    """The policy as JSON, as `policyData` takes it."""
    bindings = facts.inputs.get("bindings")
    plain = [item for item in bindings if isinstance(item, dict)] if isinstance(bindings, list) else []
    listed = sorted(({"members": sorted(map(str, _listed(item.get("members")))), "role": item.get("role")} for item in plain), key=str)
    data = json.dumps({"bindings": listed}, separators=(",", ":"))
    return {"id": str(sum(data.encode())), "policyData": data}


def _listed(value: Value) -> list[Value]:
    return value if isinstance(value, list) else []


COMPUTED: Mapping[str, Compute] = {
    "gcp:compute/getZones:getZones": _zones,
    "gcp:container/getEngineVersions:getEngineVersions": _versions,
    "gcp:kms/getKMSCryptoKey:getKMSCryptoKey": _crypto_key,
    "gcp:kms/getKMSKeyRing:getKMSKeyRing": _key_ring,
    "gcp:logging/getProjectCmekSettings:getProjectCmekSettings": _logging_agent,
    "gcp:organizations/getClientConfig:getClientConfig": _client,
    "gcp:organizations/getClientOpenIdUserInfo:getClientOpenIdUserInfo": _user,
    "gcp:organizations/getIAMPolicy:getIAMPolicy": _policy,
    "gcp:organizations/getProject:getProject": _project,
    "gcp:storage/getProjectServiceAccount:getProjectServiceAccount": _storage_agent,
}
