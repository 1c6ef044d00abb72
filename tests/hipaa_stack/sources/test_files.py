"""Which files are read, in which order, and what is told of those that cannot be."""

import os
from pathlib import Path

import pytest

POD = "apiVersion: v1\nkind: Pod\n"


def sources_of(found):
    return [resource.source for resource in found.stack.resources]


def told(found):
    return [str(problem) for problem in found.problems]


def test_a_directory_is_read_sorted_and_to_the_bottom(read):
    files = ["k/b.yaml", "k/a/z.yml", "k/a/c.json", "k/c/d/e.yaml", "k/a.yaml"]
    found = read(dict.fromkeys(files, '{"apiVersion": "v1", "kind": "Pod"}'), "k")
    assert (sources_of(found), told(found)) == (["k/a.yaml", "k/b.yaml", "k/a/c.json", "k/a/z.yml", "k/c/d/e.yaml"], [])


def test_other_endings_hidden_files_and_foreign_packages_are_left_out_of_directories(read):
    left_out = ["k/a.txt", "k/.hidden.yaml", "k/.git/a.yaml", "k/node_modules/x/a.yaml", "k/lib/site-packages/a.yaml", "k/a.yaml.orig"]
    found = read(dict.fromkeys([*left_out, "k/a.yaml"], POD), "k")
    assert (sources_of(found), told(found)) == (["k/a.yaml"], [])


@pytest.mark.parametrize("path", ["a.txt", ".hidden.yaml", ".hidden", "node_modules"])
def test_what_is_named_is_read_all_the_same(read, path):
    found = read({"a.txt": POD, ".hidden.yaml": POD, ".hidden/a.yaml": POD, "node_modules/a.yaml": POD}, path)
    assert (len(found.stack.resources), told(found)) == (1, [])


SKIPPED = {
    "values.yaml": "replicas: 3\nimage: {tag: x}\n",
    "Chart.yaml": "apiVersion: v2\nname: chart\nversion: 1.0.0\n",
    "Pulumi.yaml": "name: clinic\nruntime: python\n",
    "kustomization.yaml": "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n",
    "ci.yml": "on: push\njobs: {build: {steps: [{run: 'echo ${{ github.sha }}'}]}}\n",
    "cloudformation.yaml": "Resources:\n  Bucket: !Ref Other\n",
    "mkdocs.yml": "emoji: !!python/name:material.extensions.emoji.twemoji\n",
    "broken.yaml": "a: [\n",
    "tsconfig.json": '{\n  // a comment\n  "compilerOptions": {}\n}\n',
    "package.json": '{"name": "x", "scripts": {}}',
    "data.json": "[1, 2, 3]",
    "latin.yaml": b"name: caf\xe9\n",
    "empty.yaml": "",
}


@pytest.mark.parametrize("name", sorted(set(SKIPPED) - {"latin.yaml"}))
def test_files_that_hold_nothing_to_check_are_left_out_of_directories_and_told_when_named(read, name):
    in_directory = read({f"k/{name}": SKIPPED[name], "k/pod.yaml": POD}, "k")
    assert (sources_of(in_directory), told(in_directory)) == (["k/pod.yaml"], [])
    named = read({}, f"k/{name}")
    assert sources_of(named) == []
    assert len(named.problems) == 1


@pytest.mark.parametrize("text", ["apiVersion: v1\nkind: [\n", "{{- if x }}\nkind: Pod\n{{- end }}\n", '{"apiVersion": "v1", "kind"'])
def test_a_file_that_may_have_held_objects_is_told_in_directories_too(read, text):
    found = read({"k/a.yaml": text, "k/pod.yaml": POD}, "k")
    assert sources_of(found) == ["k/pod.yaml"]
    assert [problem.source for problem in found.problems] == ["k/a.yaml"]


NOTHING = "nothing to check in it; accepted: Kubernetes YAML or JSON, `pulumi preview --json`, `pulumi stack export`"


