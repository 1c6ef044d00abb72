"""What rules see: resources of every source in one form, read so that the unknown is never taken for a value."""

from hipaa_stack.resources._iteration import chain, read_each
from hipaa_stack.resources._kubernetes import is_list, kubernetes_type, object_name, objects
from hipaa_stack.resources._node import Node, Remedy, Violation
from hipaa_stack.resources._paths import child, holds, steps
from hipaa_stack.resources._resource import Options, Resource, rule_type
from hipaa_stack.resources._stack import Basis, Stack
from hipaa_stack.resources._values import (
    NotApplicable,
    Place,
    Reason,
    Secret,
    Undecided,
    Unknown,
    Unparsable,
    all_of,
    any_of,
    plain,
    some,
)

__all__ = [
    "Basis",
    "Node",
    "NotApplicable",
    "Options",
    "Place",
    "Reason",
    "Remedy",
    "Resource",
    "Secret",
    "Stack",
    "Undecided",
    "Unknown",
    "Unparsable",
    "Violation",
    "all_of",
    "any_of",
    "chain",
    "child",
    "holds",
    "is_list",
    "kubernetes_type",
    "object_name",
    "objects",
    "plain",
    "read_each",
    "rule_type",
    "some",
    "steps",
]
