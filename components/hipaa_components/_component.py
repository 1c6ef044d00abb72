"""The base of every component resource."""

from collections.abc import Sequence
from typing import Any, TypeVar

import pulumi

from hipaa_components._args import Args
from hipaa_components._weakening import WeakeningRecord, records

PACKAGE = "hipaa"
"""Name of the Pulumi package; tokens are `hipaa:index:<Class>`."""

Resources = Sequence[pulumi.Resource]
A = TypeVar("A", bound=Args)


class Component(pulumi.ComponentResource):
    """A component resource whose children all get their options from `child`.

    Subclasses check their arguments first (`args = XArgs.of(args, self.where(name))`), then call
    `super().__init__`, create children in private methods, set annotated outputs and register them last.
    """

    def __init__(self, name: str, args: Args, opts: pulumi.ResourceOptions | None) -> None:
        """Registers the component itself; `args` are already checked."""
        super().__init__(f"{PACKAGE}:index:{type(self).__name__}", name, {}, opts)
        self._ephemeral = getattr(args, "ephemeral", None) is not None
        self._records = records(self.where(name), args)

    @classmethod
    def where(cls, name: str) -> str:
        """How errors and evidence name this component: `EksCluster 'prod'`."""
        return f"{cls.__name__} '{name}'"

    def child(
        self,
        *,
        protect: bool = False,
        retain: bool = False,
        parent: pulumi.Resource | None = None,
        **options: Any,
    ) -> pulumi.ResourceOptions:
        """Options of a child.

        Args:
            protect: `pulumi destroy` refuses to delete it, unless the component is ephemeral.
            retain: it stays in the cloud when it leaves the state, unless the component is ephemeral.
            parent: another child, where that is the natural owner; the component itself if absent.
            options: any other field of `pulumi.ResourceOptions`.
        """
        guarded = not self._ephemeral
        return pulumi.ResourceOptions(
            parent=parent or self,
            protect=True if protect and guarded else None,
            retain_on_delete=True if retain and guarded else None,
            **options,
        )

    def weakening_records(self, *parts: pulumi.Input[Sequence[WeakeningRecord]]) -> pulumi.Output[list[WeakeningRecord]]:
        """The weakenings of this component's arguments, then those of the parts that it made."""
        return pulumi.Output.all(*parts).apply(lambda lists: [*self._records, *(record for part in lists for record in part)])
