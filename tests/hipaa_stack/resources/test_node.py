"""Typed reading: what is known is given, what is unknown or of a wrong kind is Undecided at its place."""

from __future__ import annotations

import json
import math

import pytest

from hipaa_stack.resources import Reason, Remedy, Resource, Secret, Undecided, Unknown, Unparsable, all_of, any_of, holds, steps

UNKNOWN = Unknown()
ENCRYPTED = Unknown(Reason.ENCRYPTED)


def root(inputs, prefix=""):
    return Resource("urn", "kubernetes:core/v1:Pod", "app", inputs, prefix=prefix).root


def undecided(read):
    """The places of the Undecided that a call raises."""
    with pytest.raises(Undecided) as caught:
        read()
    return [(place.path, place.why) for place in caught.value.places]


def until_undecided(iterator):
    """What an iterator gives before it raises Undecided, and the paths where it could not decide."""
    given = []
    try:
        given.extend(iterator)
    except Undecided as raised:
        return given, [place.path for place in raised.places]
    return given, []


READERS = ("boolean", "flag", "string", "number")


class TestOneValue:
    @pytest.mark.parametrize(
        ("reader", "value", "read"),
        [
            ("boolean", True, True),
            ("boolean", False, False),
            ("flag", "true", True),
            ("flag", "false", False),
            ("flag", True, True),
            ("string", "x", "x"),
            ("string", "", ""),
            ("number", 3, 3),
            ("number", 3.0, 3),
            ("number", 2.5, 2.5),
            ("number", -0.0, 0),
        ],
    )
    def test_known_and_secret_values_are_read_alike(self, reader, value, read):
        for held in (value, Secret(value), Secret(Secret(value))):
            got = getattr(root({"a": {"b": held}}), reader)("a.b")
            assert (got, type(got)) == (read, type(read))

    @pytest.mark.parametrize("reader", READERS)
    @pytest.mark.parametrize(
        "inputs", [{}, {"a": None}, {"a": {}}, {"a": {"b": None}}, {"a": Secret(None)}, {"a": {"b": Secret(None)}}], ids=repr
    )
    def test_absent_is_null_is_none(self, reader, inputs):
        assert getattr(root(inputs), reader)("a.b") is None

    @pytest.mark.parametrize(
        ("reader", "value", "why"),
        [
            ("boolean", "true", "expected a boolean, got a string"),
            ("boolean", 1, "expected a boolean, got a number"),
            ("boolean", [], "expected a boolean, got a list"),
            ("flag", "yes", 'expected a boolean, "true" or "false", got a string'),
            ("flag", "True", 'expected a boolean, "true" or "false", got a string'),
            ("flag", 0, 'expected a boolean, "true" or "false", got a number'),
            ("string", 1, "expected a string, got a number"),
            ("string", {}, "expected a string, got an object"),
            ("number", True, "expected a number, got a boolean"),
            ("number", "3", "expected a number, got a string"),
            ("number", math.nan, "expected a finite number, got a number"),
            ("number", math.inf, "expected a finite number, got a number"),
        ],
    )
    def test_a_wrong_kind_is_undecided(self, reader, value, why):
        for held in (value, Secret(value)):
            node = root({"a": {"b": held}})
            assert undecided(lambda node=node: getattr(node, reader)("a.b")) == [("a.b", why)]

    @pytest.mark.parametrize("reader", [*READERS, "present", "is_set", "node", "document"])
    @pytest.mark.parametrize("inputs", [{"a": UNKNOWN}, {"a": {"b": UNKNOWN}}, {"a": Secret({"b": Secret(UNKNOWN)})}], ids=repr)
    def test_an_unknown_value_or_one_on_the_way_is_undecided(self, reader, inputs):
        assert undecided(lambda: getattr(root(inputs), reader)("a.b")) == [("a.b", "known only after deployment")]

    @pytest.mark.parametrize("inputs", [{"a": "text"}, {"a": ["b"]}, {"a": 1}, {"a": Secret("text")}], ids=repr)
    def test_something_on_the_way_that_is_no_object_is_undecided(self, inputs):
        [(path, why)] = undecided(lambda: root(inputs).string("a.b"))
        assert path == "a.b"
        assert why.startswith("expected an object with b, got")

    def test_the_reason_of_an_unknown_is_told(self):
        with pytest.raises(Undecided) as caught:
            root({"a": ENCRYPTED}).string("a")
        assert caught.value.places[0].reason is Reason.ENCRYPTED
        assert caught.value.places[0].resource.name == "app"
        assert str(caught.value) == "a: an encrypted secret"

    @pytest.mark.parametrize(
        ("value", "present", "is_set"),
        [
            (None, False, False),
            (False, True, False),
            ("", True, False),
            ([], True, False),
            ({}, True, False),
            (0, True, True),
            (True, True, True),
            ("x", True, True),
            ([None], True, True),
            ({"x": UNKNOWN}, True, True),
        ],
    )
    def test_present_and_set(self, value, present, is_set):
        for held in (value, Secret(value)):
            assert (root({"a": held}).present("a"), root({"a": held}).is_set("a")) == (present, is_set)
        assert (root({}).present("a"), root({}).is_set("a")) == (False, False)


