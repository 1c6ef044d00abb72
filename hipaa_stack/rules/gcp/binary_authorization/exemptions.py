"""One pattern that exempts everything switches the whole policy off, while it still looks like one."""

import re
from collections.abc import Iterator
from typing import Final

from hipaa_stack.resources import Node, Violation
from hipaa_stack.rules._rule import Cite, Severity, rule
from hipaa_stack.rules.gcp._binary_authorization import POLICY

_EVERYTHING: Final = re.compile(r"[*/]*\*[*/]*")


def _patterns(policy: Node) -> Iterator[Node]:
    yield from policy.items("admissionWhitelistPatterns")


@rule(
    id="GCP-BA-002",
    title="Signing exemptions are narrow",
    severity=Severity.MEDIUM,
    types=(POLICY,),
    cites=(Cite("164.312(c)(1)", "images without a signature run only from places that somebody has named"),),
    fix="Name the registry and the repository of the images that need no signature.",
    each=_patterns,
)
def check(exemption: Node) -> Iterator[Violation]:
    if _EVERYTHING.fullmatch(exemption.string("namePattern") or ""):
        yield exemption.fail("namePattern", "exempts every image")
