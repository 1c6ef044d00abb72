"""Over plain HTTP anyone on the way can exchange a chart, and with it everything that it installs."""

from collections.abc import Iterator

from hipaa_stack.resources import Node, Violation, chain
from hipaa_stack.rules._rule import Cite, Proposed, Severity, rule
from hipaa_stack.rules.kubernetes._charts import CHARTS, remote_chart


@rule(
    id="K8S-HELM-003",
    title="Charts come over TLS",
    severity=Severity.MEDIUM,
    types=CHARTS,
    cites=(
        Cite("164.312(c)(1)", "a chart is not altered on its way"),
        Cite("164.312(e)(2)(ii)", "credentials of a chart repository are encrypted on their way"),
    ),
    proposed=(Proposed.ENCRYPTION,),
    fix="Use an https:// repository or an oci:// chart.",
)
def check(release: Node) -> Iterator[Violation]:
    remote_chart(release)
    yield from chain([_address(release, "repositoryOpts.repo"), _address(release, "chart"), _plain_http(release)])


def _address(release: Node, path: str) -> Iterator[Violation]:
    scheme, found, _ = (release.string(path) or "").lower().partition("://")
    if found and scheme not in ("https", "oci"):
        yield release.fail(path, "the address begins with neither https:// nor oci://")


def _plain_http(release: Node) -> Iterator[Violation]:
    if release.boolean("plainHttp"):
        yield release.fail("plainHttp", "plainHttp is true")
