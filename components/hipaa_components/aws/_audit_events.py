"""Calls to the AWS API that take safeguards away, as event patterns of EventBridge: one for each service.

EventBridge sees calls through a trail only. Calls are matched whether they succeed or not.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

PATTERN_LENGTH: Final = 2048
"""Longest event pattern (EventBridge quotas)."""

STATE: Final = "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS"
"""State of the rules: those that are merely ENABLED match no management events (EventBridge API reference, PutRule)."""

_CALLS: Final[Mapping[str, Sequence[str]]] = {
    "cloudtrail": ("DeleteTrail", "PutEventSelectors", "StopLogging", "UpdateTrail"),
    "eks": (
        "AssociateAccessPolicy",
        "AssociateIdentityProviderConfig",
        "CreateAccessEntry",
        "CreatePodIdentityAssociation",
        "DeleteAccessEntry",
        "DeleteCluster",
        "DeletePodIdentityAssociation",
        "DisassociateAccessPolicy",
        "DisassociateIdentityProviderConfig",
        "UpdateAccessEntry",
        "UpdateClusterConfig",
        "UpdateClusterVersion",
        "UpdatePodIdentityAssociation",
    ),
    "guardduty": ("DeleteDetector", "DisassociateFromAdministratorAccount", "UpdateDetector"),
    "kms": ("DisableKey", "DisableKeyRotation", "PutKeyPolicy", "ScheduleKeyDeletion"),
    "logs": (
        "DeleteLogGroup",
        "DeleteLogStream",
        "DeleteMetricFilter",
        "DeleteRetentionPolicy",
        "DeleteSubscriptionFilter",
        "DisassociateKmsKey",
        "PutRetentionPolicy",
    ),
}
"""Calls that alert, by service."""

_BUCKET_CALLS: Final = ("DeleteBucket", "PutBucket", "PutObjectLock")
"""Beginnings of the calls that change what a bucket allows and keeps: its policy, lock, lifecycle, replication, versions."""


def services(*, buckets: bool) -> list[str]:
    """The services that have a pattern: S3 among them where there are buckets to watch."""
    return [*_CALLS, *(["s3"] if buckets else [])]


def event_patterns(bucket_names: Sequence[str]) -> dict[str, str]:
    """The pattern as JSON for each service; that of S3 for these buckets only, and none without buckets."""
    patterns = {service: _pattern(service, {"eventName": list(calls)}) for service, calls in _CALLS.items()}
    if bucket_names:
        detail = {"eventName": [{"prefix": call} for call in _BUCKET_CALLS], "requestParameters": {"bucketName": sorted(bucket_names)}}
        patterns["s3"] = _pattern("s3", detail)
    return patterns


def _pattern(service: str, detail: Mapping[str, Any]) -> str:
    pattern = {
        "source": [f"aws.{service}"],
        "detail-type": ["AWS API Call via CloudTrail"],
        "detail": {"eventSource": [f"{service}.amazonaws.com"], **detail},
    }
    return json.dumps(pattern, sort_keys=True)
