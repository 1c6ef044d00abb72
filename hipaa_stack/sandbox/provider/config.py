"""Where a provider instance works: account, region and default tags, from its configuration and the session."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass

from hipaa_stack.sandbox.config import SandboxConfig

from .wire import Properties, Value, is_unknown, unwrap

_REGION_VARIABLES = {
    "aws": ("AWS_REGION", "AWS_DEFAULT_REGION"),
    "gcp": ("GOOGLE_REGION", "GCLOUD_REGION", "CLOUDSDK_COMPUTE_REGION"),
}
_PROJECT_VARIABLES = ("GOOGLE_PROJECT", "GOOGLE_CLOUD_PROJECT", "GCLOUD_PROJECT", "CLOUDSDK_CORE_PROJECT")
_PARTITIONS = {"cn": "aws-cn", "us-gov": "aws-us-gov", "us-iso": "aws-iso", "us-isob": "aws-iso-b", "eusc": "aws-eusc"}


@dataclass(frozen=True, slots=True)
class Scope:
    """An account (AWS account id, GCP project id) and a region of it."""

    account: str
    region: str

    @property
    def partition(self) -> str:
        prefix = re.match(r"(us-gov|us-isob|us-iso|cn|eusc)-", self.region)
        return _PARTITIONS[prefix[1]] if prefix else "aws"

    @property
    def dns_suffix(self) -> str:
        suffixes = {"aws-cn": "amazonaws.com.cn", "aws-eusc": "amazonaws.eu", "aws-iso": "c2s.ic.gov", "aws-iso-b": "sc2s.sgov.gov"}
        return suffixes.get(self.partition, "amazonaws.com")


@dataclass(frozen=True, slots=True)
class ProviderConfig:
    """The configuration of one provider instance, as far as the simulation needs it."""

    provider: str
    scope: Scope
    default_tags: Mapping[str, Value]
    """AWS: tags on every resource. GCP: labels on every resource."""

    @classmethod
    def of(cls, provider: str, given: Properties, session: SandboxConfig) -> ProviderConfig:
        """From what `Configure` receives: nested values may come as JSON text."""
        values = {key: _parsed(unwrap(value)) for key, value in given.items()}
        region = _text(values.get("region")) or next((os.environ[name] for name in _REGION_VARIABLES[provider] if os.environ.get(name)), "")
        if provider == "gcp":
            project = _text(values.get("project")) or next((os.environ[name] for name in _PROJECT_VARIABLES if os.environ.get(name)), "")
            labels = values.get("defaultLabels")
            return cls(
                provider, Scope(project or session.gcp_project, region or session.gcp_region), labels if isinstance(labels, dict) else {}
            )
        tags = values.get("defaultTags")
        nested = tags.get("tags") if isinstance(tags, dict) else None
        scope = Scope(_aws_account(values) or session.aws_account_id, region or session.aws_region)
        return cls(provider, scope, nested if isinstance(nested, dict) else {})

    def scope_of(self, properties: Properties) -> Scope:
        """The scope of a resource: its own `region` and (Google Cloud) `project` win over those of the provider."""
        region, project = _text(unwrap(properties.get("region"))), _text(unwrap(properties.get("project")))
        return Scope(
            account=project if project and self.provider == "gcp" else self.scope.account,
            region=region or self.scope.region,
        )


def _aws_account(values: Mapping[str, Value]) -> str:
    """The account of the role that the provider assumes, or else the first that it allows."""
    roles = values.get("assumeRoles")
    for role in roles if isinstance(roles, list) else []:
        match = re.match(r"arn:[^:]*:iam::(\d{12}):", _text(role.get("roleArn")) if isinstance(role, dict) else "")
        if match:
            return match[1]
    allowed = values.get("allowedAccountIds")
    return _text(allowed[0]) if isinstance(allowed, list) and allowed else ""


def _text(value: Value) -> str:
    return "" if value is None or isinstance(value, dict | list) or is_unknown(value) else str(value)


def _parsed(value: Value) -> Value:
    if isinstance(value, str) and value[:1] in {"[", "{"}:
        try:
            parsed: Value = json.loads(value)
        except ValueError:
            return value
        return parsed
    return value
