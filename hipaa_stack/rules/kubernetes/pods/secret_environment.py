"""Environment variables are inherited by every child process and end up in crash reports and debug output."""

from collections.abc import Iterator

from hipaa_stack.resources import Node, Violation
from hipaa_stack.rules._rule import Cite, Severity, rule
from hipaa_stack.rules.kubernetes._pods import environment
from hipaa_stack.rules.kubernetes._types import WORKLOADS
from hipaa_stack.settings import Profile


@rule(
    id="K8S-POD-025",
    title="Secrets reach containers as files",
    severity=Severity.LOW,
    types=WORKLOADS,
    cites=(Cite("164.312(a)(2)(iv)", "a decrypted secret is in one file with its own mode, not in every process"),),
    tags=("cis-eks", "cis-gke"),
    profile=Profile.RECOMMENDED,
    fix="Mount the Secret as a volume and let the application read the file.",
    each=environment,
)
def check(source: Node) -> Iterator[Violation]:
    if source.present("valueFrom.secretKeyRef"):
        yield source.fail("valueFrom.secretKeyRef", "a key of a Secret becomes an environment variable")
    if source.present("secretRef"):
        yield source.fail("secretRef", "a Secret becomes environment variables")
