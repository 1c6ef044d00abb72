"""The pod in a workload, and the parts of it that rules judge one by one."""

from collections.abc import Iterator

from hipaa_stack.resources import Node, NotApplicable
from hipaa_stack.rules.kubernetes._types import CRON_JOB, POD, POD_TEMPLATE

_POD_SPECS = {POD: "spec", POD_TEMPLATE: "template.spec", CRON_JOB: "spec.jobTemplate.spec.template.spec"}


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
    return root.node(pod_path(root)).items("initContainers", "containers", "ephemeralContainers")


def linux_containers(root: Node) -> Iterator[Node]:
    """Every container of a pod that may run on Linux.

    Raises:
        NotApplicable: for a pod that says it runs on Windows, where these restrictions do not exist.
    """
    if root.node(pod_path(root)).string("os.name") == "windows":
        raise NotApplicable("a Windows pod")
    return containers(root)
