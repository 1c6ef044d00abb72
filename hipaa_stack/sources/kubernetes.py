"""Kubernetes manifests: YAML or JSON, as written, rendered by Helm or kustomize, or printed by `kubectl get`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from yaml import MappingNode, Node

from hipaa_stack.resources import Resource, Undecided, kubernetes_type, object_name, objects
from hipaa_stack.sources import _yaml
from hipaa_stack.sources._input import Documents
from hipaa_stack.sources._text import Text

_TOOL_FILES = ("kustomize.config.k8s.io/",)
"""Groups whose files configure a tool and are never objects of a cluster."""

_TEMPLATE = "a template, not YAML; check what it renders to, such as with `helm template`"


def recognises(content: Mapping[str, Any]) -> bool:
    """True for what has an apiVersion and a kind."""
    return "apiVersion" in content and "kind" in content


def from_yaml(text: Text, documents: Documents, scalars: _yaml.Scalars) -> Iterator[Resource]:
    """The objects of a YAML text; what is wrong with it is told to `text`."""
    constructor = _yaml.Constructor(scalars, len(text.content))
    template = "{{" in text.content
    strange: list[int] = []
    read = 0
    for document in _yaml.documents(text.content):
        try:
            if isinstance(document, _yaml.YamlError):
                raise document
            number = documents.add(document.start, document.line + 1)
            if not _is_object(document.root):
                if not _is_empty(document.root):
                    strange.append(document.line + 1)
                continue
            for resource in _resources(text, number, constructor.value(document.root), document.line + 1):
                read += 1
                yield resource
        except _yaml.YamlError as error:
            if template:
                text.problem(error.line + 1, _TEMPLATE)
                break
            text.problem(error.line + 1, str(error))
    if text.named or read:
        _tell_strange(text, strange)


def from_json(text: Text, documents: Documents, values: Iterator[tuple[int, Any]]) -> Iterator[Resource]:
    """The objects among JSON values; what is wrong with them is told to `text`."""
    strange: list[int] = []
    read, seen, line = 0, 0, 1
    for at, value in values:
        line += text.content.count("\n", seen, at)
        seen = at
        number = documents.add(at, line)
        if not isinstance(value, dict) or not recognises(value):
            strange.append(line)
            continue
        for resource in _resources(text, number, value, line):
            read += 1
            yield resource
    if text.named or read:
        _tell_strange(text, strange)


def _resources(text: Text, number: int, content: dict[str, Any], line: int) -> Iterator[Resource]:
    version, kind = content["apiVersion"], content["kind"]
    if not isinstance(version, str) or not isinstance(kind, str) or not version or not kind:
        text.problem(line, "apiVersion and kind: accepted: text, such as apps/v1 and Deployment")
        return
    if version.startswith(_TOOL_FILES):
        return
    name = object_name(content, kind)
    whole = Resource(f"{text.source}#{number}", kubernetes_type(version, kind), name, content, source=text.source, document=number)
    try:
        yield from objects(whole)
    except Undecided as undecided:
        for place in undecided.places:
            text.problem(line, f"{place.path}: {place.why}")


def _is_object(root: Node) -> bool:
    """Whether a document has an apiVersion and a kind, before it is made plain data."""
    return isinstance(root, MappingNode) and {"apiVersion", "kind"} <= {key.value for key, _ in root.value if isinstance(key.value, str)}


def _is_empty(root: Node) -> bool:
    return root.value in ("", "null", "~")


def _tell_strange(text: Text, lines: list[int]) -> None:
    if lines:
        more = f" (and {len(lines) - 1:,} more documents)" if len(lines) > 1 else ""
        text.problem(lines[0], f"no Kubernetes object: it has no apiVersion and kind{more}")
