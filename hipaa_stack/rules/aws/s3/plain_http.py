"""S3 answers plain HTTP too, on which everybody on the way reads along; only the policy of a bucket can refuse it."""

import re
from collections.abc import Iterator
from typing import Final

from hipaa_stack.resources import Node, Stack, Violation, all_of, any_of, some
from hipaa_stack.rules._inputs import asked
from hipaa_stack.rules._rule import Cite, Proposed, Severity, rule
from hipaa_stack.rules.aws._buckets import BUCKET
from hipaa_stack.rules.aws._policies import conditions, matches, principals, statements
from hipaa_stack.rules.aws.s3._buckets import POLICY

_BUCKET_ITSELF: Final = re.compile(r"\*|arn:[^:]*:s3:::[^/]+")
_ALL_OBJECTS: Final = re.compile(r"\*|arn:[^:]*:s3:::([^/]+/\*|[^/]*\*)")
"""Names of a bucket and of all of its objects; S3 refuses a policy that names another bucket."""


@rule(
    id="AWS-S3-004",
    title="Buckets refuse plain HTTP",
    severity=Severity.HIGH,
    types=(BUCKET, POLICY),
    cites=(
        Cite("164.312(e)(2)(ii)", "objects travel encrypted"),
        Cite("164.312(e)(1)", "nobody on the way reads objects or credentials"),
        Cite("164.312(e)(2)(i)", "nobody on the way changes objects"),
    ),
    proposed=(Proposed.ENCRYPTION,),
    fix="Deny s3:* to * on the bucket and its objects where aws:SecureTransport is false.",
    each=asked,
)
def check(judged: Node, stack: Stack) -> Iterator[Violation]:
    if judged.resource.rule_type == POLICY:
        if not _refuses(judged):
            yield judged.fail("policy", "plain HTTP is not denied for everybody, on the bucket and all objects")
    elif not any_of(lambda: any(stack.linked(judged.resource, POLICY, via="bucket")), lambda: _refuses(judged)):
        yield judged.fail("bucket", "no policy denies plain HTTP")


def _refuses(holder: Node) -> bool:
    return all_of(
        *(
            lambda names=names: some(statements(holder, "policy"), lambda each: _denies(each, names))
            for names in (_BUCKET_ITSELF, _ALL_OBJECTS)
        )
    )


def _denies(statement: Node, names: re.Pattern[str]) -> bool:
    """True for a statement that denies everything to everybody without TLS, on resources of these names."""
    return all_of(
        lambda: statement.string("Effect") == "Deny",
        lambda: "*" in principals(statement),
        lambda: any(matches(pattern, "s3:*") for pattern in statement.strings("Action", scalar=True)),
        lambda: any(names.fullmatch(name) for name in statement.strings("Resource", scalar=True)),
        lambda: _is_without_tls_alone(statement),
    )


def _is_without_tls_alone(statement: Node) -> bool:
    """True when the one condition is that the request came without TLS: a second one would let others through."""
    found = list(conditions(statement))
    return len(found) == 1 and all_of(
        lambda: found[0].operator in ("bool", "boolifexists"),
        lambda: found[0].key == "aws:securetransport",
        lambda: "false" in (value.lower() for value in found[0].values()),
    )
