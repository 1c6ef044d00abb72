"""Writes a stack out flat: the Pulumi program that registers the same resources with no component around them.

    program = flat_program(deployment)  # of `pulumi stack export --show-secrets`

Every custom resource becomes one call of its SDK with literal arguments. Where an argument holds what another resource has
put out, the program refers to that resource, as a person would write it; otherwise it depends on it by name.
"""

from __future__ import annotations

import importlib
import inspect
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hipaa_stack.errors import HipaaStackError

_SECRET_MARK = "4dabf18193072939515e22adb298388d"
"""The key that marks a special value in a state (`sig` in Pulumi's SDKs)."""

_PLAIN_KEYS = {"urn", "custom", "id", "type", "inputs", "outputs", "created", "modified", "parent", "sourcePosition", "stackTrace"}
_OPTION_KEYS = {"protect", "retainOnDelete", "ignoreChanges"}
_LINK_KEYS = {"provider", "dependencies", "propertyDependencies"}

_SHORTEST_PART = 8
"""Characters that a value needs to be recognised inside a longer text; shorter ones occur there by chance."""

_HEADER = '"""A stack written out flat."""\n\nimport pulumi\nimport pulumi_aws as aws\nimport pulumi_kubernetes as kubernetes\n'


class FlatError(HipaaStackError):
    """A state that cannot be written out flat."""


@dataclass(frozen=True)
class _Output:
    """A value that a resource has put out, and the expression that reads it."""

    value: str
    expression: str
    invented: bool
    """Whether the resource was not given this value but made it."""


@dataclass(frozen=True)
class _Named:
    """A resource that stands above in the program."""

    variable: str
    outputs: tuple[_Output, ...]


def flat_program(deployment: Mapping[str, Any]) -> str:
    """The source of a Python program for the custom resources and the outputs of an exported deployment.

    Raises FlatError when the deployment holds what a flat program cannot say.
    """
    blocks: list[str] = []
    named: dict[str, _Named] = {}
    for resource in deployment["resources"]:
        if resource["type"] == "pulumi:pulumi:Stack":
            blocks += [f"pulumi.export({name!r}, {_literal(value)})" for name, value in resource.get("outputs", {}).items()]
        elif resource["custom"] and not resource["urn"].rpartition("::")[2].startswith("default_"):
            variable = f"{_snake(resource['type'].rpartition(':')[2])}_{len(named)}"
            blocks.append(f"{variable} = {_call(resource, named)}")
            named[resource["urn"]] = _Named(variable, tuple(_outputs(resource, variable)))
    return "\n".join((_HEADER, *blocks, ""))


def names(resources: Sequence[Mapping[str, Any]]) -> list[tuple[str, str]]:
    """Type and name of every custom resource of a state or of the steps of a preview, without providers that the engine makes."""
    found = [(item["type"], item["urn"].rpartition("::")[2]) for item in resources if item["custom"]]
    return sorted(pair for pair in found if not pair[1].startswith("default_"))


def _call(resource: Mapping[str, Any], named: Mapping[str, _Named]) -> str:
    if unknown := resource.keys() - _PLAIN_KEYS - _OPTION_KEYS - _LINK_KEYS:
        raise FlatError(
            f"{resource['urn']}: has {', '.join(sorted(unknown))}; a flat program is written with: {', '.join(sorted(_OPTION_KEYS))}"
        )
    path, parameters = _constructor(resource["type"])
    links = resource.get("propertyDependencies", {})
    given = _given(resource)
    arguments = [repr(resource["urn"].rpartition("::")[2])]
    referred: set[str] = set()
    for name, value in given.items():
        targets = [named[urn] for urn in links.get(name, ()) if urn in named]
        parameter = _snake(name)
        if parameter not in parameters:
            raise FlatError(f"{resource['urn']}: the SDK takes no {parameter} for {name}; it takes: {', '.join(sorted(parameters))}")
        text = _Writer(targets, referred).write(value)
        arguments.append(f"{parameter}={text}")
    if options := list(_options(resource, named, referred)):
        arguments.append(f"opts=pulumi.ResourceOptions({', '.join(options)})")
    return f"{path}({', '.join(arguments)})"


def _options(resource: Mapping[str, Any], named: Mapping[str, _Named], referred: set[str]) -> Iterator[str]:
    yield from (f"{_snake(name)}={resource[name]!r}" for name in sorted(_OPTION_KEYS) if name in resource)
    provider = resource.get("provider", "").rpartition("::")[0]
    if provider in named:
        yield f"provider={named[provider].variable}"
    needed = [named[urn].variable for urn in resource.get("dependencies", ()) if urn in named]
    if apart := [variable for variable in needed if variable not in referred]:
        yield f"depends_on=[{', '.join(apart)}]"


