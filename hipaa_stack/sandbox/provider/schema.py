"""What the installed SDKs say about their resource types and functions.

The Python SDK of a bridged provider carries no schema file, but its classes hold nearly all of it: the getters of
`XArgs` give wire names, types and descriptions, the signature of `XArgs.__init__` gives what is required, the getters
of `X` give outputs, and their docstrings give import ids and documented defaults. Only the module of the type that is
asked for gets imported, so a provider starts without the cost of the SDK (10 to 400 ms for the module, once).
"""

from __future__ import annotations

import collections.abc
import difflib
import enum
import functools
import importlib
import importlib.util
import inspect
import json
import re
import sys
import threading
import typing
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from types import ModuleType, NoneType, UnionType

import pulumi

from hipaa_stack.errors import HipaaStackError

_WIRE_NAME = "_pulumi_name"  # where pulumi.getter keeps the name that travels on the wire


class Kind(StrEnum):
    STRING = "string"
    BOOLEAN = "boolean"
    INTEGER = "integer"
    NUMBER = "number"
    LIST = "list"
    MAP = "map"
    OBJECT = "object"
    ASSET = "asset"
    UNION = "union"
    ANY = "any"


@dataclass(frozen=True, slots=True)
class Type:
    """The type of a property; `fields` of an object are resolved when asked for, because types nest deeply."""

    kind: Kind
    element: Type | None = None
    members: tuple[Type, ...] = ()
    choices: tuple[str, ...] = ()
    """The accepted values of a closed enum; open enums (a string, or one of these) have none."""
    cls: type | None = None

    @property
    def fields(self) -> Mapping[str, Field]:
        return fields_of(self.cls) if self.cls else {}


@dataclass(frozen=True, slots=True)
class Field:
    name: str
    """The name on the wire, such as `vpcConfig`."""
    type: Type
    required: bool
    """Of an input: the SDK demands it. Of an output: it is always there."""
    doc: str


@dataclass(frozen=True, slots=True)
class Resource:
    """One resource type."""

    token: str
    inputs: Mapping[str, Field]
    outputs: Mapping[str, Field]
    secret_outputs: frozenset[str]
    import_id: str
    """The id in the first import example of the documentation; empty when there is none."""


@dataclass(frozen=True, slots=True)
class Function:
    """One look-up function."""

    token: str
    outputs: Mapping[str, Field]


class UnknownTokenError(HipaaStackError):
    """The installed SDK has no such type or function."""


class Sdk:
    """The SDK of one cloud (`aws`, `gcp`) as installed beside this interpreter."""

    def __init__(self, name: str) -> None:
        """Raises HipaaStackError when the SDK is not installed."""
        self.name = name
        self.package = f"pulumi_{name}"
        spec = importlib.util.find_spec(self.package)
        if spec is None or spec.origin is None:
            raise HipaaStackError(f"the Python package pulumi-{name} is not installed: run `pip install pulumi-{name}`")
        self._root = Path(spec.origin).parent
        self.version: str = json.loads((self._root / "pulumi-plugin.json").read_text())["version"]
        self._lock = threading.Lock()  # importing one module of the SDK in two threads at once shows it half made
        self._resources: dict[str, Resource] = {}
        self._functions: dict[str, Function] = {}

    @functools.cached_property
    def classes(self) -> Mapping[str, tuple[str, str]]:
        """Token of every resource type -> the package and name of its class."""
        source = (self._root / "__init__.py").read_text()
        listing = re.search(r'resource_modules="""(.*?)"""', source, re.DOTALL)
        if listing is None:
            raise HipaaStackError(
                f"pulumi-{self.name} {self.version} does not list its resource types; install a version that this release supports"
            )
        return {token: (module["fqn"], cls) for module in json.loads(listing[1]) for token, cls in module["classes"].items()}

    def resource(self, token: str) -> Resource:
        """Raises UnknownTokenError for a type that the installed SDK does not have."""
        with self._lock:
            if token not in self._resources:
                self._resources[token] = self._load_resource(token)
            return self._resources[token]

    def provider_inputs(self) -> Mapping[str, Field]:
        """The configuration of the provider itself."""
        return fields_of(importlib.import_module(f"{self.package}.provider").ProviderArgs)

    def function(self, token: str) -> Function:
        """Raises UnknownTokenError for a function that the installed SDK does not have."""
        with self._lock:
            if token not in self._functions:
                self._functions[token] = self._load_function(token)
            return self._functions[token]

    def _load_resource(self, token: str) -> Resource:
        if token not in self.classes:
            near = difflib.get_close_matches(token, self.classes, n=1)
            hint = f"; did you mean {near[0]}?" if near else ""
            raise UnknownTokenError(f"unknown resource type {token}: pulumi-{self.name} {self.version} has none of that name{hint}")
        package, name = self.classes[token]
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # the SDK warns of its deprecated classes when it is imported
            cls = getattr(importlib.import_module(package), name)
        module = sys.modules[cls.__module__]
        candidates = (getattr(module, name + suffix, None) for suffix in ("Args", "InitArgs"))  # Init where a nested type has the name
        arguments = next(found for found in candidates if found is not None and found.__module__ == cls.__module__)
        source = Path(typing.cast("str", module.__file__)).read_text()
        secrets = re.search(r"additional_secret_outputs=(\[.*?\])", source)
        example = re.search(r"\$ pulumi import \S+ \S+ (\S.*)", source)
        return Resource(
            token=token,
            inputs=fields_of(arguments),
            outputs=fields_of(cls),
            secret_outputs=frozenset(json.loads(secrets[1])) if secrets else frozenset(),
            import_id=example[1].strip().strip("'\"`") if example else "",
        )

    def _load_function(self, token: str) -> Function:
        unknown = UnknownTokenError(f"unknown function {token}: pulumi-{self.name} {self.version} has none of that name")
        match = re.fullmatch(rf"{self.name}:([^:/]+)(?:/[^:]+)?:(\w+)", token)
        if match is None:
            raise unknown
        module = self._function_module(match[1], match[2])
        result = re.search(rf"'{re.escape(token)}'.*?typ=(\w+)", Path(typing.cast("str", module.__file__)).read_text()) if module else None
        if module is None or result is None:
            raise unknown
        return Function(token=token, outputs=fields_of(getattr(module, result[1])))

    def _function_module(self, area: str, name: str) -> ModuleType | None:
        file = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name).lower()
        for folder in ("", f"{area}.", f"{area}_."):  # functions of `index` lie at the root; keywords get an underscore
            path = self._root / folder.strip(".") / f"{file}.py"
            if path.is_file() and (folder or area == "index"):
                return importlib.import_module(f"{self.package}.{folder}{file}")
        return None


