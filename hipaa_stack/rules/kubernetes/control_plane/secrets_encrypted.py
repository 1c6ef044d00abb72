"""Secrets are encrypted in etcd only where a configuration names them, and the first item that does so decides."""

from collections.abc import Iterator
from typing import Final

from hipaa_stack.resources import Node, Violation
from hipaa_stack.rules._rule import Cite, Proposed, Severity, rule
from hipaa_stack.rules.kubernetes._types import ENCRYPTION_CONFIGURATION
from hipaa_stack.rules.kubernetes.control_plane._encryption import encrypts
from hipaa_stack.rules.kubernetes.control_plane._ordered import in_order

_SECRETS: Final = frozenset({"secrets", "*.", "*.*"})
"""By name, as a part of the core group, as a part of everything."""


@rule(
    id="K8S-CP-002",
    title="Secrets are covered by the encryption configuration",
    severity=Severity.CRITICAL,
    types=(ENCRYPTION_CONFIGURATION,),
    cites=(
        Cite("164.312(a)(2)(iv)", "Secrets are encrypted in etcd and in its backups"),
        Cite("164.308(a)(5)(ii)(D)", "credentials cannot be read from the disks of the control plane"),
    ),
    proposed=(Proposed.ENCRYPTION,),
    fix="List secrets in the first item of resources, with an encrypting provider first.",
)
def check(configuration: Node) -> Iterator[Violation]:
    for item in in_order(configuration, "resources"):
        if any(name in _SECRETS for name in item.strings("resources")):
            if not encrypts(item):
                yield item.fail("providers[0]", "Secrets are written in plain text")
            return
    yield configuration.fail("resources", "no item lists secrets")
