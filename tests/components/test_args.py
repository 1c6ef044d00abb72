"""Arguments: every mistake is one clear line, whatever its shape, and a pydantic error never leaves."""

import asyncio
from collections.abc import Mapping, Sequence
from enum import StrEnum

import pulumi
import pytest
from pydantic import ValidationError

from hipaa_components import ArgsError
from hipaa_components._args import Args
from hipaa_components._problems import Problem, between, check, each, matches, narrow_network, not_empty, private_network, unique
from hipaa_stack.errors import HipaaStackError


class ProbeMode(StrEnum):
    """A choice."""

    ON = "ON"
    OFF = "OFF"


class ProbePart(Args):
    """A nested part."""

    name: str
    """Name."""
    size: int = 1
    """Size."""

    _size = check("size", between(1, 3, "It has three places."))


class ProbeArgs(Args):
    """Arguments of every shape."""

    key: pulumi.Input[str]
    """An input."""
    subnets: pulumi.Input[Sequence[pulumi.Input[str]]] = ()
    """A list of inputs."""
    count: int = 3
    """A plain number."""
    share: float = 0.5
    """A fraction."""
    enabled: bool = True
    """A switch."""
    mode: ProbeMode = ProbeMode.ON
    """A choice."""
    parts: Sequence[ProbePart] = []
    """A list of models."""
    first: ProbePart | None = None
    """A model."""
    labels: Mapping[str, str] = {}
    """A mapping."""

    _subnets = check("subnets", each(matches(r"subnet-[0-9a-f]+", "a subnet id")))

    def problems(self):
        """Fields that must agree."""
        if self.count > len(self.labels) + 10:
            yield Problem("at most ten more than labels", "Add labels.", "count", self.count)


@pytest.mark.parametrize(
    ("given", "line"),
    [
        ({}, "key: missing; accepted: a string or an Output."),
        ({"key": 1}, "key: got 1; accepted: a string or an Output."),
        ({"key": None}, "key: got None; accepted: a string or an Output."),
        ({"key": ["a"]}, "key: got ['a']; accepted: a string or an Output."),
        ({"key": "k", "subnets": "s"}, "subnets: got 's'; accepted: a list, each item a string or an Output."),
        ({"key": "k", "subnets": ["subnet-1", 2]}, "subnets[1]: got 2; accepted: a string or an Output."),
        ({"key": "k", "subnets": ["subnet-1", "vpc-1"]}, "subnets[1]: got 'vpc-1'; accepted: a subnet id."),
        ({"key": "k", "count": "three"}, "count: got 'three'; accepted: a whole number."),
        ({"key": "k", "count": 2.5}, "count: got 2.5; accepted: a whole number."),
        ({"key": "k", "count": None}, "count: got None; accepted: a whole number."),
        ({"key": "k", "share": "half"}, "share: got 'half'; accepted: a number."),
        ({"key": "k", "enabled": "perhaps"}, "enabled: got 'perhaps'; accepted: true or false."),
        ({"key": "k", "mode": "AUTO"}, "mode: got 'AUTO'; accepted: one of ON, OFF."),
        ({"key": "k", "parts": [{"size": 1}]}, "parts[0].name: missing; accepted: a string."),
        ({"key": "k", "parts": [{"name": "a", "size": 4}]}, "parts[0].size: got 4; accepted: 1 to 3. It has three places."),
        ({"key": "k", "parts": [{"name": "a", "sise": 2}]}, "parts[0].sise: unknown argument; accepted: name, size. Did you mean size?"),
        ({"key": "k", "parts": {"name": "a"}}, "parts: got {'name': 'a'}; accepted: a list, each item ProbePart with name, size."),
        ({"key": "k", "first": "a"}, "first: got 'a'; accepted: ProbePart with name, size."),
        ({"key": "k", "first": {"name": "a", "size": 0}}, "first.size: got 0; accepted: 1 to 3. It has three places."),
        ({"key": "k", "labels": {"a": 1}}, "labels.a: got 1; accepted: a string."),
        ({"key": "k", "labels": ["a"]}, "labels: got ['a']; accepted: a mapping of names to values."),
        ({"key": "k", "cuont": 1}, "Did you mean count?"),
        ({"key": "k", "count": 11}, "count: got 11; accepted: at most ten more than labels. Add labels."),
    ],
)
def test_a_mistake_is_one_clear_line(given, line):
    for attempt, prefix in ((lambda: ProbeArgs(**given), "ProbeArgs: "), (lambda: ProbeArgs.of(given, "Probe 'p'"), "Probe 'p': ")):
        with pytest.raises(ArgsError) as error:
            attempt()
        assert str(error.value).startswith(prefix)
        assert str(error.value).endswith(line)
        assert "\n" not in str(error.value)


