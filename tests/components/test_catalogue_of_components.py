"""What holds for every component: its record, its documentation, its weakenings, and that it refuses before it registers."""

import datetime as dt
import importlib
import inspect
import pkgutil
import re
from collections.abc import Mapping, Sequence
from types import UnionType
from typing import NamedTuple, Union, get_args, get_origin

import pulumi
import pytest
from pydantic import BaseModel

import hipaa_components
from hipaa_components import ArgsError
from hipaa_components._args import Args
from hipaa_components._schema import Docstrings
from hipaa_components._weakening import (
    TEXTS,
    AddressableWeakening,
    MixedWeakening,
    StandardWeakening,
    Weakening,
    kind_of,
)
from hipaa_components.package import components
from hipaa_stack.baseline import COMPONENTS, WEAKENINGS
from hipaa_stack.catalog import catalog

NAMES = [component.__name__ for component in components()]
BY_NAME = dict(zip(NAMES, components(), strict=True))

JUSTIFICATION = {
    "how_still_met": "The data is synthetic and made anew every night.",
    "approver": "Security officer",
    "assessment": "The old workloads need a quarter to be adapted.",
    "alternative_measure": "A firewall in front of the cluster keeps the old rules meanwhile.",
}


def model_of(component):
    """The argument model of a component, out of the annotation `XArgs | Mapping[str, Any]`."""
    annotation = inspect.signature(component.__init__).parameters["args"].annotation
    (model,) = (item for item in get_args(annotation) if inspect.isclass(item) and issubclass(item, Args))
    return model


# Records and documentation -----------------------------------------------------------------------------------------


def test_every_component_has_a_record():
    assert sorted(COMPONENTS) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_a_component_names_the_citations_of_its_record(name):
    documented = re.findall(r"164\.\d{3}(?:\(\w+\))+", inspect.getdoc(BY_NAME[name]))
    assert set(documented) == set(COMPONENTS[name].citations)
    assert {catalog()[citation].id for citation in documented} == set(documented)


def models():
    """Every model of arguments, or of a part of them, that the package defines."""
    for info in pkgutil.walk_packages(hipaa_components.__path__, "hipaa_components."):
        module = importlib.import_module(info.name)
        yield from (
            item for _, item in inspect.getmembers(module, inspect.isclass) if item.__module__ == info.name and issubclass(item, Args)
        )


MODELS = sorted(models(), key=lambda model: model.__name__)


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_a_model_and_its_fields_have_docstrings(model):
    assert model.__doc__ != BaseModel.__doc__
    assert vars(model).get("__doc__"), model
    sources = Docstrings("hipaa")
    assert not [name for name in model.model_fields if not (sources.get_docstring(model, name) or "").rstrip().endswith((".", "…"))]


@pytest.mark.parametrize("name", NAMES)
def test_a_component_and_its_outputs_have_docstrings(name):
    component = BY_NAME[name]
    assert vars(component)["__doc__"]
    source = inspect.getsource(component)
    for output in inspect.get_annotations(component):
        assert re.search(rf'^    {output}: .*\n    """', source, re.MULTILINE), output


# Weakenings --------------------------------------------------------------------------------------------------------


class Place(NamedTuple):
    """Where a component takes a weakening."""

    component: str
    path: tuple[str | int, ...]
    models: tuple[type[Args], ...]
    """The models on the way, the weakening's own last."""

    @property
    def name(self):
        return self.path[-1]

    @property
    def shown(self):
        return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in self.path).removeprefix(".")

    def __str__(self):
        return f"{self.component}-{self.shown}"


def plain(annotation):
    """The member of a union that is neither None nor something that only the engine knows."""
    if get_origin(annotation) in (Union, UnionType):
        return next(item for item in get_args(annotation) if item is not type(None))
    return annotation


def fields_of(model):
    """Path and model of every part and weakening inside a model."""
    for name, field in model.model_fields.items():
        annotation = plain(field.annotation)
        step = (name,)
        origin = get_origin(annotation)
        if inspect.isclass(origin) and issubclass(origin, Sequence):
            annotation, step = plain(get_args(annotation)[0]), (name, 0)
        if inspect.isclass(annotation) and issubclass(annotation, Args):
            yield step, annotation


def places(component, model, path=(), way=()):
    for step, part in fields_of(model):
        place = Place(component, path + step, (*way, part))
        if issubclass(part, Weakening):
            yield place
        else:
            yield from places(component, part, place.path, place.models)


PLACES = [place for name in NAMES for place in places(name, model_of(BY_NAME[name]))]


def test_the_weakenings_in_use_are_those_of_the_baseline():
    assert {place.name for place in PLACES} == set(WEAKENINGS)


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_a_field_is_a_weakening_exactly_if_the_baseline_names_it(model):
    found = {name: plain(field.annotation) for name, field in model.model_fields.items()}
    weakenings = {name for name, kind in found.items() if inspect.isclass(kind) and issubclass(kind, Weakening)}
    assert weakenings == found.keys() & WEAKENINGS.keys()
    for name in weakenings:
        kinds = (MixedWeakening, StandardWeakening, AddressableWeakening)  # a mixed one is a standard one too
        assert next(kind for kind in kinds if issubclass(found[name], kind)) is kind_of(name)
        assert model.model_fields[name].default is None, "absent means secure"


@pytest.mark.parametrize("name", NAMES)
def test_weakenings_are_an_output_wherever_they_are_arguments(name):
    takes_some = any(place.component == name for place in PLACES)
    assert ("weakenings" in BY_NAME[name].__annotations__) is takes_some


