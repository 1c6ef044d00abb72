"""Entries in /etc/hosts go before DNS: names then lead where the pod says, past the resolver that is watched."""

from collections.abc import Iterator

from hipaa_stack.resources import Node, Violation
from hipaa_stack.rules._rule import Cite, Severity, rule
from hipaa_stack.rules.kubernetes._pods import pod as pod_spec
from hipaa_stack.rules.kubernetes._types import WORKLOADS
from hipaa_stack.settings import Profile


@rule(
    id="K8S-POD-027",
    title="Host file overrides are absent",
    severity=Severity.LOW,
    types=WORKLOADS,
    cites=(Cite("164.308(a)(1)(ii)(B)", "names lead to the same place for every pod"),),
    profile=Profile.RECOMMENDED,
    fix="Remove hostAliases and put the names into DNS.",
    each=pod_spec,
)
def check(pod: Node) -> Iterator[Violation]:
    if any(True for _ in pod.items("hostAliases")):
        yield pod.fail("hostAliases", "the pod overrides names")
