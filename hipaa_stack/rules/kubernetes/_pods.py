"""The pod in a workload, and the parts of it that rules judge one by one."""

from collections.abc import Callable, Iterator
from typing import Final

from hipaa_stack.resources import Node, NotApplicable, chain
from hipaa_stack.rules.kubernetes._types import CRON_JOB, POD, POD_TEMPLATE

_POD_SPECS = {POD: "spec", POD_TEMPLATE: "template.spec", CRON_JOB: "spec.jobTemplate.spec.template.spec"}

_PROFILES: Final = frozenset({"RuntimeDefault", "Localhost"})
"""Types of seccomp and AppArmor profiles that confine a process."""


# The parts ---------------------------------------------------------------------------------------------------


def pod_path(root: Node) -> str:
    """The path of the pod's spec in a workload."""
    return _POD_SPECS.get(root.resource.rule_type, "spec.template.spec")


def pod(root: Node) -> Iterator[Node]:
    """The pod's spec."""
    yield root.node(pod_path(root))


def pod_metadata(root: Node) -> Node:
    """The metadata of the pod, which for a template are the template's."""
    return root.node(pod_path(root).removesuffix("spec") + "metadata")


def containers(root: Node) -> Iterator[Node]:
    """Every init, ordinary and ephemeral container."""
    for spec in _found(root, pod):
        yield from spec.items("initContainers", "containers", "ephemeralContainers")


def sized_containers(root: Node) -> Iterator[Node]:
    """Every container that may ask for resources, which ephemeral ones may not."""
    return root.node(pod_path(root)).items("initContainers", "containers")


def main_containers(root: Node) -> Iterator[Node]:
    """Every ordinary container."""
    return root.node(pod_path(root)).items("containers")


def linux_containers(root: Node) -> Iterator[Node]:
    """Every container of a pod that may run on Linux.

    Raises:
        NotApplicable: for a pod that says it runs on Windows, where these restrictions do not exist.
    """
    _skip_windows(root)
    return _found(root, containers)


def pod_and_containers(root: Node) -> Iterator[Node]:
    """The pod's spec and every container: the places of settings that a container may have of its own."""
    yield from _found(root, pod)
    yield from _found(root, containers)


def linux_pod_and_containers(root: Node) -> Iterator[Node]:
    """The spec and the containers of a pod that may run on Linux.

    Raises:
        NotApplicable: for a pod that says it runs on Windows, where these restrictions do not exist.
    """
    _skip_windows(root)
    return _found(root, pod_and_containers)


def volumes(root: Node) -> Iterator[Node]:
    """Every volume of the pod."""
    return root.node(pod_path(root)).items("volumes")


def sysctls(root: Node) -> Iterator[Node]:
    """Every kernel parameter that the pod sets."""
    return root.node(pod_path(root)).items("securityContext.sysctls")


def ports(root: Node) -> Iterator[Node]:
    """Every port of every container."""
    return chain(container.items("ports") for container in _found(root, containers))


def environment(root: Node) -> Iterator[Node]:
    """Every environment variable of every container, and every source of several."""
    return chain(container.items("env", "envFrom") for container in _found(root, containers))


def _found(root: Node, parts: Callable[[Node], Iterator[Node]]) -> Iterator[Node]:
    """The parts of a workload, which are looked for once for all rules and all these functions."""
    resource = root.resource
    nodes, undecided = resource.units(parts, planned=root is not resource.root)
    yield from nodes
    if undecided is not None:
        raise undecided


# What several rules ask of a part ----------------------------------------------------------------------------


def pod_of(part: Node) -> Node:
    """The spec of the pod that a container is in; of a pod's spec, itself."""
    parent = part.parent
    return part if parent is None or parent.parent is None else parent


def in_user_namespace(part: Node) -> bool:
    """True when root in the pod is nobody on its node: Pod Security then asks less of it, from version 1.35 on."""
    return pod_of(part).boolean("hostUsers") is False


def confines_nothing(part: Node, profile: str) -> bool:
    """True when a profile is there, but is neither the runtime's nor one of the node's."""
    return part.present(profile) and part.string(f"{profile}.type") not in _PROFILES


def unmasks_proc(container: Node) -> bool:
    """True when the container's /proc is not the masked one of the runtime."""
    return container.string("securityContext.procMount") not in (None, "Default")


def account_name(spec: Node) -> str:
    """The service account of a pod; it has two fields, and "default" where neither says one."""
    return spec.string("serviceAccountName") or spec.string("serviceAccount") or "default"


def _skip_windows(root: Node) -> None:
    if root.string(f"{pod_path(root)}.os.name") == "windows":
        raise NotApplicable("a Windows pod")
