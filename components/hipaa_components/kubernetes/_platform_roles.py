"""Which groups have which role on a platform: the namespaces are those of the platform."""

from collections.abc import Iterator, Sequence
from typing import Final

from hipaa_components._args import Args
from hipaa_components._problems import Problem, check, unique
from hipaa_components.kubernetes.access_control import AccessControlSettings
from hipaa_components.kubernetes.hardened_namespace import NamespaceSettings

REAPER_NAMESPACE: Final = "access-control"
"""Namespace that is made for what takes emergency access back."""


class PlatformRoles(AccessControlSettings):
    """Which groups have which role, and in which of the platform's namespaces."""

    namespaces: Sequence[str] = []
    """Names of the namespaces in which developers, operators and approvers have their roles. Without any, all that enforce
    the restricted or baseline level: who deploys where pods may be privileged has the nodes."""

    _namespaces = check("namespaces", unique())


class RolesSettings(Args):
    """Which groups have which role."""

    roles: PlatformRoles | None = None
    """Which groups have which role in the cluster; absent where that is arranged elsewhere."""

    def role_namespaces(self, namespaces: Sequence[NamespaceSettings]) -> list[str]:
        """The namespaces in which roles are bound."""
        if self.roles is None:
            return []
        return list(self.roles.namespaces) or [each.name for each in namespaces if not (each.privileged_pods or each.observe)]

    def role_problems(self, namespaces: Sequence[NamespaceSettings]) -> Iterator[Problem]:
        """Roles are bound in namespaces of the platform, and not in that of the reaper."""
        if self.roles is None:
            return
        known = [namespace.name for namespace in namespaces]
        for index, name in enumerate(self.roles.namespaces):
            if name not in known:
                yield Problem(f"one of {', '.join(known)}", "Add it to namespaces.", f"roles.namespaces[{index}]", name)
        if not self.role_namespaces(namespaces):
            fix = "Pods may be privileged in all of them: say where roles are bound all the same."
            yield Problem("names of namespaces", fix, "roles.namespaces", [])
        if self.roles.break_glass_approvers and REAPER_NAMESPACE in known:
            fix = "It is made for what takes emergency access back."
            yield Problem(
                "another name with break_glass_approvers", fix, f"namespaces[{known.index(REAPER_NAMESPACE)}].name", REAPER_NAMESPACE
            )
