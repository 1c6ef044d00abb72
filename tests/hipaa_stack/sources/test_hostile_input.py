"""Input that is made to hang or to crash: a clear problem, everything else still read, time and memory bounded.

Each case is read by a process of its own, beside a file with nothing wrong; the bounds are some five times what was
measured, and far below what an exponential or quadratic reader takes.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from hipaa_stack.sources import _files

SECONDS, MEGABYTES = 20, 400
POD = "apiVersion: v1\nkind: Pod\n"
READ = """
import io, json, sys, time
from hipaa_stack import sources
found = sources.read(sys.argv[1:], io.BytesIO())
peak = next(int(line.split()[1]) // 1024 for line in open("/proc/self/status") if line.startswith("VmHWM"))
json.dump({
    "problems": [[problem.source, problem.message] for problem in found.problems],
    "sources": sorted({resource.source for resource in found.stack.resources}),
    "seconds": time.process_time(),
    "megabytes": peak,
}, sys.stdout)
"""


def lists_of_aliases(levels: int) -> str:
    """Each level holds the one below nine times: 9**levels values when written out."""
    return POD + "".join(f"x{n}: &x{n} [{', '.join([f'*x{n - 1}'] * 9) if n else 'y'}]\n" for n in range(levels))


def merges(levels: int) -> str:
    return POD + "a0: &a0 {k: v}\n" + "".join(f"a{n}: &a{n} {{<<: [{', '.join([f'*a{n - 1}'] * 20)}]}}\n" for n in range(1, levels))


ALIASES = "aliases make more than 100,000 values of it"
DEEP = "nested more than 200 levels deep"
NOTHING = "nothing to check in it"
HOSTILE = {
    "a bomb of aliases": (lists_of_aliases(30), ALIASES),
    "a bomb in every document": ((lists_of_aliases(9) + "---\n") * 500, ALIASES),
    "a bomb of merges": (merges(30), ALIASES),
    "a hundred thousand aliases of a long list": (f"{POD}a: &a [{'b,' * 1000}]\nx: [{'*a ,' * 100_000}]\n", ALIASES),
    "an anchor inside itself": (f"{POD}a: &a [*a, *a, *a]\n", "nested more than 200 levels deep, or an anchor inside itself"),
    "anchors inside each other": (
        f"{POD}a: &a {{b: &b {{a: *a, b: *b}}}}\n",
        "nested more than 200 levels deep, or an anchor inside itself",
    ),
    "brackets without end": (f"{POD}x: {'[' * 2_000_000}", "not valid YAML: exceeded maximum nesting depth"),
    "dashes without end": (f"{POD}x:\n{'- ' * 2_000_000}", "not valid YAML: exceeded maximum nesting depth"),
    "question marks without end": (f"{POD}{'? ' * 2_000_000}", "not valid YAML: exceeded maximum nesting depth"),
    "levels without end": (POD + "".join(f"{' ' * n}a:\n" for n in range(1500)), "not valid YAML: exceeded maximum nesting depth"),
    "levels that the parser still takes": (f"{POD}x: {'[' * 900}{']' * 900}\n", DEEP),
    "a quote without end": (f'{POD}x: "' + "a\n" * 2_000_000, "not valid YAML: found unexpected end of stream"),
    "a key without end": (f"{POD}{'a' * 4_000_000}: x\n", "not valid YAML: could not find expected ':'"),
    "a text without end": (f"{POD}x: {'a' * 8_000_000}\n", None),
    "a number without end": (f"{POD}x: {'1' * 8_000_000}\n", None),
    "documents that are none": ("a: [\n---\n" * 100_000 + "apiVersion: {", "not valid YAML: did not find expected node content"),
    "empty documents": ("---\n" * 500_000, NOTHING),
    "blank lines": ("\n" * 8_000_000, NOTHING),
    "directives": ("%TAG ! tag:x,2000:\n" * 100_000, "not valid YAML: found duplicate %TAG directive"),
    "binary data": (bytes(range(256)) * 10_000, "not UTF-8 text: byte 0x80 in line 2"),
    "zeros": (bytes(4_000_000), "not valid YAML: the character U+0000 is not allowed"),
    "not a number": (f"{POD}x: .nan\n", ".nan: JSON, and so Kubernetes, has no such number"),
    "repeated keys": (POD + "a: b\n" * 100_000, "a: given twice; accepted: each key once"),
    "an object that is made by a tag": (
        f"{POD}x: !!python/object/apply:os.system [exit]\n",
        "the tag !!python/object/apply:os.system is not accepted",
    ),
    "JSON brackets without end": ("[" * 4_000_000, DEEP),
    "JSON braces without end": ('{"a":' * 1_000_000, DEEP),
    "a JSON number without end": ('{"a": ' + "1" * 4_000_000 + "}", "an integer of more than"),
    "a JSON text without end": ('{"a": "' + "a" * 8_000_000, "not valid JSON: unterminated string starting at"),
    "repeated JSON keys": ('{"kind": 1' + ', "a": 1' * 100_000 + "}", "a: given twice in one object"),
    "JSON NaN": ('{"apiVersion": "v1", "kind": "Pod", "x": NaN}', "NaN: JSON has no such number"),
    "a state of another version": ('{"version": 99, "deployment": {"resources": []}}', "version 99 of exported states; accepted: 3 and 4"),
    "a state whose version is a bomb": ('{"version": ' + "[" * 150 + "]" * 150 + ', "deployment": {}}', "version ["),
    "a key that moves the cursor": ('{"\\u001b[2J\\n": 1, "\\u001b[2J\\n": 2}', " [2J : given twice in one object"),
    "a state nested in secrets": (
        json.dumps(
            {
                "version": 3,
                "deployment": {
                    "resources": [
                        {
                            "urn": "urn:pulumi:d::p::t:t:T::n",
                            "type": "t:t:T",
                            "inputs": {
                                "x": {
                                    "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
                                    "plaintext": "[" * 900 + "]" * 900,
                                }
                            },
                        }
                    ]
                },
            }
        ),
        f"deployment.resources[0]: {DEEP}",
    ),
}


def reading(directory: Path, *paths: str) -> dict:
    environment = {key: value for key, value in os.environ.items() if not key.startswith("COV")}
    result = subprocess.run(
        [sys.executable, "-c", READ, *paths], cwd=directory, capture_output=True, text=True, timeout=120, check=False, env=environment
    )
    assert result.returncode == 0, result.stderr[-2000:]
    return json.loads(result.stdout)


def write(directory: Path, name: str, content: str | bytes) -> None:
    (directory / name).write_bytes(content.encode() if isinstance(content, str) else content)


@pytest.mark.parametrize(("content", "message"), HOSTILE.values(), ids=HOSTILE)
def test_hostile_files(tmp_path: Path, content, message):
    write(tmp_path, "hostile.yaml", content)
    write(tmp_path, "pod.yaml", POD)
    found = reading(tmp_path, "hostile.yaml", "pod.yaml")
    assert "pod.yaml" in found["sources"]
    assert {source for source, _ in found["problems"]} == ({"hostile.yaml"} if message else set())
    if message:
        assert found["problems"][0][1].startswith(message), found["problems"][0][1][:300]
    assert all("\n" not in told and len(told) <= 300 for _, told in found["problems"])
    assert found["seconds"] < SECONDS
    assert found["megabytes"] < MEGABYTES


def test_a_file_of_100_megabytes_is_not_even_read(tmp_path: Path):
    with (tmp_path / "large.yaml").open("wb") as file:
        file.truncate(100_000_000)
    write(tmp_path, "pod.yaml", POD)
    found = reading(tmp_path, "large.yaml", "pod.yaml")
    assert found["problems"] == [["large.yaml", "larger than 64 MiB; split it into several files"]]
    assert found["sources"] == ["pod.yaml"]
    assert found["megabytes"] < 50


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="needs a device without end")
def test_a_device_without_end_is_read_to_the_bound(tmp_path: Path):
    write(tmp_path, "pod.yaml", POD)
    found = reading(tmp_path, "/dev/zero", "pod.yaml")
    assert found["problems"] == [["/dev/zero", "larger than 64 MiB; split it into several files"]]
    assert found["sources"] == ["pod.yaml"]
    assert found["megabytes"] < 2 * _files.LARGEST_FILE // 1024**2


@pytest.mark.parametrize("values", ["x: [" + "a," * 20_000_000 + "]", "x:\n" + "- {}\n" * 8_000_000], ids=["texts", "objects"])
def test_a_document_of_millions_of_values_is_refused_before_it_fills_the_memory(tmp_path: Path, values):
    """A node of the parser takes some 500 bytes: 20 million of them would take 10 GB."""
    write(tmp_path, "large.yaml", POD + values)
    found = reading(tmp_path, "large.yaml")
    assert [told for _, told in found["problems"]] == [
        "not valid YAML: more than 1,000,000 values in one document; split it, or write it as JSON"
    ]
    assert found["megabytes"] < 1200
    assert found["seconds"] < SECONDS


def test_loops_of_links_end(tmp_path: Path):
    below = tmp_path
    for n in range(20):
        below = below / f"d{n}"
        below.mkdir()
        (below / "up").symlink_to(tmp_path)
        (below / "here").symlink_to(below)
    write(below, "pod.yaml", POD)
    found = reading(tmp_path, ".")
    assert (len(found["sources"]), found["problems"]) == (1, [])
    assert found["seconds"] < SECONDS


def test_time_grows_with_the_number_of_documents(tmp_path: Path):
    """Not with its square: four times the documents may take at most eight times as long."""
    write(tmp_path, "few.yaml", f"{POD}metadata: {{name: a, labels: {{x: y}}}}\n---\n" * 10_000)
    write(tmp_path, "many.yaml", f"{POD}metadata: {{name: a, labels: {{x: y}}}}\n---\n" * 40_000)
    few, many = (reading(tmp_path, name)["seconds"] for name in ("few.yaml", "many.yaml"))
    assert many < 8 * few
