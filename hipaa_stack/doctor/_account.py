"""The account, through boto3: every call is a read, ends in time, and says why where it answers nothing."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from typing import Any, Final

from hipaa_stack.doctor._credentials import fix_of, session_of
from hipaa_stack.doctor._unseen import LOG_IN, PROXY, Unseen, line

CONNECT_SECONDS = 5
READ_SECONDS = 15
ATTEMPTS = 2
"""Of one call, and of the questions of boto3 to the instance that it may run on."""

PATIENCE_SECONDS = 90.0
"""Of all calls together: where nothing answers, nobody waits longer."""

READS: Final[Mapping[tuple[str, str], str]] = {
    ("cloudtrail", "describe_trails"): "cloudtrail:DescribeTrails",
    ("cloudtrail", "get_event_selectors"): "cloudtrail:GetEventSelectors",
    ("cloudtrail", "get_trail_status"): "cloudtrail:GetTrailStatus",
    ("ec2", "describe_addresses"): "ec2:DescribeAddresses",
    ("ec2", "describe_availability_zones"): "ec2:DescribeAvailabilityZones",
    ("ec2", "describe_nat_gateways"): "ec2:DescribeNatGateways",
    ("ec2", "describe_subnets"): "ec2:DescribeSubnets",
    ("ec2", "describe_vpcs"): "ec2:DescribeVpcs",
    ("ecr", "describe_pull_through_cache_rules"): "ecr:DescribePullThroughCacheRules",
    ("ecr", "describe_repository_creation_templates"): "ecr:DescribeRepositoryCreationTemplates",
    ("eks", "describe_cluster"): "eks:DescribeCluster",
    ("eks", "describe_cluster_versions"): "eks:DescribeClusterVersions",
    ("eks", "list_clusters"): "eks:ListClusters",
    ("guardduty", "get_detector"): "guardduty:GetDetector",
    ("guardduty", "list_detectors"): "guardduty:ListDetectors",
    ("iam", "get_role"): "iam:GetRole",
    ("kms", "describe_key"): "kms:DescribeKey",
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


class Account:
    """Calls of AWS, in one region unless `at` names another. Raises Unseen for everything that is not an answer."""

    def __init__(self, region: str | None, profile: str | None = None) -> None:
        """Opens a session with the credentials that every AWS program finds. Raises Unseen without boto3, a region or credentials."""
        if region is None:
            raise Unseen("no region is named", "pulumi config set aws:region REGION")
        retries = {"total_max_attempts": ATTEMPTS, "mode": "standard"}
        limits = {"connect_timeout": CONNECT_SECONDS, "read_timeout": READ_SECONDS, "retries": retries}
        self._session, self._config = session_of(region, profile, limits)
        self._region = region
        self._until = time.monotonic() + PATIENCE_SECONDS
        self._clients: dict[tuple[str, str], Any] = {}
        self._answers: dict[str, Any] = {}
        self._silent: dict[tuple[str, str], Unseen] = {}

    def every(self, service: str, operation: str, key: str, **arguments: Any) -> list[Any]:
        """The items under `key` of every page."""
        found: list[Any] = self._call(service, operation, key, (), arguments, pages=True)
        return found

    def names(self, service: str, operation: str, key: str, field: str, **arguments: Any) -> list[str]:
        """The text that each item under `key` of every page has in `field`."""
        return [text(item, field, READS[service, operation]) for item in self.every(service, operation, key, **arguments)]

    def get(self, service: str, operation: str, key: str, missing: tuple[str, ...] = (), *, at: str | None = None, **arguments: Any) -> Any:
        """What the answer has under `key`, or all of it without one; None where AWS answers with one of the codes of `missing`.

        The same question is asked once.
        """
        asked = repr((service, operation, key, at, sorted(arguments.items())))
        if asked not in self._answers:
            self._answers[asked] = self._call(service, operation, key, missing, arguments, pages=False, at=at)
        return self._answers[asked]

    def _call(
        self,
        service: str,
        operation: str,
        key: str,
        missing: tuple[str, ...],
        arguments: Mapping[str, Any],
        *,
        pages: bool,
        at: str | None = None,
    ) -> Any:
        from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError  # noqa: PLC0415
        from botocore.parsers import ResponseParserError  # noqa: PLC0415

        action, place = READS[service, operation], (service, at or self._region)
        self._expect(action, place)
        try:
            if place not in self._clients:
                self._clients[place] = self._session.client(service, region_name=place[1], config=self._config)
            client = self._clients[place]
            if pages and client.can_paginate(operation):
                return self._pages(client.get_paginator(operation).paginate(**arguments), key, action)
            found = _under(getattr(client, operation)(**arguments), key, action)
            return _items(found, key, action) if pages else found
        except ClientError as error:
            code = str(error.response.get("Error", {}).get("Code", ""))
            if code in missing:
                return None
            raise _refused(action, code, str(error.response.get("Error", {}).get("Message", ""))) from None
        except HTTPClientError as error:
            fix = fix_of(error, f"Is {place[1]} a region of AWS, and reached from here?")
            self._silent[place] = Unseen(f"{action}: {line(error)}", fix)
            raise self._silent[place] from None
        except (BotoCoreError, OSError) as error:
            raise Unseen(f"{action}: {line(error)}", fix_of(error, LOG_IN)) from None
        except (ResponseParserError, ValueError, TypeError, AttributeError) as error:  # an answer that is none of AWS
            raise Unseen(f"{action}: the answer cannot be read: {line(error)}", PROXY) from None

    def _expect(self, action: str, place: tuple[str, str]) -> None:
        """Raises Unseen where asking would only take time."""
        if place in self._silent:
            raise self._silent[place]
        if time.monotonic() > self._until:
            raise Unseen(f"{action}: not asked: AWS took more than {PATIENCE_SECONDS:.0f} s already")

    def _pages(self, pages: Iterable[Mapping[str, Any]], key: str, action: str) -> list[Any]:
        found: list[Any] = []
        for page in pages:
            found += _items(_under(page, key, action), key, action)
            if time.monotonic() > self._until:
                raise Unseen(f"{action}: not read to its end: AWS took more than {PATIENCE_SECONDS:.0f} s")
        return found


def text(item: Any, field: str, action: str) -> str:
    """The text in a field of an answer. Raises Unseen without one: to go on without it would be to guess."""
    found = item.get(field) if isinstance(item, Mapping) else None
    if not isinstance(found, str) or not found:
        raise Unseen(f"{action}: the answer has an item without {field}", PROXY)
    return found


def _under(answer: Any, key: str, action: str) -> Any:
    """An answer without what was asked for is none: to take it for an empty one would be to guess."""
    if key == "":
        return answer
    if key not in answer:
        raise Unseen(f"{action}: the answer has no {key}", PROXY)
    return answer[key]


def _items(found: Any, key: str, action: str) -> list[Any]:
    if not isinstance(found, list):
        raise Unseen(f"{action}: the answer has no list of {key}", PROXY)
    return found


def _refused(action: str, code: str, message: str) -> Unseen:
    if any(word in code for word in _DENIED):
        return Unseen(f"the caller may not {action}", f"Allow {action} (docs/doctor.md has the whole policy).")
    fixes = {"fix": LOG_IN} if any(word in code for word in _EXPIRED) else {}
    return Unseen(f"{action}: {code}: {line(message)}".rstrip(": "), **fixes)
