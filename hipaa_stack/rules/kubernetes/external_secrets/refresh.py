"""A credential that was changed or withdrawn at its source stays valid in the cluster until it is read again."""

import re
from collections.abc import Iterator
from typing import Final

from hipaa_stack.resources import Node, Violation, chain
from hipaa_stack.rules._rule import Cite, Severity, rule
from hipaa_stack.rules.kubernetes._types import EXTERNAL_SECRET

_DAY: Final = 24 * 3600.0
_SECONDS: Final = {"ns": 1e-9, "us": 1e-6, "µs": 1e-6, "μs": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0, "h": 3600.0}
_PART = re.compile(r"(\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h)")
_LONGEST: Final = 64
"""Characters; no duration that is meant needs more."""


@rule(
    id="K8S-ESO-002",
    title="External secrets refresh",
    severity=Severity.MEDIUM,
    types=(EXTERNAL_SECRET,),
    cites=(
        Cite("164.308(a)(5)(ii)(D)", "a changed credential reaches its workloads within a day"),
        Cite("164.308(a)(3)(ii)(C)", "a withdrawn credential leaves the cluster within a day"),
    ),
    fix="Set spec.refreshInterval to 1h, and refreshPolicy, if any, to Periodic.",
    remediates=True,
)
def check(secret: Node) -> Iterator[Violation]:
    yield from chain(part(secret) for part in (_policy, _interval))


def _policy(secret: Node) -> Iterator[Violation]:
    if secret.string("spec.refreshPolicy") not in (None, "Periodic"):
        yield secret.fail("spec.refreshPolicy", "the policy does not refresh", remedy="Periodic")


def _interval(secret: Node) -> Iterator[Violation]:
    interval = secret.string("spec.refreshInterval")
    if interval is not None and not 0 < _duration(interval) <= _DAY:
        yield secret.fail("spec.refreshInterval", "not refreshed within 24h", remedy="1h")


def _duration(text: str) -> float:
    """The seconds of a Go duration such as 1h30m; 0 for what is none."""
    if len(text) > _LONGEST or _PART.sub("", text.removeprefix("+")):
        return 0
    return sum(float(number) * _SECONDS[unit] for number, unit in _PART.findall(text))
