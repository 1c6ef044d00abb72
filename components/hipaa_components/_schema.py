"""The Pulumi schema of the components, read from their argument models and annotated outputs."""

import inspect
import re
from collections.abc import Iterator, Sequence
from typing import Any, get_args

from pulumi.provider.experimental.analyzer import Analyzer, AnalyzeResult, ComponentDefinition, PropertyDefinition, TypeDefinition
from pulumi.provider.experimental.schema import generate_schema
from pulumi.provider.experimental.util import camel_case
from pydantic import BaseModel

from hipaa_components._component import Component


def analyze(package: str, components: Sequence[type[Component]]) -> AnalyzeResult:
    """The definitions of the components and of every type that they name."""
    result = _ModelAnalyzer(package).analyze(list(components))
    definitions: list[ComponentDefinition | TypeDefinition] = [
        *result["component_definitions"].values(),
        *result["type_definitions"].values(),
    ]
    for definition in definitions:
        definition.description = inspect.cleandoc(definition.description or "")
    return result


def schema(package: str, version: str, analysis: AnalyzeResult) -> dict[str, Any]:
    """The Pulumi package schema as JSON data."""
    components, types = analysis["component_definitions"], analysis["type_definitions"]
    return generate_schema(package, version, None, components, types, []).to_json()


class Docstrings(Analyzer):
    """Finds the docstring under a field or an output, inherited ones too; the stock analyzer reads the source of one class.

    pydantic could keep them in the models, but then reads the source of every class whenever it is imported.
    """

    def get_docstring(self, typ: type, name: str) -> str | None:
        """The docstring as it stands in the source."""
        definers = [item for item in typ.__mro__ if name in inspect.get_annotations(item)] or [typ]
        found: Iterator[str | None] = (super(Docstrings, self).get_docstring(item, name) for item in definers)
        return next(filter(None, found), None)


class _ModelAnalyzer(Docstrings):
    """Pulumi's analyzer, with what pydantic knows better than the annotations: what is required and described."""

    def analyze_type(self, typ: type, *, is_component_output: bool) -> tuple[dict[str, PropertyDefinition], dict[str, str]]:
        """Takes the model out of `XArgs | Mapping[str, Any]`, the annotation of every component's `args`."""
        models = [member for member in get_args(typ) if inspect.isclass(member) and issubclass(member, BaseModel)]
        return super().analyze_type(models[0] if models else typ, is_component_output=is_component_output)

    def analyze_property(
        self, arg: type, typ: type, name: str, *, can_be_plain: bool, is_component_output: bool, optional: bool | None = None
    ) -> PropertyDefinition:
        """A field with any default is optional; the stock analyzer looks for None only."""
        if issubclass(typ, BaseModel):
            optional = not typ.model_fields[name].is_required()
        return super().analyze_property(
            arg, typ, name, can_be_plain=can_be_plain, is_component_output=is_component_output, optional=optional
        )

    def get_docstring(self, typ: type, name: str) -> str | None:
        """In the names of the schema."""
        found = super().get_docstring(typ, name)
        return found and _in_schema_names(inspect.cleandoc(found))


def _in_schema_names(text: str) -> str:
    """Names of arguments in backquotes as programs in other languages write them: `nodeGroups`."""
    return re.sub(r"`[a-z]+(_[a-z0-9]+)+`", lambda name: camel_case(name[0]), text)