MORE: Mapping[str, Mapping[str, object]] = {
    "nat_egress": {"allow_domains": ["ghcr.io"]},
    "observe": {"until": str(dt.datetime.now(dt.UTC).date())},
    "public_endpoint": {"cidrs": ["203.0.113.0/24"]},
}
"""What a weakening says apart from its justification."""

TOGETHER: Mapping[str, Mapping[str, object]] = {"observe": {"adopt": True}, "short_deletion_window": {"deletion_window_days": 7}}
"""What has to stand next to a weakening."""

INSTEAD_OF: Mapping[str, str] = {"without_rotation": "rotation"}
"""What a weakening takes the place of."""

ITEMS: Mapping[str, Mapping[str, object]] = {
    "EksNodeGroup": {"name": "general"},
    "NamespaceSettings": {"name": "tools", "owner": "platform-team", "data_classification": "NONE"},
}
"""Items of lists that hold weakenings."""


def texts_of(place):
    return {text: JUSTIFICATION[text] for text in TEXTS if text in place.models[-1].model_fields}


AROUND = {
    "EksAdoption": {"cluster_role_arn": "arn:aws:iam::123456789012:role/existing"},
    "SealedSecretsSettings": {
        "owner": "platform-team",
        "image_digest": "sha256:" + "0" * 64,
        "backup": "VELERO",
        "source": {"image_registry": "registry.example.org"},
    },
}
"""What a part that the minimal arguments leave out needs besides a weakening."""

CHOSEN = {"SealedSecretsSettings": {"secrets": "SEALED"}}
"""What chooses such a part."""


def with_weakening(args, place, texts):
    """The arguments, with the weakening at its place."""
    *way, name = place.path
    copied = holder = dict(args)
    models = iter(place.models)
    for step in way:
        if isinstance(step, int):
            holder = holder[step]
            continue
        model = next(models).__name__
        holder |= CHOSEN.get(model, {})
        holder[step] = [dict(ITEMS[model])] if model in ITEMS else {**AROUND.get(model, {}), **holder.get(step, {})}
        holder = holder[step]
    holder.pop(INSTEAD_OF.get(name), None)
    holder |= {name: {**texts, **MORE.get(name, {})}, **TOGETHER.get(name, {})}
    return copied


def refused(register, place, args):
    """The lines with which the arguments are refused, the same in every form; nothing is registered."""
    component = BY_NAME[place.component]
    lines = set()
    for attempt in (lambda: model_of(component)(**args), lambda: register(lambda: component("c", args))):
        with pytest.raises(ArgsError) as error:
            attempt()
        lines.add(error.value.findings)
    assert not register.last.registrations
    (findings,) = lines
    return dict(findings)


@pytest.mark.parametrize("place", PLACES, ids=str)
def test_a_weakening_without_its_justification_is_refused(register, minimal, place):
    args, texts = minimal[place.component], texts_of(place)
    assert refused(register, place, with_weakening(args, place, {})).keys() == {f"{place.shown}.{text}" for text in texts}
    for text in texts:
        missing = refused(register, place, with_weakening(args, place, {other: texts[other] for other in texts if other != text}))
        assert missing.keys() == {f"{place.shown}.{text}"}
        assert missing[f"{place.shown}.{text}"].startswith("missing; accepted: a string")
        placeholder = refused(register, place, with_weakening(args, place, {**texts, text: "TODO"}))
        assert placeholder.keys() == {f"{place.shown}.{text}"}
        assert placeholder[f"{place.shown}.{text}"].startswith("got 'TODO'; accepted: ")


@pytest.mark.parametrize("place", PLACES, ids=str)
def test_a_justified_weakening_is_accepted_and_recorded(register, minimal, place):
    component, texts = BY_NAME[place.component], texts_of(place)
    args = with_weakening(minimal[place.component], place, texts)
    model_of(component)(**args)
    evidence = []
    registered = register(lambda: component("c", args).weakenings.apply(evidence.extend))
    assert evidence == [
        {"component": f"{place.component} 'c'", "field": place.shown, "citations": list(WEAKENINGS[place.name]), "texts": texts}
    ]
    tags = {item.inputs["tags"].get("hipaa-stack:exceptions") for item in registered.registrations if "tags" in item.inputs}
    of_cloud = place.component.startswith(("Aws", "Eks")) and place.path[0] not in ("namespaces", "sealed", "storage")
    assert (place.name in tags) is of_cloud


# Refusals ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_minimal_arguments_are_accepted_and_hold_no_weakening(register, minimal, name):
    assert register(lambda: BY_NAME[name]("c", minimal[name])).registrations


@pytest.mark.parametrize("name", NAMES)
def test_nothing_is_registered_for_arguments_that_are_refused(register, minimal, name):
    component, required = BY_NAME[name], [field for field, info in model_of(BY_NAME[name]).model_fields.items() if info.is_required()]
    for args, path in (
        ({**minimal[name], "colour": "red"}, "colour"),
        *(({field: value for field, value in minimal[name].items() if field != without}, without) for without in required),
    ):
        with pytest.raises(ArgsError) as error:
            register(lambda given=args: component("c", given))
        assert [found for found, _ in error.value.findings] == [path]
        assert not register.last.registrations


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("args", [None, "text", 3, ["a"], pulumi.ResourceOptions()], ids=lambda value: type(value).__name__)
def test_what_are_no_arguments_at_all_is_refused_in_one_line(register, name, args):
    with pytest.raises(ArgsError, match=rf"^{name} 'c': args: got \w+; accepted: {name}Args or a mapping of its fields\.$"):
        register(lambda: BY_NAME[name]("c", args))
    assert not register.last.registrations
