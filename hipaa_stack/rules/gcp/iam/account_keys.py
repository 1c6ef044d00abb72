"""The key of a service account is a password that never expires: it lies in files, mails and images, and works from anywhere."""

from collections.abc import Iterator

from hipaa_stack.resources import Node, Violation
from hipaa_stack.rules._rule import Cite, Severity, rule
from hipaa_stack.rules.gcp._types import gcp


@rule(
    id="GCP-IAM-003",
    title="No service-account keys",
    severity=Severity.HIGH,
    types=(gcp("serviceaccount/key"),),
    cites=(
        Cite("164.312(d)", "a workload proves who it is by where it runs, not by a file that can be copied"),
        Cite("164.312(a)(2)(i)", "what an account did is what its one workload did"),
    ),
    fix="Remove the key, and use Workload Identity in clusters and Workload Identity Federation outside of Google Cloud.",
)
def check(key: Node) -> Iterator[Violation]:
    yield key.fail("serviceAccountId", "whoever has a copy of this key is this account")