@functools.cache
def fields_of(cls: type) -> Mapping[str, Field]:
    """Wire name -> field, for an SDK class of any kind: arguments, resource, nested object or look-up result."""
    getters = {
        name: (str(wire), member.fget)
        for name, member in inspect.getmembers_static(cls, lambda member: isinstance(member, property))
        if (wire := getattr(member.fget, _WIRE_NAME, None))
    }
    takes_arguments = getattr(cls, "_pulumi_input_type", False)
    parameters = inspect.signature(cls).parameters if takes_arguments else {}
    names = {**vars(pulumi), **vars(sys.modules[cls.__module__])}
    fields = {}
    for name, (wire, getter) in getters.items():
        if wire == "urn" or (wire == "id" and issubclass(cls, pulumi.CustomResource)):
            continue
        hint = typing.get_type_hints(getter, globalns=names, localns={"Output": pulumi.Output, "T": NoneType}).get("return", typing.Any)
        optional = _is_optional(hint)
        required = parameters[name].default is inspect.Parameter.empty if name in parameters else not optional and not takes_arguments
        fields[wire] = Field(name=wire, type=_parse(hint), required=required, doc=inspect.getdoc(getter) or "")
    return fields


def _is_optional(hint: object) -> bool:
    arguments = typing.get_args(hint)
    if typing.get_origin(hint) is pulumi.Output:
        return _is_optional(arguments[0])
    return _is_union(hint) and NoneType in arguments


def _is_union(hint: object) -> bool:
    return typing.get_origin(hint) in {typing.Union, UnionType}


_SCALARS: Mapping[object, Type] = {
    str: Type(Kind.STRING),
    bool: Type(Kind.BOOLEAN),
    int: Type(Kind.INTEGER),
    float: Type(Kind.NUMBER),
}


def _parse(hint: typing.Any) -> Type:
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if hint in _SCALARS:
        return _SCALARS[hint]
    if origin is pulumi.Output:
        return _parse(arguments[0])
    if _is_union(hint):
        return _parse_union(arguments)
    if origin in {list, collections.abc.Sequence}:
        return Type(Kind.LIST, element=_parse(arguments[0]))
    if origin in {dict, collections.abc.Mapping}:
        return Type(Kind.MAP, element=_parse(arguments[1]))
    return _parse_class(hint) if isinstance(hint, type) else Type(Kind.ANY)


def _parse_class(cls: type) -> Type:
    if issubclass(cls, enum.Enum):
        kind = Kind.STRING if issubclass(cls, str) else Kind.NUMBER
        return Type(kind, choices=tuple(str(member.value) for member in cls))
    if issubclass(cls, pulumi.Asset | pulumi.Archive):
        return Type(Kind.ASSET)
    if issubclass(cls, pulumi.Resource):
        return Type(Kind.STRING)  # a reference to a resource reaches a provider as the resource's id
    is_object = getattr(cls, "_pulumi_input_type", False) or getattr(cls, "_pulumi_output_type", False)
    return Type(Kind.OBJECT, cls=cls) if is_object else Type(Kind.ANY)


def _parse_union(arguments: tuple[typing.Any, ...]) -> Type:
    """`Input[T]` is a union of T, an awaitable and an Output; what is left names the type."""
    wrappers = {collections.abc.Awaitable, pulumi.Output}
    members = [_parse(hint) for hint in arguments if hint is not NoneType and typing.get_origin(hint) not in wrappers]
    kinds = {member.kind for member in members}
    if len(members) == 1:
        return members[0]
    if kinds <= {Kind.STRING}:
        return Type(Kind.STRING)
    return Type(Kind.UNION, members=tuple(members))
