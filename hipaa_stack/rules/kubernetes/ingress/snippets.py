"""A snippet is configuration of the ingress controller: who may write one can read every certificate and Secret of it."""

from collections.abc import Iterator

from hipaa_stack.resources import Node, Violation, chain
from hipaa_stack.rules._rule import Cite, Severity, rule
from hipaa_stack.rules.kubernetes._types import INGRESS
from hipaa_stack.rules.kubernetes.ingress._controllers import Controller, annotation


@rule(
    id="K8S-ING-003",
    title="Ingress carries no config snippets",
    severity=Severity.HIGH,
    types=(INGRESS,),
    cites=(
        Cite("164.312(c)(1)", "an application cannot change how traffic of others is handled"),
        Cite("164.312(a)(1)", "credentials of the controller stay closed to those who write an Ingress"),
    ),
    fix="Remove the annotation, and use the controller's own annotations or a policy of the application.",
)
def check(ingress: Node) -> Iterator[Violation]:
    keys = ingress.keys("metadata.annotations")
    return chain(_snippet(ingress, key) for key in keys if key.startswith(Controller.NGINX) and key.endswith("-snippet"))


def _snippet(ingress: Node, key: str) -> Iterator[Violation]:
    if annotation(ingress, key):
        yield ingress.fail(f"metadata.annotations[{key}]", "configuration of the ingress controller")
