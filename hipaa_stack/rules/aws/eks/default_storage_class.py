"""The default storage class that the EBS add-on can make says nothing of encryption: volumes of pods are plain unless the account says otherwise."""

from collections.abc import Iterator

from hipaa_stack.resources import Node, Violation
from hipaa_stack.rules._rule import Cite, Proposed, Severity, rule
from hipaa_stack.rules.aws._types import aws
from hipaa_stack.rules.aws.eks._addons import EBS, configured, is_one_of


@rule(
    id="AWS-EKS-012",
    title="EBS add-on makes no unencrypted default class",
    severity=Severity.HIGH,
    types=(aws("eks/addon"),),
    cites=(Cite("164.312(a)(2)(iv)", "a volume that names no class is encrypted as well"),),
    proposed=(Proposed.ENCRYPTION,),
    fix="Leave defaultStorageClass out of configurationValues, and declare an encrypted StorageClass as the default.",
)
def check(addon: Node) -> Iterator[Violation]:
    if is_one_of(addon, EBS) and configured(addon, _makes_a_class):
        yield addon.fail("configurationValues", "defaultStorageClass makes volumes that are not encrypted")


def _makes_a_class(settings: Node) -> bool:
    return settings.flag("defaultStorageClass.enabled") is True
