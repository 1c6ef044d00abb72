"""What the real engine prints, read: previews before, during and after a change, and the states between."""

import io
import json
from pathlib import Path

import pytest

from hipaa_stack import sources
from hipaa_stack.resources import Basis, Reason, Secret, Unknown

pytestmark = pytest.mark.engine

PROGRAM = (Path(__file__).parent / "clinic.py").read_text()
SAMPLES = Path(__file__).parents[2] / "hipaa_stack" / "sources" / "samples"
CHANGED = {"CHANGED": "yes"}


def shape(found):
    """Everything that a new version of the engine could change, and no value that differs from run to run."""
    return sorted(
        (
            resource.urn,
            resource.step,
            resource.replace_keys,
            sorted(resource.inputs),
            None if resource.outputs is None else sorted(resource.outputs),
            resource.options,
            resource.parent,
            resource.provider.rpartition("::")[0],
            sorted(resource.property_dependencies.items()),
        )
        for resource in found.stack.resources
    )


def secrets_of(found):
    return {
        (resource.type, key): value
        for resource in found.stack.resources
        for key, value in [*resource.inputs.items(), *(resource.outputs or {}).items()]
        if isinstance(value, Secret)
    }


def test_every_kind_of_file_that_the_engine_writes(sandbox, make_project, tmp_path: Path):
    box = sandbox(make_project({"__main__.py": PROGRAM}, name="clinic"))

    def read(name, *arguments, env=None):
        path = tmp_path / f"{name}.json"
        path.write_text(box.pulumi(*arguments, env=env).stdout)
        return sources.read([str(path)], io.BytesIO())

    def sample(name):
        return sources.read([str(SAMPLES / f"{name}.json")], io.BytesIO())

    found = {"preview-first": read("preview-first", "preview", "--json")}
    box.pulumi("up", "--yes", "--skip-preview")
    preview = ["preview", "--json"]
    found["preview-changed"] = read("preview-changed", *preview, "--show-sames", env=CHANGED)
    found["preview-replacement-steps"] = read(
        "preview-replacement-steps", *preview, "--show-sames", "--show-replacement-steps", "--show-reads", env=CHANGED
    )
    found["preview-without-sames"] = read("preview-without-sames", *preview, env=CHANGED)
    found["preview-events"] = read("preview-events", *preview, env=CHANGED | {"PULUMI_ENABLE_STREAMING_JSON_PREVIEW": "1"})
    box.pulumi("up", "--yes", "--skip-preview", env=CHANGED)
    found["state"] = read("state", "stack", "export")
    found["state-plain"] = read("state-plain", "stack", "export", "--show-secrets")

    for name, fresh in found.items():
        kept = sample(name)
        assert shape(fresh) == shape(kept), name
        assert [problem.message for problem in fresh.problems] == [problem.message for problem in kept.problems], name
        assert fresh.basis is kept.basis, name
    assert found["state"].basis is Basis.STATE
    assert set(secrets_of(found["state"]).values()) == {Secret(Unknown(Reason.ENCRYPTED))}
    assert secrets_of(found["state"]).keys() == secrets_of(found["state-plain"]).keys()
    assert secrets_of(found["state-plain"])["aws:secretsmanager/secret:Secret", "description"] == Secret("hunter2")
    assert all(
        "hunter2" not in json.dumps(fresh, default=repr) for fresh in [[r.inputs for r in f.stack.resources] for f in found.values()]
    )