class TestObjectsAndLists:
    def test_node_of_an_absent_object_is_empty_and_knows_its_path(self):
        node = root({}).node("spec.template")
        assert node.string("metadata.name") is None
        assert node.path("metadata.name") == "spec.template.metadata.name"

    def test_node_of_a_wrong_kind_is_undecided(self):
        assert undecided(lambda: root({"a": []}).node("a")) == [("a", "expected an object, got a list")]

    def test_items_come_one_list_after_the_other(self):
        node = root({"spec": {"a": [{"n": 1}], "c": Secret([{"n": 2}, Secret({"n": 3})])}})
        found = list(node.node("spec").items("a", "b", "c"))
        assert [(item.path(), item.number("n")) for item in found] == [("spec.a[0]", 1), ("spec.c[0]", 2), ("spec.c[1]", 3)]

    @pytest.mark.parametrize(
        ("inputs", "known", "open_"),
        [
            pytest.param({"a": [UNKNOWN, {"n": 1}]}, ["a[1]"], ["a[0]"], id="an unknown item"),
            pytest.param({"a": [{"n": 1}, None]}, ["a[0]"], ["a[1]"], id="a null item"),
            pytest.param({"a": ["x", {"n": 1}]}, ["a[1]"], ["a[0]"], id="an item of a wrong kind"),
            pytest.param({"a": UNKNOWN, "b": [{}]}, ["b[0]"], ["a"], id="an unknown list beside a known one"),
            pytest.param({"a": "x", "b": [{}]}, ["b[0]"], ["a"], id="a list of a wrong kind"),
            pytest.param({"a": [UNKNOWN, Secret(UNKNOWN)], "b": 1}, [], ["a[0]", "a[1]", "b"], id="every place is told"),
            pytest.param({}, [], [], id="absent"),
        ],
    )
    def test_known_items_come_first_then_undecided(self, inputs, known, open_):
        given, places = until_undecided(root(inputs).items("a", "b"))
        assert ([item.path() for item in given], places) == (known, open_)

    def test_a_known_item_decides_beside_an_unknown_one(self):
        node = root({"a": [UNKNOWN, {"on": True}], "s": [UNKNOWN, "x"]})
        assert any(item.boolean("on") for item in node.items("a"))
        assert not all(not item.boolean("on") for item in node.items("a"))
        assert "x" in node.strings("s")
        assert undecided(lambda: "y" in node.strings("s")) == [("s[0]", "known only after deployment")]
        assert undecided(lambda: all(item.boolean("on") for item in node.items("a"))) == [("a[0]", "known only after deployment")]

    @pytest.mark.parametrize(
        ("value", "scalar", "strings", "open_"),
        [
            (["a", "b"], False, [("v[0]", "a"), ("v[1]", "b")], []),
            ("a", True, [("v", "a")], []),
            (Secret("a"), True, [("v", "a")], []),
            ("a", False, [], ["v"]),
            (["a", UNKNOWN, 1, Secret("b")], True, [("v[0]", "a"), ("v[3]", "b")], ["v[1]", "v[2]"]),
            (UNKNOWN, True, [], ["v"]),
            (UNKNOWN, False, [], ["v"]),
            (1, True, [], ["v"]),
            (None, True, [], []),
            ([], False, [], []),
        ],
        ids=repr,
    )
    def test_strings(self, value, scalar, strings, open_):
        assert until_undecided(root({"v": value}).indexed_strings("v", scalar=scalar)) == (strings, open_)
        assert until_undecided(root({"v": value}).strings("v", scalar=scalar)) == ([text for _, text in strings], open_)

    def test_keys_are_known_where_their_values_are_not(self):
        node = root({"labels": {"a": UNKNOWN, "b.c/d": "x"}})
        assert node.keys("labels") == ("a", "b.c/d")
        assert node.keys() == ("labels",)
        assert node.keys("none") == ()
        assert undecided(lambda: root({"labels": UNKNOWN}).keys("labels")) == [("labels", "known only after deployment")]

    def test_an_entry_may_have_dots_in_its_key(self):
        node = root({"metadata": {"annotations": {"a.b/c": Secret("x"), "d": UNKNOWN, "e": 1}}}).node("metadata.annotations")
        assert (node.entry("a.b/c"), node.entry("z")) == ("x", None)
        assert undecided(lambda: node.entry("d")) == [("metadata.annotations[d]", "known only after deployment")]
        assert undecided(lambda: node.entry("e")) == [("metadata.annotations[e]", "expected a string, got a number")]

    def test_entries_give_the_known_ones_first(self):
        node = root({"a": UNKNOWN, "b": "x", "c": None, "d": 1, "e": Secret("y")})
        assert until_undecided(node.entries()) == ([("b", "x"), ("e", "y")], ["[a]", "[d]"])

    def test_leaves_are_every_scalar_below(self):
        inputs = {"v": {"a": 1, "x.y": [True, Secret({"b": "s"}), None, UNKNOWN], "c": 2.5, "d": {}}}
        given, open_ = until_undecided(root(inputs).leaves("v"))
        assert given == [("v.a", "a", 1), ("v[x.y][0]", "x.y", True), ("v[x.y][1].b", "b", "s"), ("v.c", "c", 2.5)]
        assert open_ == ["v[x.y][3]"]
        assert [path for path, _, _ in root({"a": {"b": 1}}).leaves()] == ["a.b"]
        assert list(root({}).leaves("none")) == []

    def test_leaves_without_secrets_know_nothing_of_them(self):
        inputs = {"a": 1, "b": Secret("s"), "c": Secret({"d": 2}), "e": Secret(UNKNOWN), "f": [Secret("s"), 3]}
        assert [value for _, _, value in root(inputs).leaves(secrets=False)] == [1, 3]

    def test_leaves_do_not_recurse(self):
        deep = "leaf"
        for _ in range(5_000):
            deep = [deep]
        assert [value for _, _, value in root({"v": deep}).leaves("v")] == ["leaf"]

    @pytest.mark.parametrize("wrap", [lambda value: value, json.dumps, lambda value: Secret(json.dumps(value))])
    def test_a_document_is_an_object_or_json_in_a_string(self, wrap):
        document = root({"policy": wrap({"Statement": [{"Effect": "Allow"}]})}).document("policy")
        assert [(item.path("Effect"), item.string("Effect")) for item in document.items("Statement")] == [
            ("policy.Statement[0].Effect", "Allow")
        ]

    @pytest.mark.parametrize("value", [None, ""])
    def test_no_document(self, value):
        assert root({"policy": value}).document("policy") is None

    @pytest.mark.parametrize("value", ["{", "text", "[" * 100_000, Secret("hunter2")], ids=lambda value: repr(value)[:20])
    def test_a_string_that_is_no_document_is_unparsable_and_never_shown(self, value):
        with pytest.raises(Unparsable) as caught:
            root({"policy": value}).document("policy")
        assert str(caught.value) == "policy: not a JSON document"

    @pytest.mark.parametrize("value", ["[1]", "1", [], 7])
    def test_a_document_of_a_wrong_kind_is_undecided(self, value):
        assert undecided(lambda: root({"policy": value}).document("policy"))[0][1].startswith("expected an object or a JSON object")


