"""A pod that reaches the metadata service of its node has the rights of the node: more than any pod needs.

One hop reaches the node and no pod. Where nothing is said, image and account decide, and both may allow two.
"""

from collections.abc import Iterator

from hipaa_stack.resources import Node, Violation, any_of
from hipaa_stack.rules._rule import Cite, Severity, rule
from hipaa_stack.rules.aws.ec2._launch import INSTANCE, TEMPLATE, leaves_to_template

_HOPS = "metadataOptions.httpPutResponseHopLimit"


@rule(
    id="AWS-EC2-002",
    title="Metadata does not reach pods",
    severity=Severity.MEDIUM,
    types=(TEMPLATE, INSTANCE),
    cites=(Cite("164.312(a)(1)", "a pod has the rights of its own role, not those of its node"),),
    tags=("cis-eks",),
    fix="Set metadataOptions.httpPutResponseHopLimit to 1, and give pods that need AWS a role by Pod Identity.",
)
def check(launch: Node) -> Iterator[Violation]:
    if not any_of(
        lambda: launch.number(_HOPS) == 1,
        lambda: launch.string("metadataOptions.httpEndpoint") == "disabled",
    ):
        if launch.number(_HOPS) is None:
            leaves_to_template(launch)
        yield launch.fail(_HOPS, "pods may reach the credentials of the node")
