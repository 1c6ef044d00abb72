"""Without probes Kubernetes sends requests to containers that are not ready, and leaves those running that hang."""

from collections.abc import Iterator

from hipaa_stack.resources import Node, Violation, read_each
from hipaa_stack.rules._rule import Cite, Severity, rule
from hipaa_stack.rules.kubernetes._pods import main_containers
from hipaa_stack.rules.kubernetes._types import DAEMON_SET, DEPLOYMENT, STATEFUL_SET
from hipaa_stack.settings import Profile


@rule(
    id="K8S-POD-028",
    title="Long-running containers have probes",
    severity=Severity.LOW,
    types=(DEPLOYMENT, STATEFUL_SET, DAEMON_SET),
    cites=(Cite("164.306(a)(1)", "a container that hangs is replaced, and one that is not ready gets no requests"),),
    profile=Profile.RECOMMENDED,
    fix="Give every container a livenessProbe and a readinessProbe.",
    each=main_containers,
)
def check(container: Node) -> Iterator[Violation]:
    for path, settings in read_each(container.keys, "livenessProbe", "readinessProbe"):
        if not settings:
            yield container.fail(path, f"the container has no {path}")
