"""What every Kubernetes component shares: common arguments, the metadata of objects, rules for labels."""

from collections.abc import Mapping
from typing import Any, Final

import pulumi

from hipaa_components._args import Args
from hipaa_components._names import fit
from hipaa_components._problems import Problem, Rule, matches
from hipaa_components._weakening import StandardWeakening
from hipaa_stack.baseline import PREFIX

PATCH_FORCE: Final = {"pulumi.com/patchForce": "true"}
"""Annotation of patches: the value in force comes from here, whoever set the field before."""

FIELD_MANAGER: Final = "pulumi.com/patchFieldManager"
"""Annotation that names who owns the fields of an object, instead of a random name for each create."""

LONGEST_FIELD_MANAGER: Final = 128
"""Kubernetes API reference, `fieldManager` of PATCH."""

LABEL_VALUE: Final = r"[A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?"
LABEL_KEY: Final = rf"([a-z0-9]([a-z0-9.-]{{0,251}}[a-z0-9])?/)?{LABEL_VALUE}"
"""Kubernetes documentation, "Labels and Selectors": an optional DNS prefix and at most 63 characters."""

OUR_PREFIXES: Final = (f"{PREFIX}/", "pod-security.kubernetes.io/", "pulumi.com/")
"""Labels and annotations that arguments decide, never a free mapping."""


class KubernetesArgs(Args):
    """Arguments that every Kubernetes component has."""

    ephemeral: StandardWeakening | None = None
    """Weakening for stacks of synthetic data: nothing is protected or retained, a destroy leaves no residue."""


def metadata(
    name: str,
    namespace: pulumi.Input[str] | None = None,
    *,
    labels: Mapping[str, str] | None = None,
    annotations: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """Metadata of an object that we own, with the recommended labels of Kubernetes."""
    common = {"app.kubernetes.io/name": PREFIX, "app.kubernetes.io/managed-by": "pulumi"}
    made: dict[str, Any] = {
        "name": name,
        "labels": {**common, **(labels or {})},
        "annotations": {FIELD_MANAGER: field_manager(), **(annotations or {})},
    }
    return made | ({"namespace": namespace} if namespace is not None else {})


def field_manager() -> str:
    """The owner of what this stack applies to a cluster, the same in every run.

    A run that is killed between the creation of an object and its entry in the state leaves an owner behind. Under
    another name the next run would share the fields with it, and every later change of them would be a conflict.
    """
    return fit(f"{PREFIX}/{pulumi.get_project()}/{pulumi.get_stack()}", LONGEST_FIELD_MANAGER)


def patch_metadata(
    name: str,
    namespace: pulumi.Input[str] | None = None,
    *,
    labels: Mapping[str, str] | None = None,
    annotations: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """Metadata of a patch of an object that somebody else owns: nothing but what is asked for."""
    made: dict[str, Any] = {"name": name, "annotations": {**PATCH_FORCE, **(annotations or {})}}
    return made | ({"namespace": namespace} if namespace is not None else {}) | ({"labels": dict(labels)} if labels else {})


def dns_label(fix: str = "") -> Rule:
    """Accepts a DNS label, the form of namespace names (RFC 1123)."""
    return matches(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?", "a DNS label: 1 to 63 lower-case letters, digits or -, no - at the ends", fix)


def label_value(fix: str = "") -> Rule:
    """Accepts the value of a label that is not empty."""
    return matches(LABEL_VALUE, "1 to 63 letters, digits, -, _ or ., no punctuation at the ends", fix)


def free_labels(value: Mapping[str, str]) -> Problem | None:
    """Accepts labels that Kubernetes accepts and that no argument of ours decides."""
    return _free_keys(value) or next(
        (
            Problem(problem.accepted, field=f"[{key!r}]", got=text)
            for key, text in value.items()
            if text and (problem := label_value()(text))
        ),
        None,
    )


def free_annotations(value: Mapping[str, str]) -> Problem | None:
    """Accepts annotations that no argument of ours decides; their values are any text."""
    return _free_keys(value)


def _free_keys(value: Mapping[str, str]) -> Problem | None:
    form = matches(LABEL_KEY, "names such as team or example.com/team")
    for key in value:
        if key.startswith(OUR_PREFIXES):
            return Problem(f"names outside {', '.join(OUR_PREFIXES)}", "Other arguments of this component decide them.", got=key)
        if problem := form(key):
            return Problem(problem.accepted, got=key)
    return None
