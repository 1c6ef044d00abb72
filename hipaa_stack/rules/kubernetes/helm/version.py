"""Without an exact version the same program installs something else tomorrow."""

import re
from collections.abc import Iterator

from hipaa_stack.resources import Node, Violation
from hipaa_stack.rules._rule import Cite, Severity, rule
from hipaa_stack.rules.kubernetes._charts import CHARTS, is_archive, remote_chart

_EXACT = re.compile(r"v?\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?")
_PINNED = re.compile(r"oci://[^@]+(@sha256:[0-9a-f]{64}|/[^/:@]+:" + _EXACT.pattern + ")")


@rule(
    id="K8S-HELM-002",
    title="Charts are pinned",
    severity=Severity.MEDIUM,
    types=CHARTS,
    cites=(Cite("164.312(c)(1)", "what was reviewed is what is installed"),),
    fix="Set version to an exact version, such as 1.2.3.",
)
def check(release: Node) -> Iterator[Violation]:
    chart = remote_chart(release)
    if is_archive(chart) or _PINNED.fullmatch(chart):
        return
    if not _EXACT.fullmatch(release.string("version") or ""):
        yield release.fail("version", "no exact version")
