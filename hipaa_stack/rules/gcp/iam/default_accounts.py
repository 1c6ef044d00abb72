"""Every machine that names no account of its own is the default one: what that may do, every machine of the project may do."""

from collections.abc import Iterator

from hipaa_stack.resources import Node, Violation
from hipaa_stack.rules._rule import Cite, Severity, rule
from hipaa_stack.rules.gcp._accounts import is_default
from hipaa_stack.rules.gcp._grants import GRANTS, grants, members


@rule(
    id="GCP-IAM-004",
    title="Default compute accounts hold no role",
    severity=Severity.MEDIUM,
    types=GRANTS,
    cites=(Cite("164.308(a)(4)(ii)(B)", "rights are granted to an account that one workload has for itself"),),
    fix="Make a service account for the workload, and grant the role to it.",
    each=grants,
)
def check(grant: Node) -> Iterator[Violation]:
    for path, member in members(grant):
        if is_default(member):
            yield grant.fail(path, "every machine of the project without an account of its own holds this role")
