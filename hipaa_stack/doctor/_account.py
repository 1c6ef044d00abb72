"""The account, through boto3: every call is a read, ends in time, and says why where it answers nothing."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from typing import Any, Final

CONNECT_SECONDS = 5
READ_SECONDS = 15
ATTEMPTS = 2
"""Of one call, and of the questions of boto3 to the instance that it may run on."""

PATIENCE_SECONDS = 90.0
"""Of all calls together: where nothing answers, nobody waits longer."""

READS: Final[Mapping[tuple[str, str], str]] = {
    ("cloudtrail", "describe_trails"): "cloudtrail:DescribeTrails",
    ("ec2", "describe_addresses"): "ec2:DescribeAddresses",
    ("ec2", "describe_availability_zones"): "ec2:DescribeAvailabilityZones",
    ("ec2", "describe_nat_gateways"): "ec2:DescribeNatGateways",
    ("ec2", "describe_vpcs"): "ec2:DescribeVpcs",
    ("ecr", "describe_pull_through_cache_rules"): "ecr:DescribePullThroughCacheRules",
    ("eks", "describe_cluster"): "eks:DescribeCluster",
    ("eks", "describe_cluster_versions"): "eks:DescribeClusterVersions",
    ("eks", "list_clusters"): "eks:ListClusters",
    ("guardduty", "list_detectors"): "guardduty:ListDetectors",
    ("iam", "get_role"): "iam:GetRole",
    ("kms", "list_aliases"): "kms:ListAliases",
    ("logs", "describe_log_groups"): "logs:DescribeLogGroups",
    ("s3", "get_bucket_encryption"): "s3:GetEncryptionConfiguration",
    ("s3", "get_bucket_versioning"): "s3:GetBucketVersioning",
    ("service-quotas", "get_aws_default_service_quota"): "servicequotas:GetAWSDefaultServiceQuota",
    ("service-quotas", "get_service_quota"): "servicequotas:GetServiceQuota",
    ("sts", "get_caller_identity"): "sts:GetCallerIdentity",
}
"""Every call that is made, and the IAM action that permits it (Service Authorization Reference). No other can be made."""

_DENIED = ("AccessDenied", "UnauthorizedOperation", "AuthorizationError")
_EXPIRED = ("ExpiredToken", "RequestExpired", "InvalidClientTokenId", "UnrecognizedClient", "AuthFailure")
LOG_IN = "Log in again, such as with `aws sso login`; `aws sts get-caller-identity` shows whether it worked."
INSTALL = "pip install 'hipaa-stack[aws]'"


class Unseen(Exception):  # noqa: N818 - an answer, not a mistake
    """What could not be seen, and why: without credentials, without a right, or without an answer."""

    def __init__(self, why: str, fix: str = "Run it again; if it stays so, look at https://health.aws.amazon.com.") -> None:
        """Takes why, and what would make it visible."""
        super().__init__(why)
        self.fix = fix


class Account:
    """Calls of AWS in one region. Raises Unseen for everything that is not an answer."""

    def __init__(self, region: str | None, profile: str | None = None) -> None:
        """Opens a session with the credentials that every AWS program finds. Raises Unseen without boto3, a region or credentials."""
        if region is None:
            raise Unseen("no region is named", "pulumi config set aws:region REGION")
        try:
            import boto3  # noqa: PLC0415 - takes half a second, and only this verb needs it
            from botocore.config import Config  # noqa: PLC0415
            from botocore.exceptions import BotoCoreError  # noqa: PLC0415
        except ImportError:
            raise Unseen(f"boto3 is not installed: {INSTALL}", INSTALL) from None
        self._config = Config(
            connect_timeout=CONNECT_SECONDS, read_timeout=READ_SECONDS, retries={"total_max_attempts": ATTEMPTS, "mode": "standard"}
        )
        try:
            self._session = boto3.session.Session(region_name=region, profile_name=profile)
            known = self._session.get_credentials()
        except (BotoCoreError, OSError, ValueError) as error:
            raise Unseen(f"the credentials of AWS cannot be read: {_line(error)}", LOG_IN) from None
        if known is None:
            raise Unseen("no credentials of AWS were found", LOG_IN)
        self._until = time.monotonic() + PATIENCE_SECONDS
        self._clients: dict[str, Any] = {}
        self._silent: dict[str, Unseen] = {}

    def every(self, service: str, operation: str, key: str, **arguments: Any) -> list[Any]:
        """The items under `key` of every page."""
        return self._call(service, operation, key, (), arguments, pages=True) or []

    def get(self, service: str, operation: str, key: str, missing: tuple[str, ...] = (), **arguments: Any) -> Any:
        """What the answer has under `key`, or all of it without one; None where AWS answers with one of the codes of `missing`."""
        return self._call(service, operation, key, missing, arguments, pages=False)

    def _call(self, service: str, operation: str, key: str, missing: tuple[str, ...], arguments: Mapping[str, Any], *, pages: bool) -> Any:
        from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError  # noqa: PLC0415
        from botocore.parsers import ResponseParserError  # noqa: PLC0415

        action = READS[service, operation]
        if service in self._silent:
            raise self._silent[service]
        if time.monotonic() > self._until:
            raise Unseen(f"{action}: not asked: AWS took more than {PATIENCE_SECONDS:.0f} s already")
        try:
            if service not in self._clients:
                self._clients[service] = self._session.client(service, config=self._config)
            client = self._clients[service]
            if pages and client.can_paginate(operation):
                return self._pages(client.get_paginator(operation).paginate(**arguments), key, action)
            return _under(getattr(client, operation)(**arguments), key, action)
        except ClientError as error:
            code = str(error.response.get("Error", {}).get("Code", ""))
            if code in missing:
                return None
            raise _refused(action, code, str(error.response.get("Error", {}).get("Message", ""))) from None
        except HTTPClientError as error:
            unreached = Unseen(f"{action}: {_line(error)}", f"Is {self._session.region_name} a region of AWS, and reached from here?")
            self._silent[service] = unreached
            raise unreached from None
        except BotoCoreError as error:
            raise Unseen(f"{action}: {_line(error)}", LOG_IN) from None
        except (ResponseParserError, ValueError, TypeError, AttributeError) as error:  # an answer that is none of AWS
            raise Unseen(f"{action}: the answer cannot be read: {_line(error)}", "Is a proxy between here and AWS?") from None

    def _pages(self, pages: Iterable[Mapping[str, Any]], key: str, action: str) -> list[Any]:
        found: list[Any] = []
        for page in pages:
            found += _under(page, key, action)
            if time.monotonic() > self._until:
                raise Unseen(f"{action}: not read to its end: AWS took more than {PATIENCE_SECONDS:.0f} s")
        return found


def _under(answer: Any, key: str, action: str) -> Any:
    """An answer without what was asked for is none: to take it for an empty one would be to guess."""
    if key == "":
        return answer
    if key not in answer:
        raise Unseen(f"{action}: the answer has no {key}", "Is a proxy between here and AWS?")
    return answer[key]


def _refused(action: str, code: str, message: str) -> Unseen:
    if any(word in code for word in _DENIED):
        return Unseen(f"the caller may not {action}", f"Allow {action} (docs/doctor.md has the whole policy).")
    fixes = {"fix": LOG_IN} if any(word in code for word in _EXPIRED) else {}
    return Unseen(f"{action}: {code}: {_line(message)}".rstrip(": "), **fixes)


def _line(said: object) -> str:
    """The beginning of what somebody else said, in one line."""
    return " ".join(str(said).split())[:200]