def _given(resource: Mapping[str, Any]) -> dict[str, Any]:
    """The inputs that the program has given; the engine and the provider add others."""
    inputs = dict(resource["inputs"])
    added = {"__defaults", "__internal", *inputs.get("__defaults", ())}
    if not resource["type"].startswith("pulumi:providers:"):
        return {name: value for name, value in inputs.items() if name not in added}
    # Providers take every input as text, so the SDK has written booleans as JSON.
    booleans = {"true": True, "false": False}
    return {
        name: booleans.get(value, value) if isinstance(value, str) else value
        for name, value in inputs.items()
        if name not in added | {"version"}
    }


def _constructor(token: str) -> tuple[str, set[str]]:
    """The path of the class of a type in its SDK, and the arguments that it takes: `aws:ec2/vpc:Vpc` -> `aws.ec2.Vpc`."""
    package, module, name = token.split(":")
    if package == "pulumi":
        package, module, name = name, "", "Provider"
    parts = [part.split(".")[0] for part in module.split("/")] if package == "kubernetes" else [module.split("/")[0]]
    path = ".".join(part for part in (package, *parts, name) if part)
    found: Any = importlib.import_module(f"pulumi_{package}")
    for part in path.split(".")[1:]:
        found = getattr(found, part)
    return path, set(inspect.signature(found._internal_init).parameters)  # noqa: SLF001 - `__init__` takes anything, the overloads behind it say what


class _Writer:
    """Writes the value of one argument, with references to the resources that it depends on."""

    def __init__(self, targets: Sequence[_Named], referred: set[str]) -> None:
        self._targets = targets
        self._referred = referred

    def write(self, value: Any) -> str:
        """The expression for a value."""
        if isinstance(value, dict):
            if value.get(_SECRET_MARK):
                return f"pulumi.Output.secret({self.write(json.loads(value['plaintext']))})"
            return "{" + ", ".join(f"{key!r}: {self.write(item)}" for key, item in value.items()) + "}"
        if isinstance(value, list):
            return f"[{', '.join(map(self.write, value))}]"
        return self._text(value) if isinstance(value, str) else repr(value)

    def _text(self, text: str) -> str:
        # A value that was given reads the same in a preview as in an update, so it comes before one that was invented.
        for target in self._targets:
            for output in sorted(target.outputs, key=lambda item: item.invented):
                if output.value == text:
                    self._referred.add(target.variable)
                    return output.expression
        for target in self._targets:
            for output in sorted(target.outputs, key=lambda item: -len(item.value)):
                if output.invented and len(output.value) >= _SHORTEST_PART and output.value in text:
                    self._referred.add(target.variable)
                    before, _, after = text.partition(output.value)
                    pieces = [self._text(before), output.expression, self._text(after)]
                    return f"pulumi.Output.concat({', '.join(piece for piece in pieces if piece != repr(''))})"
        return repr(text)


def _literal(value: Any) -> str:
    return _Writer((), set()).write(value)


def _outputs(resource: Mapping[str, Any], variable: str) -> Iterator[_Output]:
    given = set(_texts(resource["inputs"], ""))
    given_values = {value for _, value in given}
    yield _Output(resource["id"], f"{variable}.id", invented=True)
    for path, value in _texts(resource.get("outputs", {}), variable):
        yield _Output(value, path, invented=value not in given_values)


def _texts(value: Any, path: str) -> Iterator[tuple[str, str]]:
    """Every text inside outputs, with the expression that reads it."""
    if isinstance(value, dict) and _SECRET_MARK not in value:
        for name, item in value.items():
            if name.isidentifier() and not name.startswith("__"):
                yield from _texts(item, f"{path}.{_snake(name)}")
    elif isinstance(value, list):
        for number, item in enumerate(value):
            yield from _texts(item, f"{path}[{number}]")
    elif isinstance(value, str) and value:
        yield path, value


def _snake(name: str) -> str:
    """The Python name of a property, as Pulumi's SDK generator makes it: `cidrIpv4` -> `cidr_ipv4`."""
    return re.sub(r"(?<=[a-z0-9])([A-Z])|(?<=[A-Z])([A-Z])(?=[a-z])", r"_\1\2", name).lower()
