"""The reference pages: one per component, and one of the settings, from the models of arguments and settings."""

from __future__ import annotations

import datetime as dt
import inspect
import types
import typing
from collections.abc import Awaitable, Iterator, Mapping, Sequence
from enum import Enum
from functools import cache
from pathlib import Path
from typing import Annotated

import pulumi
from pulumi.provider.experimental.analyzer import AnalyzeResult
from pydantic import BaseModel

from hipaa_components import package
from hipaa_components._args import Args
from hipaa_components._component import PACKAGE, Component
from hipaa_components._schema import Docstrings, analyze
from hipaa_components._weakening import Weakening
from hipaa_stack.baseline import COMPONENTS, WEAKENINGS
from hipaa_stack.catalog import Entry, catalog
from hipaa_stack.settings import Settings

EXAMPLES = Path(__file__).parent / "examples"
"""One program per component, each run by the tests."""

_DOCSTRINGS = Docstrings("docs")


def pages() -> Iterator[tuple[str, str]]:
    """Path below docs/ and text of each page."""
    for component in package.components():
        yield f"reference/{component.__name__}.md", "\n".join(_component_page(component)) + "\n"
    yield "reference/settings.md", "\n".join(_settings_page()) + "\n"


def _component_page(component: type[Component]) -> Iterator[str]:
    name, record, model = component.__name__, COMPONENTS[component.__name__], args_model(component)
    yield f"# {name}\n\n{inspect.getdoc(component)}\n"
    yield f"## Example\n\nA whole program:\n\n```python\n{(EXAMPLES / f'{name}.py').read_text()}```\n"
    yield "## Safeguards\n"
    yield from (f"- {citation(catalog()[paragraph])}" for paragraph in record.citations)
    yield f"\nStays with the organisation: {record.organisational}\n"
    if record.exceptions:
        yield "## Declared exceptions\n\nRules that it breaks on purpose; reports and the policy pack show them as waived.\n"
        yield "| rule | object | reason |\n|---|---|---|"
        yield from (f"| [{each.rule}](../rules/{each.rule}.md) | `{each.object}` | {cell(each.reason)} |" for each in record.exceptions)
        yield ""
    yield f"## Arguments\n\n`{model.__name__}`, or a mapping of the same names.\n"
    yield from _models(model)
    yield "## Outputs\n\n| output | meaning |\n|---|---|"
    definition = _analysis()["component_definitions"][name]
    yield from (f"| `{definition.outputs_mapping[key]}` | {cell(output.description or '')} |" for key, output in definition.outputs.items())
    yield ""


def _settings_page() -> Iterator[str]:
    yield "# Settings\n\n## The reference project\n"
    yield "One Pulumi config key, `platform`, in `stacks/Pulumi.<stack>.yaml`. Its `layer` says what the stack makes, the rest of it are\nthe arguments of that component:\n"
    yield "| layer | component |\n|---|---|"
    yield "| `ALL`, or absent | [EksPlatform](EksPlatform.md): both layers |"
    yield "| `CLOUD` | [EksCloud](EksCloud.md): what is made through the AWS API, from anywhere |"
    yield "| `BASELINE` | [EksBaseline](EksBaseline.md): what is inside the cluster, from where its API server is reached |\n"
    yield "## hipaa-stack.yaml\n\nRead by the command line and the policy pack; an absent file means the defaults.\n"
    yield from _models(Settings)


@cache
def _analysis() -> AnalyzeResult:
    return analyze(PACKAGE, package.components())


def args_model(component: type[Component]) -> type[Args]:
    """The model of a component's arguments, from the annotation of its constructor."""
    annotation = inspect.get_annotations(component.__init__, eval_str=True)["args"]
    models = [member for member in (typing.get_args(annotation) or (annotation,)) if inspect.isclass(member) and issubclass(member, Args)]
    return models[0]


