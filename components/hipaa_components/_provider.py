"""Serves the components as a Pulumi package, so that YAML, TypeScript, Go and .NET programs can use them.

Programs in those languages write `nodeGroups`, the argument models `node_groups`: names are mapped here, both ways,
and in error messages. Everything else about the arguments is the models' own business.
"""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pulumi
from pulumi.provider import ConstructResult, Provider
from pulumi.provider.experimental.analyzer import ComponentDefinition, PropertyDefinition, TypeDefinition

from hipaa_components._args import ArgsError
from hipaa_components._component import Component
from hipaa_components._schema import analyze, schema

Named = ComponentDefinition | TypeDefinition


class PackageProvider(Provider):
    """A Pulumi provider that constructs components and nothing else."""

    def __init__(self, name: str, version: str, components: Sequence[type[Component]]) -> None:
        """Analyzes the components once; `schema` is what Pulumi generates SDKs from."""
        analysis = analyze(name, components)
        self._components = {component.__name__: component for component in components}
        self._definitions = analysis["component_definitions"]
        self._types = analysis["type_definitions"]
        self._schema_names = _schema_names([*self._definitions.values(), *self._types.values()])
        super().__init__(version, json.dumps(schema(name, version, analysis)))

    def construct(
        self, name: str, resource_type: str, inputs: Mapping[str, Any], options: pulumi.ResourceOptions | None = None
    ) -> ConstructResult:
        """Constructs one component for a program in another language.

        Raises:
            pulumi.InputPropertiesError: for arguments that the component refuses, one line each, without a traceback.
        """
        class_name = resource_type.rpartition(":")[2]
        definition, component = self._definitions[class_name], self._components[class_name]
        args = self._python_object(inputs, definition.inputs, definition.inputs_mapping)
        try:
            made = component(name, args, options)
        except ArgsError as error:
            # The list must not be None: the server of the Python SDK fails on that.
            raise pulumi.InputPropertiesError(self._explain(error, component.where(name)), []) from None
        outputs = {
            key: self._schema_value(getattr(made, definition.outputs_mapping[key]), property_)
            for key, property_ in definition.outputs.items()
        }
        return ConstructResult(made.urn, outputs)

    def _python_object(self, value: Mapping[str, Any], properties: Mapping[str, PropertyDefinition], names: Mapping[str, str]) -> Any:
        """Keeps what the schema does not know under its own name: the argument model refuses it with a hint."""
        return {
            names.get(key, key): self._python_value(item, properties[key]) if key in properties else item
            for key, item in value.items()
            if item is not None
        }

    def _python_value(self, value: Any, property_: PropertyDefinition) -> Any:
        if isinstance(value, list) and property_.items:
            return [self._python_value(item, property_.items) for item in value]
        if isinstance(value, dict) and property_.additional_properties:
            return {key: self._python_value(item, property_.additional_properties) for key, item in value.items()}
        if isinstance(value, dict) and (type_ := self._type_of(property_)):
            return self._python_object(value, type_.properties, type_.properties_mapping)
        return value

    def _schema_value(self, value: Any, property_: PropertyDefinition) -> Any:
        if isinstance(value, pulumi.Output):
            return value.apply(lambda known: self._schema_value(known, property_))
        if isinstance(value, list) and property_.items:
            return [self._schema_value(item, property_.items) for item in value]
        if isinstance(value, dict) and property_.additional_properties:
            return {key: self._schema_value(item, property_.additional_properties) for key, item in value.items()}
        if isinstance(value, dict) and (type_ := self._type_of(property_)):
            fields = ((key, value.get(type_.properties_mapping[key]), item) for key, item in type_.properties.items())
            return {key: self._schema_value(found, item) for key, found, item in fields if found is not None}
        return value

    def _type_of(self, property_: PropertyDefinition) -> TypeDefinition | None:
        return self._types.get((property_.ref or "").rpartition(":")[2])

    def _explain(self, error: ArgsError, where: str) -> str:
        """The engine names the component itself; a part of it is named here."""
        prefix = "" if error.where == where else f"{error.where}: "
        lines = []
        for path, sentence in error.findings:
            got, separator, accepted = sentence.partition("accepted: ")  # what was given stays as it was given
            lines.append(f"{prefix}{self._schema_names(path)}: {got}{separator}{self._schema_names(accepted)}")
        return "\n".join(lines)


def _schema_names(definitions: Sequence[Named]) -> Callable[[str], str]:
    """A function that replaces every Python name of an argument in a text by its name in the schema."""
    names: dict[str, str] = {}
    for definition in definitions:
        mapping = definition.inputs_mapping if isinstance(definition, ComponentDefinition) else definition.properties_mapping
        names.update((python, key) for key, python in mapping.items())
    return lambda text: re.sub(r"\w+", lambda word: names.get(word[0], word[0]), text)
