"""Secrets of Kubernetes lie in etcd under a key of AWS alone unless the cluster is given one; a key of your own can be revoked and audited."""

from collections.abc import Iterator

from hipaa_stack.resources import Node, Stack, Violation
from hipaa_stack.rules._rule import Cite, Proposed, Severity, rule
from hipaa_stack.rules.aws._keys import own_key
from hipaa_stack.rules.aws._types import aws


@rule(
    id="AWS-EKS-001",
    title="Kubernetes secrets use a CMK",
    severity=Severity.HIGH,
    types=(aws("eks/cluster"),),
    cites=(Cite("164.312(a)(2)(iv)", "credentials in etcd are encrypted with a key of your own"),),
    tags=("cis-eks",),
    proposed=(Proposed.ENCRYPTION,),
    fix="Set encryptionConfig with the resource secrets and the ARN of a KMS key; it can never be taken away again.",
)
def check(cluster: Node, stack: Stack) -> Iterator[Violation]:
    encryption = cluster.node("encryptionConfig")
    if "secrets" not in encryption.strings("resources"):
        yield cluster.fail("encryptionConfig", "secrets in etcd are under a key of AWS")
    elif not own_key(encryption, "provider.keyArn", stack):
        yield encryption.fail("provider.keyArn", "secrets in etcd are under no key of your own")