class TestPlaces:
    def test_paths_start_at_the_document(self):
        node = root({"spec": {"c": [{"a": UNKNOWN}]}}, prefix="items[2]")
        [item] = node.items("spec.c")
        assert item.path("a") == "items[2].spec.c[0].a"
        assert item.path("[x.y]") == "items[2].spec.c[0][x.y]"
        assert item.path() == "items[2].spec.c[0]"
        assert undecided(lambda: item.string("a"))[0][0] == "items[2].spec.c[0].a"

    def test_a_failure_says_where_and_may_say_how_to_heal(self):
        [item] = root({"c": [{}]}).items("c")
        plain, healed = item.fail("a.b", "wrong"), item.fail("a.b", "wrong", remedy=False)
        assert (plain.path, plain.message, plain.remedy) == ("c[0].a.b", "wrong", None)
        assert healed.remedy == Remedy("c[0].a.b", value=False)

    @pytest.mark.parametrize(
        ("path", "parts"),
        [
            ("a.b[0].c", ("a", "b", "0", "c")),
            ("metadata.annotations[example.org/key]", ("metadata", "annotations", "example.org/key")),
            ("[a.b].c", ("a.b", "c")),
            ("", ()),
        ],
    )
    def test_steps(self, path, parts):
        assert steps(path) == parts

    @pytest.mark.parametrize(
        ("data", "held"),
        [
            ({"a": [{"b": False}]}, True),
            ({"a": [{"b": UNKNOWN}]}, True),
            ({"a": Secret([Secret({"b": 1})])}, True),
            ({"a": [{"b": None}]}, False),
            ({"a": []}, False),
            ({"a": {"0": {"b": 1}}}, True),
            ({"a": UNKNOWN}, False),
            ({}, False),
        ],
        ids=repr,
    )
    def test_holds(self, data, held):
        assert holds(data, "a[0].b") is held

    def test_a_secret_never_shows_its_value(self):
        assert "hunter2" not in f"{Secret('hunter2')!r} {Secret('hunter2')} {root({'a': Secret('hunter2')}).resource}"


def decide(value):
    def read():
        if value is None:
            return root({"a": UNKNOWN}).boolean("a")
        return value

    return read


@pytest.mark.parametrize(
    ("conditions", "every", "some"),
    [
        ((True, True), True, True),
        ((True, False), False, True),
        ((False, None), False, None),
        ((None, False), False, None),
        ((None, True), None, True),
        ((True, None), None, True),
        ((None, None), None, None),
        ((), True, False),
    ],
)
def test_conditions_decide_whenever_the_known_ones_do(conditions, every, some):
    """The tables of Kleene; None stands for Undecided."""

    def outcome(combine):
        try:
            return combine(*map(decide, conditions))
        except Undecided as raised:
            return None if len(raised.places) == conditions.count(None) else raised

    assert (outcome(all_of), outcome(any_of)) == (every, some)
