"""A sealed secret of a wider scope can be unsealed under another name or namespace by whoever copies it there."""

from collections.abc import Iterator

from hipaa_stack.resources import Node, Violation, chain
from hipaa_stack.rules._rule import Cite, Severity, rule
from hipaa_stack.rules.kubernetes._types import SEALED_SECRET

_WIDER = ("sealedsecrets.bitnami.com/cluster-wide", "sealedsecrets.bitnami.com/namespace-wide")


@rule(
    id="K8S-SS-001",
    title="Sealed secrets keep strict scope",
    severity=Severity.MEDIUM,
    types=(SEALED_SECRET,),
    cites=(
        Cite("164.312(a)(1)", "a credential is readable in the one namespace that it was made for"),
        Cite("164.308(a)(5)(ii)(D)", "a sealed credential cannot be taken to a place of the taker's choice"),
    ),
    fix="Remove the annotation and seal the secret again with strict scope.",
)
def check(sealed: Node) -> Iterator[Violation]:
    yield from chain(
        _wider(sealed, path, annotation) for path in ("metadata.annotations", "spec.template.metadata.annotations") for annotation in _WIDER
    )


def _wider(sealed: Node, path: str, annotation: str) -> Iterator[Violation]:
    annotations = sealed.node(path)
    if annotations.entry(annotation) == "true":
        yield annotations.fail(f"[{annotation}]", "the scope is wider than strict")
