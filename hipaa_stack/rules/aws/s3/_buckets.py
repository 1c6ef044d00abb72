"""Which buckets take access logs, and the resources beside a bucket that several rules read."""

from collections.abc import Hashable, Iterator
from typing import Final

from hipaa_stack.resources import Node, Place, Reason, Resource, Stack, Undecided, Unknown, any_of, plain, some
from hipaa_stack.rules.aws._buckets import BUCKET
from hipaa_stack.rules.aws._types import aws

POLICY: Final = aws("s3/bucketPolicy")
LOGGING: Final = aws("s3/bucketLogging")
INLINE_LOGGING: Final = ("logging", "loggings")
"""Inline, under the name of today and that of older SDKs."""

_NO_KNOWN_BUCKET: Final = ""
"""In the place of a name that no bucket of the stack is known to have."""

_CLASSIC: Final = aws("elb/loadBalancer")
_LOAD_BALANCER: Final = aws("lb/loadBalancer")
_LOGS: Final = ("accessLogs.bucket", "connectionLogs.bucket", "healthCheckLogs.bucket")
"""Properties of a load balancer that name a bucket of logs."""


def takes_access_logs(bucket: Node, stack: Stack) -> bool:
    """True for a bucket that S3, or a load balancer other than a network one, writes access logs to.

    They write to no bucket that is encrypted with a key of yours (S3 and ELB user guides, access logs).
    """
    resource = bucket.resource
    return any_of(
        lambda: any(stack.linked(resource, LOGGING, via="targetBucket")),
        lambda: _is_inline_target(resource, stack),
        lambda: any(stack.linked(resource, _CLASSIC, via="accessLogs.bucket")),
        *(lambda via=via: some(stack.linked(resource, _LOAD_BALANCER, via=via), _is_no_network_one) for via in _LOGS),
    )


def _is_inline_target(resource: Resource, stack: Stack) -> bool:
    """True when another bucket names it for its access logs; that stands in its inputs, while outputs are not known yet."""
    names = sorted({resource.urn, *stack.names(resource)})
    if any_of(*(lambda name=name: any(stack.keyed(name, BUCKET, by=_inline_targets)) for name in names)):
        return True
    if any(isinstance(plain(resource.planned.raw(key)), Unknown) for key in ("bucket", "id", "arn")):
        for other in stack.keyed(_NO_KNOWN_BUCKET, BUCKET, by=_inline_targets):
            raise Undecided([Place(INLINE_LOGGING[0], "may refer to this resource", Reason.COMPUTED, other)])
    return False


def _inline_targets(stack: Stack, bucket: Resource) -> Iterator[Hashable]:
    """The bucket that another one names for its access logs, by name or by the link that the engine has recorded."""
    links = [urn for name in INLINE_LOGGING for urn in bucket.property_dependencies.get(name, ())]
    yield from links
    for logging in bucket.root.items(*INLINE_LOGGING, scalar=True):
        target = plain(logging.raw("targetBucket"))
        if isinstance(target, str):
            yield target if stack.named(BUCKET, target) or links else _NO_KNOWN_BUCKET
        elif not links:
            logging.string("targetBucket")  # raises where it is not known


def _is_no_network_one(balancer: Resource) -> bool:
    return balancer.planned.string("loadBalancerType") != "network"
