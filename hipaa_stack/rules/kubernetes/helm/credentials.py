"""Values of a chart end up in the state, in the release's record in the cluster and often in ConfigMaps."""

from collections.abc import Iterator

from hipaa_stack.resources import Node, Violation
from hipaa_stack.rules._credentials import credential
from hipaa_stack.rules._rule import Cite, Severity, rule
from hipaa_stack.rules.kubernetes._charts import CHARTS


@rule(
    id="K8S-HELM-004",
    title="Chart values hold no credentials",
    severity=Severity.HIGH,
    types=CHARTS,
    cites=(
        Cite("164.312(a)(2)(iv)", "credentials that protect ePHI are nowhere in plain text"),
        Cite("164.308(a)(5)(ii)(D)", "credentials come from a place where they are kept and changed safely"),
    ),
    fix="Let the chart use an existing Secret that an ExternalSecret makes.",
)
def check(release: Node) -> Iterator[Violation]:
    for path, key, value in release.leaves("values"):
        kind = credential(key, value)
        if kind:
            yield release.fail(path, f"holds {kind}")
