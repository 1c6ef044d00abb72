"""cluster-admin may do everything to every object, Secrets and audit settings included: it belongs to emergencies."""

from collections.abc import Iterator

from hipaa_stack.resources import Node, Violation, all_of, some
from hipaa_stack.rules._rule import Cite, Severity, rule
from hipaa_stack.rules.kubernetes._rbac import subjects, user_name
from hipaa_stack.rules.kubernetes._types import BINDINGS
from hipaa_stack.settings import Settings


@rule(
    id="K8S-RBAC-001",
    title="cluster-admin is bound only to break-glass subjects",
    severity=Severity.CRITICAL,
    types=BINDINGS,
    cites=(
        Cite("164.308(a)(4)(ii)(B)", "daily work needs narrow roles, everything is for emergencies"),
        Cite("164.312(a)(2)(i)", "the few who may do everything are known by name"),
    ),
    tags=("cis-eks", "cis-gke", "nsa"),
    fix="Bind a narrow role, or list the subject in break_glass_subjects (service accounts as system:serviceaccount:<namespace>:<name>).",
)
def check(binding: Node, settings: Settings) -> Iterator[Violation]:
    if all_of(
        lambda: binding.string("roleRef.name") == "cluster-admin",
        lambda: binding.string("roleRef.kind") != "Role",  # a role of a namespace may have any name
        lambda: some(subjects(binding), lambda subject: user_name(subject) not in settings.break_glass_subjects),
    ):
        yield binding.fail("subjects", "binds cluster-admin to subjects that are not break-glass subjects")
