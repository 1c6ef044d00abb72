"""The package provider: names are mapped both ways, mistakes become one clean line each."""

import json
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any, TypedDict

import pulumi
import pytest

from hipaa_components._args import Args
from hipaa_components._component import Component
from hipaa_components._problems import Problem, between, check
from hipaa_components._provider import PackageProvider


class Weekday(StrEnum):
    """A day."""

    MONDAY = "MONDAY"
    """The first one."""


class DoorArgs(Args):
    """A part of the arguments."""

    key_id: str
    """Id of the key."""
    open_days: Sequence[Weekday] = []
    """When it is open."""


class BaseHouseArgs(Args):
    """Arguments of every house."""

    max_guests: int = 3
    """Most guests at once; more with `side_doors`."""


class HouseArgs(BaseHouseArgs):
    """Arguments of House."""

    front_door: DoorArgs
    """The main entrance."""
    side_doors: Sequence[DoorArgs] = []
    """All others."""
    doors_by_name: Mapping[str, DoorArgs] = {}
    """Doors that have names."""
    label_texts: Mapping[str, str] = {}
    """Labels."""
    owner_name: pulumi.Input[str] | None = None
    """Who owns it, if anybody."""

    _guests = check("max_guests", between(0, 9, "Open side_doors for more."))

    def problems(self):
        if self.owner_name == "nobody":
            yield Problem("somebody", "", "owner_name", self.owner_name)


class HouseKey(TypedDict):
    """A key."""

    key_id: str
    """Id of the key."""


class House(Component):
    """A house."""

    all_keys: pulumi.Output[list[HouseKey]]
    """Every key."""
    main_key: pulumi.Output[HouseKey]
    """The main key."""

    def __init__(self, name: str, args: HouseArgs | Mapping[str, Any], opts: pulumi.ResourceOptions | None = None) -> None:
        args = HouseArgs.of(args, self.where(name))
        super().__init__(name, args, opts)
        self.seen = args
        self.main_key = pulumi.Output.from_input(HouseKey(key_id=args.front_door.key_id))
        self.all_keys = pulumi.Output.from_input([HouseKey(key_id=door.key_id) for door in (args.front_door, *args.side_doors)])
        self.register_outputs({})


class Street(Component):
    """A house inside another component."""

    def __init__(self, name: str, args: HouseArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, HouseArgs(front_door=DoorArgs(key_id="k")), opts)
        House(f"{name}-first", args, self.child())


@pytest.fixture
def provider():
    return PackageProvider("hipaa", "1.2.3", [House, Street])


@pytest.fixture
def construct(register, provider):
    def run(inputs, component="House"):
        return register(lambda: provider.construct("home", f"hipaa:index:{component}", inputs)).result

    return run


FULL = {
    "frontDoor": {"keyId": "k1", "openDays": ["MONDAY"]},
    "sideDoors": [{"keyId": "k2"}],
    "doorsByName": {"back_door": {"keyId": "k3"}},
    "labelTexts": {"some_label": "a", "max_guests": "b"},
    "maxGuests": 7.0,
    "ownerName": None,
}


def test_arguments_get_their_python_names_at_every_depth(register, provider, monkeypatch):
    seen = []
    monkeypatch.setattr(House, "register_outputs", lambda self, outputs: seen.append(self.seen))
    register(lambda: provider.construct("home", "hipaa:index:House", FULL))
    assert seen == [
        HouseArgs(
            front_door=DoorArgs(key_id="k1", open_days=[Weekday.MONDAY]),
            side_doors=[DoorArgs(key_id="k2")],
            doors_by_name={"back_door": DoorArgs(key_id="k3")},
            label_texts={"some_label": "a", "max_guests": "b"},
            max_guests=7,
        )
    ]


def test_outputs_get_their_schema_names_at_every_depth(register, provider):
    async def known(outputs):
        return {name: await value.future() for name, value in outputs.items()}

    def program():
        result = provider.construct("home", "hipaa:index:House", FULL)
        return pulumi.Output.from_input(known(result.state)).apply(outputs.update)

    outputs = {}
    register(program)
    assert outputs == {"allKeys": [{"keyId": "k1"}, {"keyId": "k2"}], "mainKey": {"keyId": "k1"}}


def test_what_has_a_default_is_optional_in_the_schema(provider):
    schema = json.loads(provider.schema)
    assert schema["resources"]["hipaa:index:House"]["requiredInputs"] == ["frontDoor"]
    assert schema["types"]["hipaa:index:DoorArgs"]["required"] == ["keyId"]


def test_inherited_fields_are_described_in_schema_names(provider):
    field = json.loads(provider.schema)["resources"]["hipaa:index:House"]["inputProperties"]["maxGuests"]
    assert field == {"description": "Most guests at once; more with `sideDoors`.", "type": "integer", "plain": True}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"maxGuests": 12}, "maxGuests: got 12; accepted: 0 to 9. Open sideDoors for more."),
        ({"maxGuests": "x"}, "maxGuests: got 'x'; accepted: a whole number."),
        ({"frontDoor": {}}, "frontDoor.keyId: missing; accepted: a string."),
        ({"frontDoor": "key_id"}, "frontDoor: got 'key_id'; accepted: DoorArgs with keyId, openDays."),
        ({"frontDoor": {"keyId": "k", "openDays": ["SUNDAY"]}}, "frontDoor.openDays[0]: got 'SUNDAY'; accepted: one of MONDAY."),
        ({"sideDoors": [{"keyId": "k"}, {"keyId": 3}]}, "sideDoors[1].keyId: got 3; accepted: a string."),
        ({"ownerName": "nobody"}, "ownerName: got 'nobody'; accepted: somebody."),
    ],
)
def test_a_mistake_is_one_line_with_schema_names(construct, change, message):
    with pytest.raises(pulumi.InputPropertiesError) as error:
        construct({**FULL, **change})
    assert str(error.value) == message
    assert error.value.errors == []


def test_an_unknown_argument_is_refused_with_a_hint(construct):
    with pytest.raises(pulumi.InputPropertiesError, match=r"frontDor: unknown argument; accepted: .*frontDoor.* Did you mean frontDoor\?"):
        construct({**FULL, "frontDor": {"keyId": "k"}})


def test_a_mistake_inside_a_part_names_the_part(construct):
    with pytest.raises(pulumi.InputPropertiesError, match="House 'home-first': maxGuests: got 12"):
        construct({**FULL, "maxGuests": 12}, component="Street")


def test_a_fault_of_ours_is_not_taken_for_a_mistake_of_the_user(construct, monkeypatch):
    def broken(*_):
        raise ZeroDivisionError

    monkeypatch.setattr(House, "register_outputs", broken)
    with pytest.raises(ZeroDivisionError):
        construct(FULL)
