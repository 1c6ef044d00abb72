"""How long log buckets keep what is written to them (Cloud Logging documentation, log buckets)."""

from hipaa_stack.resources import Node, NotApplicable
from hipaa_stack.rules.gcp._audit_logs import UNCHANGEABLE

_DEFAULT_DAYS = 30


def changeable(bucket: Node) -> None:
    """Raises NotApplicable for the bucket that Google keeps as it is."""
    if bucket.string("bucketId") == UNCHANGEABLE:
        raise NotApplicable("Google keeps this bucket locked, for 400 days, and nobody can change that")


def retention_days(bucket: Node) -> int | float:
    """The days that a bucket keeps its logs; 0 is what Google chooses."""
    return bucket.number("retentionDays") or _DEFAULT_DAYS
