"""YAML values as an API server gets them (checked against sigs.k8s.io/yaml 1.6), and what is refused with its line."""

import pytest

VALUES = {
    "yes": True,
    "on": True,
    "y": True,
    "True": True,
    "tRue": "tRue",
    "no": False,
    "OFF": False,
    "n": False,
    "'yes'": "yes",
    '"on"': "on",
    "": None,
    "~": None,
    "Null": None,
    "''": "",
    "0": 0,
    "-12": -12,
    "+5": 5,
    "0644": 420,
    "0o17": 15,
    "08": 8.0,
    "0x1F": 31,
    "-0b11": -3,
    "1_000": 1000,
    "1.5": 1.5,
    ".5": 0.5,
    "1.": 1.0,
    "1e3": 1000.0,
    "1e400": "1e400",
    "18446744073709551615": 2**64 - 1,
    "18446744073709551616": 2.0**64,
    "0x1FFFFFFFFFFFFFFFFF": "0x1FFFFFFFFFFFFFFFFF",
    "1:30": "1:30",
    "8080:80": "8080:80",
    "2001-01-01": "2001-01-01",
    "2001-01-01T00:00:00Z": "2001-01-01T00:00:00Z",
    "100m": "100m",
    "1.2.3": "1.2.3",
    "-": [None],
    "=": "=",
    "<<": "<<",
    "!!str 12": "12",
    "!!str": "",
    '!!int "3"': 3,
    "!!float 3": 3.0,
    '!!bool "yes"': True,
    "!!null ''": None,
    "!!map {a: b}": {"a": "b"},
    "!!seq [a]": ["a"],
    "{1: a, true: b, 1.5: c}": {"1": "a", "true": "b", "1.5": "c"},
    "{a, b: }": {"a": None, "b": None},
    "[]": [],
    "{}": {},
}


def value_of(read, text):
    found = read({"a.yaml": f"apiVersion: v1\nkind: X\n{text}"})
    assert [str(problem) for problem in found.problems] == []
    return found.stack.resources[0].inputs


@pytest.mark.parametrize(("text", "value"), VALUES.items(), ids=VALUES)
def test_values(read, text, value):
    got = value_of(read, f"value: {text}\n")["value"] if text != "-" else value_of(read, "value:\n-\n")["value"]
    assert (got, type(got)) == (value, type(value))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: &x {p: 1}\nb: *x\n", {"p": 1}),
        ("a: &x {p: 1, q: 2}\nb: {<<: *x, q: 3}\n", {"p": 1, "q": 3}),
        ("a: &x {p: 1, q: 2}\nb: {q: 3, <<: *x}\n", {"p": 1, "q": 2}),  # as Kubernetes: the merged key replaces the one above it
        ("a: [&x {p: 1}, &y {p: 2, r: 3}]\nb: {<<: [*x, *y]}\n", {"p": 1, "r": 3}),
        ("a: &x {p: &y {z: 1}}\nb: {<<: *x, q: *y}\n", {"p": {"z": 1}, "q": {"z": 1}}),
        ('b: {"<<": {p: 1}}\n', {"<<": {"p": 1}}),
    ],
)
def test_aliases_and_merges(read, text, expected):
    assert value_of(read, text)["b"] == expected


REFUSED = {
    "a key given twice": ("a: 1\nb: 2\na: 3\n", 5, "a: given twice; accepted: each key once"),
    "a key given twice, as number and text": ("x: {1: a,\n  '1': b}\n", 4, "1: given twice; accepted: each key once"),
    "a key given twice beside a merge": ("x:\n  <<: {b: 1}\n  a: 1\n  a: 2\n", 6, "a: given twice; accepted: each key once"),
    "a tag of one's own": ("a:\n  b: !Ref x\n", 4, "the tag !Ref is not accepted: Kubernetes knows none of its own"),
    "a tag on an object": ("a: !Sub\n  b: x\n", 3, "the tag !Sub is not accepted: Kubernetes knows none of its own"),
    "a tag of a language": ("a: !!python/name:os.system x\n", 3, "the tag !!python/name:os.system is not accepted"),
    "binary data": ("a: !!binary aGVsbG8=\n", 3, "the tag !!binary is not accepted"),
    "a value that is not of its tag": ("a: !!int x\n", 3, "'x' is not of its tag !!int"),
    "not a number": ("a:\n- .nan\n", 4, ".nan: JSON, and so Kubernetes, has no such number"),
    "infinity": ("a: -.inf\n", 3, "-.inf: JSON, and so Kubernetes, has no such number"),
    "a list as key": ("? [a]\n: b\n", 3, "a key that is no text; accepted: text, a number or a boolean"),
    "nothing as key": ("null: b\n", 3, "a key that is no text; accepted: text, a number or a boolean"),
    "a merge of text": ("a: {<<: x}\n", 3, "<<: accepted: a mapping, or a list of mappings"),
    "a merge of nothing but itself": ("a: &x {<<: *x}\n", 3, "nested more than 200 levels deep, or an anchor inside itself"),
    "an anchor inside itself": ("a: &x\n  b: *x\n", 3, "nested more than 200 levels deep, or an anchor inside itself"),
    "an anchor given twice": ("a: &x 1\nb: &x 2\n", 4, "not valid YAML: an anchor is given twice"),
    "an unknown alias": ("a: *x\n", 3, "not valid YAML: found undefined alias"),
    "an open bracket": ("a: [1,\n", 4, "not valid YAML: did not find expected node content"),
    "a tab": ("a:\n\tb: 1\n", 4, "not valid YAML: found character that cannot start any token"),
    "a control character": ("a: \x07\n", 3, "not valid YAML: the character U+0007 is not allowed"),
}


@pytest.mark.parametrize(("text", "line", "message"), REFUSED.values(), ids=REFUSED)
def test_refused(read, text, line, message):
    pod = "apiVersion: v1\nkind: Pod\n"
    found = read({"a.yaml": f"{pod}{text}---\n{pod}", "b.yaml": f"{pod}---\n{pod}{text}"})
    assert [(problem.source, problem.line) for problem in found.problems] == [("a.yaml", line), ("b.yaml", line + 3)]
    assert all(problem.message.startswith(message) and "\n" not in problem.message for problem in found.problems)
    assert [resource.source for resource in found.stack.resources] == ["a.yaml", "b.yaml"]
