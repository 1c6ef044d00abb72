"""The servicer without an engine: messages in, messages out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import grpc
import pytest
from google.protobuf import empty_pb2, json_format, struct_pb2
from pulumi.runtime.proto import analyzer_pb2

from hipaa_stack.crossguard._decoding import SECRET, SIGNATURE, UNKNOWNS
from hipaa_stack.crossguard._server import PolicyPack
from hipaa_stack.resources import Node
from hipaa_stack.rules import Cite, Rule, Severity, rule
from hipaa_stack.settings import Profile

TODAY = dt.date(2026, 5, 1)
TYPE = "acme:index:Thing"
URN = f"urn:pulumi:dev::acme::{TYPE}::thing"
UNKNOWN = UNKNOWNS[0]


def secret(value: Any) -> dict[str, Any]:
    return {SIGNATURE: SECRET, "value": value}


def struct(properties: Mapping[str, Any]) -> struct_pb2.Struct:
    return json_format.ParseDict(dict(properties), struct_pb2.Struct())


def request(properties: Mapping[str, Any], **more: Any) -> analyzer_pb2.AnalyzeRequest:
    return analyzer_pb2.AnalyzeRequest(**{"type": TYPE, "name": "thing", "urn": URN, "properties": struct(properties)} | more)


def a_rule(check: Callable[..., Any], id_: str = "ACME-THING-001", **more: Any) -> Rule:
    """A rule around a check, for things."""
    cites = (Cite("164.312(a)(1)", "a thing may be opened"), Cite("164.312(b)", "a thing may be seen"))
    told = {"title": "Things are closed", "severity": Severity.HIGH, "types": (TYPE,), "cites": cites, "fix": "Set open to false."}
    return rule(id=id_, **told | more)(check)


def closed(thing: Node):
    if thing.boolean("open"):
        yield thing.fail("open", "open is true", remedy=False)


class RefusedError(Exception):
    """What the client of a refused call would get."""


class Context:
    """Of the server's side of a call, what the pack uses."""

    def abort(self, code: grpc.StatusCode, details: str) -> None:
        raise RefusedError(code.name, details)


class Pack:
    """A pack that is called as the engine does it."""

    def __init__(self, *rules: Rule, directory: Path, dry_run: bool | None, session: Path | None = None) -> None:
        self.lines: list[str] = []
        self.servicer = PolicyPack(lambda: rules, directory, today=TODAY, session=session, say=self.lines.append)
        self.context = Context()
        if dry_run is not None:
            self.servicer.ConfigureStack(analyzer_pb2.AnalyzerStackConfigureRequest(dry_run=dry_run), self.context)
        self.info = self.servicer.GetAnalyzerInfo(empty_pb2.Empty(), self.context)
        self.declared = {policy.name: policy.enforcementLevel for policy in self.info.policies}

    def configure(self, config: Mapping[str, Any]) -> None:
        """A policy configuration as a user writes it, laid over the declared levels as the engine does."""
        levels = {"advisory": 0, "mandatory": 1, "disabled": 2, "remediate": 3}
        given = {name: {"enforcementLevel": value} if isinstance(value, str) else dict(value) for name, value in config.items()}
        for_all = levels.get(given.get("all", {}).get("enforcementLevel"))
        message = {}
        for name in {**self.declared, **given}:
            own = given.get(name, {})
            level = own.pop("enforcementLevel", None)
            chosen = levels[level] if level else self.declared.get(name, for_all) if for_all is None else for_all
            message[name] = analyzer_pb2.PolicyConfig(enforcementLevel=chosen, properties=struct(own))
        self.servicer.Configure(analyzer_pb2.ConfigureAnalyzerRequest(policyConfig=message), self.context)

    def analyze(self, properties: Mapping[str, Any], **more: Any) -> analyzer_pb2.AnalyzeResponse:
        return self.servicer.Analyze(request(properties, **more), self.context)

    def said(self, properties: Mapping[str, Any], **more: Any) -> list[tuple[str, str, str]]:
        """Policy, level and message of each diagnostic for one resource."""
        return diagnostics(self.analyze(properties, **more))

    def remediate(self, properties: Mapping[str, Any], **more: Any) -> list[tuple[str, dict[str, Any]]]:
        response = self.servicer.Remediate(request(properties, **more), self.context)
        return [(each.policyName, json_format.MessageToDict(each.properties)) for each in response.remediations]

    def analyze_stack(self, *resources: analyzer_pb2.AnalyzerResource) -> analyzer_pb2.AnalyzeResponse:
        return self.servicer.AnalyzeStack(analyzer_pb2.AnalyzeStackRequest(resources=resources), self.context)


def diagnostics(response: analyzer_pb2.AnalyzeResponse) -> list[tuple[str, str, str]]:
    level = analyzer_pb2.EnforcementLevel.Name
    return [(each.policyName, level(each.enforcementLevel).lower(), each.message) for each in response.diagnostics]


@pytest.fixture
def pack(tmp_path: Path) -> Callable[..., Pack]:
    """Starts packs: `pack(rule, …, dry_run=True, settings="profile: strict")`; `dry_run=None` is `policy analyze`."""

    def start(*rules: Rule, dry_run: bool | None = True, settings: str | None = None, session: Path | None = None) -> Pack:
        (tmp_path / "Pulumi.yaml").write_text("name: acme\nruntime: python\n")
        if settings is not None:
            (tmp_path / "hipaa-stack.yaml").write_text(settings)
        return Pack(*(rules or (a_rule(closed),)), directory=tmp_path, dry_run=dry_run, session=session)

    return start


RECOMMENDED = Profile.RECOMMENDED
