"""One configured provider: what happens to objects when the engine checks, creates, reads, updates and deletes them."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from hipaa_stack.errors import HipaaStackError
from hipaa_stack.sandbox.config import SandboxConfig

from . import lifetime, naming
from .accounts import Accounts, Record
from .config import ProviderConfig, Scope
from .facts import Facts
from .identity import identity
from .invention import Invention, identifier, table_of, with_generated_names
from .lookups import Lookups
from .naming import Proposal
from .schema import Resource, Sdk
from .validation import problems
from .wire import REDACTED, Properties, Value, is_secret, secret, unwrap

_ATTEMPTS = 3


class RefusedError(HipaaStackError):
    """What a cloud answers to a call that it refuses."""


@dataclass(frozen=True, slots=True)
class Object:
    """An object as the engine keeps it."""

    id: str
    inputs: Properties
    outputs: Properties
    recovered: bool = False
    """It existed: an earlier create of the same request whose answer the engine never received."""


@dataclass(frozen=True, slots=True)
class Change:
    """An update: what the object is, and what it is to become."""

    outputs: Properties
    old_inputs: Properties
    inputs: Properties


class Cloud:
    """The accounts of one session, seen through one provider instance."""

    def __init__(self, sdk: Sdk, session: SandboxConfig, directory: Path) -> None:
        self.sdk = sdk
        self.session = session
        self.accounts = Accounts(directory, sdk.name)
        self.config = ProviderConfig.of(sdk.name, {}, session)
        self._made: list[Record] = []
        self._recovered: set[tuple[str, str]] = set()

    def configure(self, given: Properties) -> None:
        self.config = ProviderConfig.of(self.sdk.name, given, self.session)

    def check(self, token: str, urn: str, olds: Properties, news: Properties, proposal: Proposal) -> tuple[Properties, list[str]]:
        """The inputs with names filled in, and what is wrong with them. Raises UnknownTokenError."""
        resource = self.sdk.resource(token)
        scope = self.config.scope_of(news)
        property_ = naming.named_property(resource)
        checked = naming.with_defaults(
            resource, urn, olds, news, proposal, lambda name: self._is_taken(resource, scope, urn, {**news, str(property_): name})
        )
        return checked, problems(resource.inputs, news, urn.rpartition("::")[2])

    def preview_create(self, token: str, urn: str, inputs: Properties) -> Properties:
        """The outputs that are known before the object exists."""
        resource = self.sdk.resource(token)
        facts = self._facts(resource, urn, inputs, seed=urn)
        return self._invention(resource, facts, preview=True, previous={}).outputs(inputs)

    def create(self, token: str, urn: str, inputs: Properties) -> Object:
        """Brings the object into being. Raises RefusedError for a duplicate."""
        resource = self.sdk.resource(token)
        scope = self.config.scope_of(inputs)
        unique = identity(resource, inputs, scope)
        orphan = None if self.session.strict_retries else self.accounts.orphan(token, urn, inputs)
        if orphan:
            self._recovered.add((token, orphan.id))
            self._made.append(orphan)
            return Object(orphan.id, inputs, _restored_all(orphan.outputs, inputs), recovered=True)
        facts = self._new_facts(resource, urn, inputs, scope)
        outputs = self._invention(resource, facts, preview=False, previous={}).outputs(inputs)
        record = Record(token, scope, facts.id, urn, unique.key if unique else None, inputs, outputs, known=False, deleted=False)
        try:
            self.accounts.add(record)
        except sqlite3.IntegrityError as error:  # an object holds the name, or this id
            raise RefusedError(unique.error if unique else f"ResourceAlreadyExistsException: {facts.id} already exists") from error
        self._made.append(record)
        return Object(facts.id, inputs, outputs)

    def settle(self) -> None:
        """The engine ends in order: it has received and recorded all that it asked to be created."""
        for record in self._made:
            self.accounts.acknowledge(record.type, record.scope, record.id)

    def update(self, token: str, urn: str, id_: str, change: Change, *, preview: bool) -> Properties:
        """The outputs after the change. Raises RefusedError when the object is gone, or when it takes another's name."""
        resource = self.sdk.resource(token)
        scope = self.config.scope_of(change.outputs)
        if not preview:
            self._must_exist(token, scope, id_)
        facts = self._facts(resource, urn, {**change.inputs, **_kept_names(resource, change.outputs, change.inputs)}, seed=f"{urn}|{id_}")
        removed = {name for name in change.old_inputs if change.inputs.get(name) is None}
        previous = {name: value for name, value in change.outputs.items() if name not in removed}
        outputs = self._invention(resource, replace(facts, id=id_), preview=preview, previous=previous).outputs(change.inputs)
        if not preview:
            unique = identity(resource, change.inputs, scope)
            record = Record(token, scope, id_, urn, unique.key if unique else None, change.inputs, outputs, known=True, deleted=False)
            try:
                self.accounts.replace(record)
            except sqlite3.IntegrityError as error:
                raise RefusedError(unique.error if unique else f"{id_}: conflicts with another object") from error
        return outputs

    def read(self, token: str, id_: str, state: Properties, inputs: Properties) -> Object | None:
        """The object as it is in the account; None when it is gone.

        An object that the accounts never saw, but that comes with its state, is taken to exist as it is: that is how a
        preview starts from an exported state. Without a state there is only the id, as in an import.
        """
        resource = self.sdk.resource(token)
        scope = self.config.scope_of(state)
        record = self.accounts.find(token, scope, id_)
        if record is None and self.sdk.name == "gcp":  # its ids hold the project and the place
            record = self.accounts.find_anywhere(token, id_)
        if record is None:
            has_state = bool(inputs) or any(name not in resource.inputs for name in state if name != "id")
            return Object(id_, inputs, state) if has_state else None
        if record.deleted:
            return None
        self.accounts.acknowledge(token, record.scope, id_)
        return Object(id_, _restored_all(record.inputs, inputs), _restored_all(record.outputs, state))

    def delete(self, token: str, id_: str, state: Properties) -> None:
        """Raises RefusedError when the object is protected or in use. What is gone already is no error."""
        resource = self.sdk.resource(token)
        scope = self.config.scope_of(state)
        reason = lifetime.refusal(self.accounts, resource, id_, state)
        if reason:
            raise RefusedError(reason)
        if (token, id_) in self._recovered:
            return  # taken for an orphan, but the engine had it, and now deletes what it believes to be another
        if lifetime.remains(resource, state):
            self.accounts.acknowledge(token, scope, id_)
        else:
            self.accounts.delete(token, scope, id_)

    def acknowledge(self, token: str, id_: str, state: Properties) -> None:
        """The engine has named this object."""
        self.accounts.acknowledge(token, self.config.scope_of(state), id_)

    def look_up(self, token: str, args: Properties) -> Properties:
        """Raises UnknownTokenError."""
        base = Facts(token, "", self.config.scope, {}, token, self.session, related=self._related(self.config.scope))
        return Lookups(self.sdk, self.accounts, self.config, base).answer(token, args)

    def _is_taken(self, resource: Resource, scope: Scope, urn: str, inputs: Properties) -> bool:
        """Whether a living object has the name; one that this URN made and the engine never learned of is no obstacle."""
        unique = identity(resource, inputs, scope)
        holder = self.accounts.holder(unique.key) if unique else None
        return holder is not None and (holder.known or holder.urn != urn)

    def _new_facts(self, resource: Resource, urn: str, inputs: Properties, scope: Scope) -> Facts:
        """Facts with an id that no living object has: every incarnation of a resource gets its own."""
        for _ in range(_ATTEMPTS):
            incarnation = self.accounts.count(f"create|{urn}")
            facts = self._facts(resource, urn, inputs, seed=f"{urn}|{scope.account}|{scope.region}|{incarnation}")
            facts = replace(facts, id=identifier(resource, facts))
            found = self.accounts.find(resource.token, scope, facts.id)
            if found is None or found.deleted:
                return facts
        return replace(facts, id=f"{facts.id}-{facts.hex(8, 'distinct')}")

    def _facts(self, resource: Resource, urn: str, inputs: Properties, seed: str) -> Facts:
        scope = self.config.scope_of(inputs)
        plain: Properties = {name: unwrap(value) for name, value in inputs.items()}
        facts = Facts(resource.token, urn.rpartition("::")[2], scope, plain, seed, self.session, related=self._related(scope))
        return replace(facts, inputs=with_generated_names(resource, plain, facts))

    def _related(self, scope: Scope) -> Callable[[str, str], Properties]:
        def related(token: str, id_: str) -> Properties:
            record = self.accounts.find(token, scope, id_)
            return record.outputs if record and not record.deleted else {}

        return related

    def _invention(self, resource: Resource, facts: Facts, *, preview: bool, previous: Properties) -> Invention:
        return Invention(resource, facts, self.config.default_tags, preview, previous, table_of(resource.token))

    def _must_exist(self, token: str, scope: Scope, id_: str) -> None:
        record = self.accounts.find(token, scope, id_)
        if record and record.deleted:
            raise RefusedError(f"{id_} does not exist: it was deleted outside of Pulumi; run `pulumi refresh`")


def _restored_all(stored: Properties, known: Properties) -> Properties:
    return {name: _restored(value, known.get(name)) for name, value in stored.items()}


def _restored(stored: Value, known: Value) -> Value:
    """A stored value with its secrets: as the engine knows them, or simulated ones."""
    if stored == REDACTED:
        return known if known is not None else secret("simulated-secret")
    if is_secret(known) and unwrap(known) == stored:
        return known
    if isinstance(stored, list):
        return [
            _restored(item, known[index] if isinstance(known, list) and index < len(known) else None) for index, item in enumerate(stored)
        ]
    if isinstance(stored, dict):
        return {name: _restored(value, known.get(name) if isinstance(known, dict) else None) for name, value in stored.items()}
    return stored


def _kept_names(resource: Resource, outputs: Properties, news: Properties) -> Properties:
    """Names that the provider made from a prefix when the object was created."""
    return {
        name: value
        for name, value in outputs.items()
        if name in resource.inputs and news.get(name) is None and news.get(f"{name}Prefix") is not None
    }