def test_a_directory_without_anything_to_check_is_told(read, tmp_path: Path):
    (tmp_path / "empty").mkdir()
    found = read({"k/values.yaml": "a: 1\n"}, "k", "empty")
    assert told(found) == [f"k: {NOTHING}", f"empty: {NOTHING}"]


def test_empty_standard_input_is_told(read):
    assert told(read({}, "-")) == [f"-: {NOTHING}"]


def test_paths_that_cannot_be_read(read, tmp_path: Path):
    (tmp_path / "dangling.yaml").symlink_to("nowhere")
    (tmp_path / "loop.yaml").symlink_to("loop.yaml")
    os.mkfifo(tmp_path / "pipe.yaml")
    found = read({"pod.yaml": POD}, "missing.yaml", "dangling.yaml", "loop.yaml", "nul\0l.yaml", "pod.yaml")
    assert sources_of(found) == ["pod.yaml"]
    assert told(found) == [
        "missing.yaml: cannot be read: No such file or directory",
        "dangling.yaml: cannot be read: No such file or directory",
        "loop.yaml: cannot be read: Too many levels of symbolic links",
        "nul\0l.yaml: cannot be read: embedded null byte",
    ]
    in_directory = read({}, ".")
    assert sources_of(in_directory) == ["./pod.yaml"]
    assert told(in_directory) == [
        "./dangling.yaml: cannot be read: No such file or directory",
        "./loop.yaml: cannot be read: Too many levels of symbolic links",
    ]


def test_a_file_is_read_once_whatever_it_is_called(read, tmp_path: Path):
    (tmp_path / "k").mkdir()
    (tmp_path / "k" / "link.yaml").symlink_to(tmp_path / "pod.yaml")
    (tmp_path / "k" / "loop").symlink_to(tmp_path / "k")
    (tmp_path / "k" / "up").symlink_to(tmp_path)
    found = read({"pod.yaml": POD, "k/other.yaml": POD}, "k", "pod.yaml", "k", "./k/other.yaml")
    assert (sorted(map(os.path.realpath, sources_of(found))), told(found)) == (
        [str(tmp_path / "k" / "other.yaml"), str(tmp_path / "pod.yaml")],
        [],
    )


def test_a_pipe_that_is_named_is_read(read, tmp_path: Path):
    reading, writing = os.pipe()
    os.write(writing, POD.encode())
    os.close(writing)
    try:
        assert sources_of(read({}, f"/dev/fd/{reading}")) == [f"/dev/fd/{reading}"]
    finally:
        os.close(reading)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_what_may_not_be_read_is_told(read, tmp_path: Path):
    (tmp_path / "k" / "closed").mkdir(parents=True)
    (tmp_path / "k" / "closed").chmod(0)
    (tmp_path / "k" / "a.yaml").write_text(POD)
    (tmp_path / "k" / "a.yaml").chmod(0)
    try:
        assert told(read({}, "k")) == ["k/a.yaml: cannot be read: Permission denied", "k/closed: cannot be listed: Permission denied"]
    finally:
        (tmp_path / "k" / "closed").chmod(0o700)


ENCODINGS = {
    "not UTF-8": (b"kind: caf\xe9\n", "not UTF-8 text: byte 0xe9 in line 1; save it as UTF-8"),
    "not UTF-8 further down": (b"a: b\nkind: \xff\xfe\n", "not UTF-8 text: byte 0xff in line 2; save it as UTF-8"),
    "half a character of UTF-16": (b"\xff\xfek", "not UTF-16 text: byte 0x6b in line 1; save it as UTF-8"),
    "a program": (b"\x7fELF\x02\x01\x01\x00\x00", "not valid YAML: the character U+007F is not allowed"),
}


@pytest.mark.parametrize(("content", "message"), ENCODINGS.values(), ids=ENCODINGS)
def test_what_is_no_text_is_told(read, content, message):
    found = read({"a.yaml": content, "pod.yaml": POD})
    assert sources_of(found) == ["pod.yaml"]
    assert [problem.message for problem in found.problems] == [message]
