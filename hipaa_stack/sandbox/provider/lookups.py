"""Answers to look-ups (`aws.get_caller_identity`, `gcp.organizations.get_project`, …).

A look-up asks about a world that a sandbox does not have. What follows from the program and the session is computed;
what exists in the simulated accounts is answered from there; everything else is invented with the right type, and
noted, so that rules can treat it as unknown (`accounts.simulated_values`). A look-up of one thing always finds it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from . import aws_lookups, gcp_lookups
from .accounts import Accounts, Record
from .config import ProviderConfig
from .facts import Facts, Invented
from .invention import Invention, identifier, table_of
from .policy_document import policy_document
from .schema import Function, Resource, Sdk
from .wire import Properties, Value, is_unknown, unwrap

_POLICY_DOCUMENT = "aws:iam/getPolicyDocument:getPolicyDocument"
_SELECTORS = ("id", "arn", "name", "url")
_SHORT = 4
"""Texts shorter than this (`1`, `v1`) are too common to be told apart by value."""


class Lookups:
    """Answers the look-ups of one provider instance."""

    def __init__(self, sdk: Sdk, accounts: Accounts, config: ProviderConfig, base: Facts) -> None:
        self._sdk = sdk
        self._accounts = accounts
        self._config = config
        self._base = base

    def answer(self, token: str, args: Properties) -> Properties:
        """Raises UnknownTokenError for a function that the SDK does not have."""
        function = self._sdk.function(token)
        if token == _POLICY_DOCUMENT:
            return {**args, **policy_document(args)}
        plain = {name: unwrap(value) for name, value in args.items()}
        resource = self._resource_of(token)
        record = self._existing(resource, plain)
        facts = self._facts(token, plain, resource)
        computed = self._computed(token, facts)
        found = _same_shape(resource, function, record) if resource and record else {}
        given = {
            name: value
            for name, value in {**found, **args}.items()
            if name in function.outputs and value is not None and not is_unknown(value)
        }
        answer = self._filled(function, facts, {**computed, **given}, resource)
        if token not in aws_lookups.DERIVED | gcp_lookups.DERIVED:
            self._note(token, answer, {**given, **plain})
        return answer

    def _facts(self, token: str, args: Properties, resource: Resource | None) -> Facts:
        scope = self._config.scope_of(args)
        seed = f"{token}|{scope.account}|{scope.region}|{sorted(args.items(), key=str)}"
        facts = replace(self._base, token=resource.token if resource else token, label="simulated", scope=scope, inputs=args, seed=seed)
        id_ = facts.text("id") or (identifier(resource, facts) if resource else "")
        return replace(facts, id=id_)

    def _computed(self, token: str, facts: Facts) -> Properties:
        compute = aws_lookups.COMPUTED.get(token) or gcp_lookups.COMPUTED.get(token)
        return compute(facts, self._accounts) if compute else {}

    def _filled(self, function: Function, facts: Facts, given: Properties, resource: Resource | None) -> Properties:
        echoed = {name: field for name, field in function.outputs.items() if not field.required}
        shape = Resource(token=facts.token, inputs=echoed, outputs=function.outputs, secret_outputs=frozenset(), import_id="")
        table: dict[str, Invented] = {"id": "{id}"} if facts.id else {}
        if resource:
            table |= {path: value for path, value in table_of(resource.token).items() if _is_shared(path.split(".")[0], resource, function)}
        return Invention(shape, facts, {}, preview=False, previous={}, table=table).outputs(given)

    def _resource_of(self, token: str) -> Resource | None:
        """The type that the function looks up: `aws:ec2/getVpc:getVpc` finds `aws:ec2/vpc:Vpc`."""
        match = re.fullmatch(r"(\w+):(\w+)/get(\w)(\w*):\w+", token)
        if match is None:
            return None
        cloud, area, first, rest = match.groups()
        found = f"{cloud}:{area}/{first.lower()}{rest}:{first}{rest}"
        return self._sdk.resource(found) if found in self._sdk.classes else None

    def _existing(self, resource: Resource | None, args: Properties) -> Record | None:
        """The live object of the simulated accounts that the arguments select."""
        wanted = {name: value for name, value in args.items() if isinstance(value, str) and name not in {"region", "project"}}
        if resource is None or not wanted:
            return None
        for record in self._accounts.alive(resource.token):
            own = {**record.outputs, "id": record.id}
            ids = {own.get(name) for name in _SELECTORS if isinstance(own.get(name), str)}
            if all(value == own.get(name) or (name not in own and value in ids) for name, value in wanted.items()):
                return record
        return None

    def _note(self, token: str, answer: Properties, given: Mapping[str, Value]) -> None:
        local = self._base.session.kubernetes
        known = {local.token} if local else set()
        known |= {text for _, text in _texts("", dict(given))} | {self._config.scope.region}
        invented = {path: text for path, text in _texts("", answer) if text not in known and len(text) >= _SHORT}
        self._accounts.note_lookup(token, invented)


def _same_shape(resource: Resource, function: Function, record: Record) -> Properties:
    """The outputs of an existing object that the look-up gives in the same form."""
    shared = {name: value for name, value in record.outputs.items() if _is_shared(name, resource, function)}
    return {**shared, "id": record.id}


def _is_shared(name: str, resource: Resource, function: Function) -> bool:
    """Whether type and look-up both have the output, and as the same kind of value."""
    own, asked = resource.outputs.get(name), function.outputs.get(name)
    return own is not None and asked is not None and own.type.kind is asked.type.kind


def _texts(path: str, value: Value) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _texts(f"{path}.{key}".lstrip("."), item)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _texts(f"{path}[{index}]", item)