def test_all_mistakes_are_reported_at_once():
    with pytest.raises(ArgsError) as error:
        ProbeArgs.of({"count": "x", "mode": "AUTO", "parts": [{"size": 9}], "zone": 1})
    assert [path for path, _ in error.value.findings] == ["key", "count", "mode", "parts[0].name", "parts[0].size", "zone"]


@pytest.mark.parametrize("given", ["text", None, 3, ["key"]])
def test_what_is_no_mapping_is_refused(given):
    with pytest.raises(ArgsError, match="accepted: ProbeArgs or a mapping of its fields"):
        ProbeArgs.of(given)


def test_the_error_ends_a_program_without_a_traceback():
    assert issubclass(ArgsError, pulumi.RunError)
    assert issubclass(ArgsError, HipaaStackError)
    assert not issubclass(ArgsError, ValidationError)


def test_a_long_value_is_cut():
    with pytest.raises(ArgsError) as error:
        ProbeArgs(key="k", mode="x" * 10_000)
    assert len(str(error.value)) < 200


def test_values_that_only_the_engine_knows_are_accepted():
    async def later() -> str:
        return "subnet-1"

    waiting = later()
    args = ProbeArgs(key=pulumi.Output.from_input("k"), subnets=[pulumi.Output.from_input("x"), waiting])
    assert ProbeArgs.of(args) is args
    waiting.close()


def test_what_a_component_plugin_sends_is_coerced():
    args = ProbeArgs.of({"key": "k", "count": 4.0, "mode": "OFF", "first": {"name": "a", "size": 2.0}})
    assert (args.count, args.mode, args.first) == (4, ProbeMode.OFF, ProbePart(name="a", size=2))


def test_arguments_are_immutable():
    with pytest.raises(ValidationError):
        ProbeArgs(key="k").count = 5


@pytest.mark.parametrize(
    ("rule", "accepted", "refused"),
    [
        (private_network(16, 22), ["10.0.0.0/16", "172.16.0.0/20", "192.168.0.0/22"], ["10.0.0.0/15", "10.0.0.1/16", "8.0.0.0/16", "x", "172.32.0.0/16", "::/0", ""]),
        (narrow_network(24), ["203.0.113.0/24", "203.0.113.7/32"], ["0.0.0.0/0", "203.0.0.0/16", "203.0.113.1/24", "x"]),
        (between(1, 3), [1, 3], [0, 4]),
        (not_empty(), ["a", [1]], ["", []]),
        (unique(), [[], ["a", "b"]], [["a", "a"]]),
        (matches("[a-z]+", "letters"), ["abc"], ["abc1", "", "a\n"]),
    ],
)  # fmt: skip
def test_rules_accept_and_refuse(rule, accepted, refused):
    assert [value for value in accepted if rule(value)] == []
    assert [value for value in refused if not rule(value)] == []


def test_outputs_of_models_are_untouched():
    output = pulumi.Output.from_input({"name": "a"})
    with pytest.raises(ArgsError, match="first: got an Output; accepted: ProbePart"):
        ProbeArgs(key="k", first=output)
    asyncio.new_event_loop().close()