def _models(model: type[BaseModel]) -> Iterator[str]:
    """The table of a model, then those of the models and choices inside it, each once."""
    yield from _table(model)
    for part in _parts(model, {model}):
        yield f"\n### {part.__name__}\n\n{inspect.getdoc(part)}\n"
        if issubclass(part, Enum):
            yield "| value | meaning |\n|---|---|"
            yield from (f"| `{member.value}` | {cell(_DOCSTRINGS.get_docstring(part, member.name) or '')} |" for member in part)
        elif issubclass(part, BaseModel):
            yield from _table(part)
    yield ""


def _table(model: type[BaseModel]) -> Iterator[str]:
    yield "| argument | accepts | default | meaning |\n|---|---|---|---|"
    for name, field in model.model_fields.items():
        default = "required" if field.is_required() else _default(field.get_default(call_default_factory=True))
        yield f"| `{name}` | {cell(_accepts(field.annotation))} | {cell(default)} | {cell((_DOCSTRINGS.get_docstring(model, name) or '') + _touches(name, field.annotation))} |"


def _accepts(annotation: object) -> str:
    """What a field takes, in words; models and choices link to their table."""
    origin, members = typing.get_origin(annotation), [member for member in typing.get_args(annotation) if member is not type(None)]
    if origin is Annotated:
        return _accepts(members[0])
    if origin in (typing.Union, types.UnionType):
        plain = [member for member in members if typing.get_origin(member) not in (Awaitable, pulumi.Output)]
        text = _accepts(plain[0])
        return text if len(plain) == len(members) or text.endswith("or an Output") else f"{text} or an Output"
    if inspect.isclass(origin) and issubclass(origin, Sequence):
        return f"list of {_accepts(members[0])}"
    if inspect.isclass(origin) and issubclass(origin, Mapping):
        return f"mapping of {_accepts(members[0])} to {_accepts(members[1])}"
    if inspect.isclass(annotation) and issubclass(annotation, BaseModel | Enum):
        return f"[{annotation.__name__}](#{annotation.__name__.lower()})"
    return {str: "string", int: "integer", float: "number", bool: "boolean", dt.date: "date, YYYY-MM-DD"}[typing.cast("type", annotation)]


def _default(value: object) -> str:
    if value is None:
        return "absent"
    if isinstance(value, Enum):
        return f"`{value.value}`"
    if isinstance(value, BaseModel):
        return f"`{value.model_dump(exclude_defaults=True)}`"
    if isinstance(value, list | tuple):
        return f"`{[item.model_dump(exclude_defaults=True) if isinstance(item, BaseModel) else item for item in value]}`"
    return f"`{value!r}`"


def _touches(name: str, annotation: object) -> str:
    """The citations of a weakening."""
    members = typing.get_args(annotation) or (annotation,)
    weakens = any(inspect.isclass(member) and issubclass(member, Weakening) for member in members)
    return f" Touches {', '.join(WEAKENINGS[name])}." if weakens else ""


def _parts(model: type[BaseModel], seen: set[type]) -> Iterator[type]:
    for field in model.model_fields.values():
        for part in _named(field.annotation):
            if part not in seen:
                seen.add(part)
                yield part
                if issubclass(part, BaseModel):
                    yield from _parts(part, seen)


def _named(annotation: object) -> Iterator[type]:
    if typing.get_origin(annotation) is pulumi.Output:
        return
    if inspect.isclass(annotation) and issubclass(annotation, BaseModel | Enum):
        yield annotation
    for member in typing.get_args(annotation):
        yield from _named(member)


def citation(entry: Entry) -> str:
    """A paragraph of the regulation as pages name it."""
    obligation = f", {entry.obligation.lower()}" if entry.obligation else ""
    return f"{entry.id} {entry.title} ({entry.kind}{obligation})"


def cell(text: str) -> str:
    """A text for a cell of a table."""
    return " ".join(text.split()).replace("|", "\\|")
