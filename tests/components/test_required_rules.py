"""What our components register passes every required rule, or is declared: as they are, and with every weakening."""

import datetime as dt

import pytest

from hipaa_components.package import components
from hipaa_stack.baseline import CHARTS, COMPONENTS
from hipaa_stack.evaluation import Evaluation, Outcome
from hipaa_stack.resources import Basis, Options, Resource, Stack
from hipaa_stack.rules import catalogue
from hipaa_stack.settings import Settings
from hipaa_stack.waivers import Waivers

from .test_catalogue_of_components import BY_NAME, PLACES, texts_of, with_weakening

NAMES = [component.__name__ for component in components()]
TODAY = dt.date(2026, 1, 1)

ALONE = {name: Settings(external_detection=True) for name in ("EksCluster", "EksCloud")}
"""A part alone: what detects threats, or its agent, is a component of its own."""

ELSEWHERE = {"EksCluster": {"AWS-EKS-011"}}
"""What a part alone cannot show, as it is made by another: the log group of a cluster. A stack with both passes."""

OPENED = {
    "baseline_pods": {"K8S-NS-001"},
    "observe": {"K8S-NET-001", "K8S-NET-002"},
    "privileged_pods": {"K8S-NS-001"},
}
"""Rules that see a weakening and are waived by the organisation, by name and for a time, never by the component: what
is weaker inside a cluster is told by every preview until then."""


def judged(registered, component=""):
    """The failures and errors of required rules, waived ones included."""
    resources = [
        Resource(
            item.urn, item.type, item.name, item.inputs,
            options=Options(protect=item.options.get("protect", False)), property_dependencies=item.property_dependencies,
        )
        for item in registered.registrations
    ]  # fmt: skip
    found = map(Waivers((), TODAY).apply, Evaluation(catalogue(), ALONE.get(component)).stack(Stack(resources, Basis.UPDATE)))
    return [finding for finding in found if finding.outcome in (Outcome.FAIL, Outcome.ERROR)]


def findings(registered, component=""):
    """Those that no exception covers, as rule -> names of the resources."""
    found = {}
    for finding in judged(registered, component):
        if not finding.waiver:
            found.setdefault(finding.rule.id, set()).add(finding.resource.name)
    return found


@pytest.mark.parametrize("name", NAMES)
def test_a_component_passes_every_required_rule(register, minimal, name):
    assert findings(register(lambda: BY_NAME[name]("c", minimal[name])), name).keys() == ELSEWHERE.get(name, set())


@pytest.mark.parametrize("place", PLACES, ids=str)
def test_what_a_weakening_breaks_is_declared_or_told(register, minimal, place):
    args = with_weakening(minimal[place.component], place, texts_of(place))
    found = findings(register(lambda: BY_NAME[place.component]("c", args)), place.component)
    assert found.keys() - ELSEWHERE.get(place.component, set()) == OPENED.get(place.name, set())


def test_without_its_protection_a_key_is_told(register, minimal):
    """The rule and the way here see what they should: the same key, its option taken away."""
    registered = register(lambda: BY_NAME["AwsEncryptionKey"]("c", minimal["AwsEncryptionKey"]))
    registered.one("aws:kms/key:Key").options.pop("protect")
    assert findings(registered) == {"PUL-STACK-001": {"c-key"}}


def test_every_declared_exception_is_one_that_the_component_needs(register, minimal):
    """The list is exact: what nothing breaks any more is declared no longer."""
    used = set()
    for name in [name for name, record in COMPONENTS.items() if record.exceptions]:
        cases = [minimal[name], *(with_weakening(minimal[name], place, texts_of(place)) for place in PLACES if place.component == name)]
        for args in cases:
            found = judged(register(lambda name=name, args=args: BY_NAME[name]("c", args)))
            used |= {(name, finding.rule.id, finding.waiver.justification) for finding in found if finding.waiver}
    declared = {
        (name, each.rule, each.reason) for name, record in COMPONENTS.items() if name not in CHARTS for each in record.exceptions
    }  # what a chart holds is known once it is rendered: tests/cluster compares it with what is declared
    assert declared <= used
