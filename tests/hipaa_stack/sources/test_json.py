"""JSON that is none, with the line where it ends to be."""

import pytest

REFUSED = {
    "cut off in an object": (
        '{"apiVersion": "v1",\n "kind": "Pod",',
        2,
        "not valid JSON: expecting property name enclosed in double quotes",
    ),
    "cut off in a string": ('{"apiVersion": "v1",\n "kind": "Po', 2, "not valid JSON: unterminated string starting at"),
    "cut off after its first bracket": (
        "{",
        1,
        "not valid JSON: expecting property name enclosed in double quotes (the text ends too early)",
    ),
    "a comma too many": ('{"apiVersion": "v1",\n\n}', 3, "not valid JSON:"),
    "something behind it": ('{"apiVersion": "v1", "kind": "Pod"}\nx', 2, "not valid JSON: expecting value"),
    "a key given twice": ('{"kind": "Pod",\n "kind": "Pod"}', 1, "kind: given twice in one object; accepted: each key once"),
    "a key given twice further in": ('{"kind": "Pod", "spec": [{"a": 1, "a": 2}]}', 1, "a: given twice in one object"),
    "not a number": ('{"kind": NaN}', 1, "NaN: JSON has no such number"),
    "infinity": ('{"kind": [-Infinity]}', 1, "-Infinity: JSON has no such number"),
    "a number out of range": ('{"kind": 1e999}', 1, "1e999: larger than any number that JSON readers know"),
    "an endless integer": ('{"kind": ' + "1" * 5000 + "}", 1, "an integer of more than 4300 digits"),
    "nested without end": ('{"kind": ' + "[" * 100_000, 1, "nested more than 200 levels deep"),
    "nested deeply": ('{"apiVersion": "v1", "kind": "Pod", "x": ' + "[" * 300 + "]" * 300 + "}", 1, "nested more than 200 levels deep"),
    "a control character": ('{"kind": "a\x01b"}', 1, "not valid JSON: invalid control character at"),
}


@pytest.mark.parametrize(("text", "line", "message"), REFUSED.values(), ids=REFUSED)
def test_refused(read, text, line, message):
    found = read({"a.json": text, "b.yaml": "apiVersion: v1\nkind: Pod\n"})
    assert [(problem.source, problem.line) for problem in found.problems] == [("a.json", line)]
    assert found.problems[0].message.startswith(message)
    assert "\n" not in found.problems[0].message
    assert [resource.source for resource in found.stack.resources][-1] == "b.yaml"


def test_what_stands_before_the_mistake_is_read(read):
    pod = '{"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a"}}'
    found = read({"a.json": f"{pod}\n{pod}\n{{\n"})
    assert [resource.name for resource in found.stack.resources] == ["a", "a"]
    assert [(problem.line, problem.message) for problem in found.problems] == [
        (4, "not valid JSON: expecting property name enclosed in double quotes (the text ends too early)")
    ]


def test_numbers_and_text_stay_what_they_are(read):
    found = read({"a.json": '{"apiVersion": "v1", "kind": "X", "v": [1, 1.5, -2e3, "yes", true, null, "\\u00e9"]}'})
    assert found.stack.resources[0].inputs["v"] == [1, 1.5, -2000.0, "yes", True, None, "é"]
