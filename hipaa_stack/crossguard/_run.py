"""One run of the pack: requests of the engine in, what the rules say of them out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import Any

from pulumi.runtime.proto import analyzer_pb2

from hipaa_stack import __version__
from hipaa_stack.crossguard._decoding import Decoder
from hipaa_stack.crossguard._policies import ADVISORY, DISABLED, MANDATORY, NAME, SETTINGS_POLICY, SEVERITIES, Policies, citations
from hipaa_stack.crossguard._remedies import remedied
from hipaa_stack.evaluation import FOOTER, Evaluation, Finding, Level, Outcome
from hipaa_stack.resources import Basis, Options, Remedy, Resource, Stack
from hipaa_stack.rules import Rule, Severity
from hipaa_stack.waivers import Waivers

_SAYING = (Outcome.FAIL, Outcome.UNKNOWN, Outcome.ERROR)


class Run:
    """Judges the resources of one preview, update or state, and then the stack that they make."""

    def __init__(self, policies: Policies, basis: Basis, today: dt.date) -> None:
        """Takes the policies as they are configured, what the engine does, and the day, on which waivers depend."""
        self._policies = policies
        self._basis = basis
        self._evaluation = Evaluation(policies.rules, policies.settings, levels=policies.enforced(), every_outcome=True)
        self._remediation = Evaluation(policies.rules, policies.settings, levels=policies.remediated())
        self._waivers = Waivers(policies.settings.waivers, today)
        self._inputs: dict[str, dict[str, Any]] = {}
        self._untouched: dict[str, analyzer_pb2.AnalyzeResponse] = {}
        self._said = dict.fromkeys(("violations", "undecided", "waived", "errors"), 0)

    def analyze(self, request: analyzer_pb2.AnalyzeRequest, decoder: Decoder) -> analyzer_pb2.AnalyzeResponse:
        """What the rules over single resources say of the inputs of one."""
        inputs = self._inputs[request.urn] = decoder.properties(request.properties)
        resource = _resource(request, inputs, None, request.options.parent)
        response = analyzer_pb2.AnalyzeResponse()
        response.CopyFrom(self._response_without(request.type))
        for finding in self._evaluation.resource(resource, self._basis):
            if finding.outcome in _SAYING:
                response.diagnostics.append(self._diagnostic(finding))
            elif finding.outcome is Outcome.NOT_APPLICABLE:
                response.not_applicable.append(_not_applicable(finding.rule, finding.message))
        return response

    def analyze_stack(self, request: analyzer_pb2.AnalyzeStackRequest, decoder: Decoder) -> analyzer_pb2.AnalyzeResponse:
        """What the rules over stacks say of all resources, and what is to say of the waivers."""
        stack = Stack(self._stack_resources(request.resources, decoder), self._basis)
        response = analyzer_pb2.AnalyzeResponse()
        outcomes: dict[Rule, set[Outcome]] = {rule: set() for rule in self._evaluation.rules if rule.of_stack}
        for finding in self._evaluation.stack_rules(stack):
            outcomes[finding.rule].add(finding.outcome)
            if finding.outcome in _SAYING:
                response.diagnostics.append(self._diagnostic(finding))
        for rule, seen in outcomes.items():
            if seen <= {Outcome.NOT_APPLICABLE}:
                response.not_applicable.append(_not_applicable(rule, "nothing in the stack that it applies to"))
        if self._policies.levels[SETTINGS_POLICY] != DISABLED:
            response.diagnostics.extend(self._notice(text) for text in self._waivers.notices())
        return response

    def remediate(self, request: analyzer_pb2.AnalyzeRequest, decoder: Decoder) -> analyzer_pb2.RemediateResponse:
        """The inputs of one resource with the remedies of the rules in it that are enforced as `remediate`.

        The engine takes one remediation after the other, so each holds those before it.
        """
        response = analyzer_pb2.RemediateResponse(not_applicable=self._not_remediated)
        rules = self._remediation.rules_of(request.type)[0]
        if not rules:
            return response
        resource = _resource(request, decoder.properties(request.properties), None, request.options.parent)
        remedies: dict[Rule, list[Remedy]] = {rule: [] for rule in rules}
        for finding in self._remediation.resource(resource, self._basis):
            if finding.remedy and self._waivers.apply(finding).violates:
                remedies[finding.rule].append(finding.remedy)
        properties = request.properties
        for rule, wanted in remedies.items():
            if changed := remedied(properties, wanted):
                properties = changed
                response.remediations.add(
                    policyName=rule.id, policyPackName=NAME, policyPackVersion=__version__, description=rule.title, properties=changed
                )
        return response

    def closing(self) -> str:
        """The line at the end of a run: what was judged, from what, with which result, and what that means."""
        simulated = " in simulated clouds" if self._basis is Basis.SIMULATED else ""
        basis = "preview" if simulated else self._basis.value
        counts = {**self._said, "passed": self._evaluation.summary[Outcome.PASS]}
        return f"{NAME} {__version__}, {basis}{simulated}: {', '.join(f'{kind}: {count}' for kind, count in counts.items())}. {FOOTER}"

    # What the engine is told ---------------------------------------------------------------------------------

    def _diagnostic(self, found: Finding) -> analyzer_pb2.AnalyzeDiagnostic:
        finding = self._waivers.apply(found)
        level = MANDATORY if finding.level is Level.MANDATORY or finding.outcome is Outcome.ERROR else ADVISORY
        text = f"{finding.path}: {finding.message}" if finding.path else finding.message
        if finding.waiver:
            waiver = finding.waiver
            until = f" until {waiver.expires}" if waiver.expires else ""
            level, text = ADVISORY, f"waived{until} by {waiver.by}: {text}; {waiver.justification}"
            self._said["waived"] += 1
        elif finding.outcome is Outcome.UNKNOWN:
            text = f"undecided: {text}"
            self._said["undecided"] += 1
        elif finding.outcome is Outcome.ERROR:
            text = f"could not be evaluated: {text}"
            self._said["errors"] += 1
        else:
            text = f"{text}. {finding.rule.fix}"
            self._said["violations"] += 1
        return analyzer_pb2.AnalyzeDiagnostic(
            policyName=finding.rule.id,
            policyPackName=NAME,
            policyPackVersion=__version__,
            description=finding.rule.title,
            message=f"{text} [{citations(finding.rule)}; hipaa-stack explain {finding.rule.id}]",
            enforcementLevel=level,
            urn=finding.resource.urn,
            severity=SEVERITIES[finding.rule.severity],
        )

    def _notice(self, text: str) -> analyzer_pb2.AnalyzeDiagnostic:
        return analyzer_pb2.AnalyzeDiagnostic(
            policyName=SETTINGS_POLICY,
            policyPackName=NAME,
            policyPackVersion=__version__,
            description="Waivers are in force and cover a finding",
            message=text,
            enforcementLevel=ADVISORY,
            severity=SEVERITIES[Severity.LOW],
        )

    def _response_without(self, type_: str) -> analyzer_pb2.AnalyzeResponse:
        """The response for a type without findings: it names the rules that have no say, so that they do not count as passed."""
        known = self._untouched.get(type_)
        if known is None:
            judging = set(self._evaluation.rules_of(type_)[0])
            others = (rule for rule in self._evaluation.rules if not rule.of_stack and rule not in judging)
            entries = [_not_applicable(rule, "judges resources of other types") for rule in others]
            known = self._untouched[type_] = analyzer_pb2.AnalyzeResponse(not_applicable=entries)
        return known

    @cached_property
    def _not_remediated(self) -> list[analyzer_pb2.PolicyNotApplicable]:
        remediated = set(self._remediation.rules)
        others = (rule for rule in self._evaluation.rules if not rule.of_stack and rule not in remediated)
        return [_not_applicable(rule, "not enforced as `remediate`, or without a remedy") for rule in others]

    def _stack_resources(self, messages: Iterable[analyzer_pb2.AnalyzerResource], decoder: Decoder) -> Iterator[Resource]:
        for message in messages:
            outputs = decoder.properties(message.properties)
            yield _resource(message, self._inputs.get(message.urn, outputs), outputs, message.parent)


def _resource(
    message: analyzer_pb2.AnalyzeRequest | analyzer_pb2.AnalyzerResource,
    inputs: dict[str, Any],
    outputs: dict[str, Any] | None,
    parent: str,
) -> Resource:
    options = Options(
        protect=message.options.protect,
        ignore_changes=tuple(message.options.ignoreChanges),
        aliases=tuple(message.options.aliases),
    )
    dependencies: dict[str, tuple[str, ...]] = {}
    if isinstance(message, analyzer_pb2.AnalyzerResource):
        dependencies = {key: tuple(value.urns) for key, value in message.propertyDependencies.items()}
    # The engine names the provider's URN without the id that a reference has in a state.
    provider = f"{message.provider.urn}::" if message.provider.urn else ""
    return Resource(message.urn, message.type, message.name, inputs, outputs, options, parent, provider, dependencies)


def _not_applicable(rule: Rule, reason: str) -> analyzer_pb2.PolicyNotApplicable:
    return analyzer_pb2.PolicyNotApplicable(policy_name=rule.id, reason=reason)
