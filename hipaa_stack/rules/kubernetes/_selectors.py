"""Label selectors (Kubernetes API reference, LabelSelector)."""

from collections.abc import Mapping

from hipaa_stack.resources import Node, all_of


def selects(root: Node, path: str, labels: Mapping[str, str]) -> bool:
    """Whether the selector at a path matches labels; an empty one matches all, an absent one none."""
    if not root.present(path):
        return False
    selector = root.node(path)
    return all_of(
        lambda: all(labels.get(key) == value for key, value in selector.node("matchLabels").entries()),
        lambda: all(_holds(requirement, labels) for requirement in selector.items("matchExpressions")),
    )


def _holds(requirement: Node, labels: Mapping[str, str]) -> bool:
    value = labels.get(requirement.string("key") or "")
    match requirement.string("operator"):
        case "In":
            return value is not None and value in requirement.strings("values")
        case "NotIn":
            return value is None or value not in requirement.strings("values")
        case "Exists":
            return value is not None
        case "DoesNotExist":
            return value is None
    return False
