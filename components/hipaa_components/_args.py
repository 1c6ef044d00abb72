"""The base of every component's arguments: one pydantic model is their only definition.

From such a model come the run-time checks, the types and the Pulumi package schema. Whatever is wrong with the
arguments is reported at once, one line each, as an `ArgsError`, before anything is registered.
"""

import sys
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast

import pulumi
from pydantic import BaseModel, ConfigDict, ValidationError, model_validator

from hipaa_components._messages import findings
from hipaa_components._problems import Problem, Problems
from hipaa_stack.errors import HipaaStackError

if TYPE_CHECKING:
    from pydantic._internal._model_construction import ModelMetaclass
else:
    ModelMetaclass = type(BaseModel)  # has no public name

T = TypeVar("T")


class ArgsError(HipaaStackError, pulumi.RunError):
    """Arguments that a component cannot accept.

    One line per problem: `<component>: <field>: got <value>; accepted: <what>. <how to fix>`. As a
    `pulumi.RunError` it ends a Pulumi program without a traceback.
    """

    def __init__(self, where: str, findings: Iterable[tuple[str, str]]) -> None:
        """Takes pairs of a path, such as `node_groups[0].min_size`, and a sentence."""
        self.where = where
        self.findings = tuple(findings)
        super().__init__("\n".join(f"{where}: {path + ': ' if path else ''}{sentence}" for path, sentence in self.findings))


class _ArgsMeta(ModelMetaclass):
    """Turns the error of a direct construction, `XArgs(…)`, into an ArgsError."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        try:
            return super().__call__(*args, **kwargs)
        except ValidationError as error:
            raise ArgsError(self.__name__, findings(error, cast(type[Args], self), kwargs)) from None


class Args(BaseModel, metaclass=_ArgsMeta):
    """Arguments of a component, or a nested part of them: immutable, checked at construction.

    A field with a default is plain (`az_count: int = 3`); `| None` stands only where None has a meaning. Values
    of type `pulumi.Input` are checked when they are plain values, and by the rules once they are known.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:
        """Resolves the forward references inside `pulumi.Input`."""
        super().__pydantic_init_subclass__(**kwargs)
        cls.model_rebuild(_types_namespace={"Output": pulumi.Output, "T": T, **vars(sys.modules[cls.__module__])})

    @classmethod
    def of(cls, args: Self | Mapping[str, Any], where: str | None = None) -> Self:
        """The arguments as a checked model.

        Args:
            args: an instance, or a mapping with Python names such as a component plugin or a user passes.
            where: what the error names, such as `EksCluster 'prod'`; the class name if absent.

        Raises:
            ArgsError: with one line for each problem.
        """
        if isinstance(args, cls):
            return args
        where = where or cls.__name__
        if not isinstance(args, Mapping):
            raise ArgsError(where, [("args", f"got {type(args).__name__}; accepted: {cls.__name__} or a mapping of its fields.")])
        try:
            return cls.model_validate(dict(args))
        except ValidationError as error:
            raise ArgsError(where, findings(error, cls, args)) from None

    def fields(self) -> dict[str, Any]:
        """The fields as they are, nested models and Outputs included: for arguments that extend these."""
        return {name: getattr(self, name) for name in type(self).model_fields}

    def problems(self) -> Iterator[Problem]:
        """Yields what is wrong between fields; overridden where fields depend on each other."""
        return iter(())

    @model_validator(mode="after")
    def _fields_agree(self) -> Self:
        if problems := tuple(self.problems()):
            raise Problems(problems)
        return self
