"""Every resource type of both SDKs: correct inputs are accepted, outputs are whole and of the right type, nothing drifts."""

from __future__ import annotations

import pytest

from hipaa_stack.sandbox.config import SandboxConfig
from hipaa_stack.sandbox.provider import changes, wire
from hipaa_stack.sandbox.provider.cloud import Change, Cloud
from hipaa_stack.sandbox.provider.naming import Proposal
from hipaa_stack.sandbox.provider.schema import Kind, Sdk, Type

ASSET = {wire.SIGNATURE: "c44067f5952c0a294b673a41bacd8c17", "hash": "x", "text": "x"}
KINDS = {
    Kind.STRING: str,
    Kind.BOOLEAN: bool,
    Kind.INTEGER: int,
    Kind.NUMBER: int | float,
    Kind.LIST: list,
    Kind.MAP: dict,
    Kind.OBJECT: dict,
}
SAMPLES = {Kind.BOOLEAN: True, Kind.INTEGER: 1, Kind.NUMBER: 1, Kind.ASSET: ASSET, Kind.ANY: "any"}
DEPTH = 3


def sample(type_: Type, *, everything: bool, depth: int = 0):
    """A value of the type: with everything in it, or with what is required."""
    if type_.choices:
        return type_.choices[0]
    if type_.kind is Kind.LIST:
        return [sample(type_.element, everything=everything, depth=depth + 1)]
    if type_.kind is Kind.MAP:
        return {"key": sample(type_.element, everything=everything, depth=depth + 1)}
    if type_.kind is Kind.UNION:
        return sample(type_.members[0], everything=everything, depth=depth)
    if type_.kind is Kind.OBJECT:
        return {
            name: sample(field.type, everything=everything, depth=depth + 1)
            for name, field in type_.fields.items()
            if field.required or (everything and depth < DEPTH)
        }
    return f"text-{everything}" if type_.kind is Kind.STRING else SAMPLES[type_.kind]


def misfits(type_: Type, value, path):
    """Where a value is not of the type."""
    value = wire.unwrap(value)
    if value is None:
        return
    if not isinstance(value, KINDS.get(type_.kind, object)) or wire.is_unknown(value):
        yield f"{path}: {type(value).__name__} is no {type_.kind}"
    elif type_.kind is Kind.LIST:
        for item in value:
            yield from misfits(type_.element, item, f"{path}[]")
    elif type_.kind is Kind.MAP:
        for item in value.values():
            yield from misfits(type_.element, item, f"{path}.*")
    elif type_.kind is Kind.OBJECT:
        for name, item in value.items():
            yield from misfits(type_.fields[name].type, item, f"{path}.{name}") if name in type_.fields else [f"{path}.{name}: unknown"]


def life(cloud: Cloud, token: str, name: str, *, everything: bool) -> list[str]:
    """Check, preview, create, check again, read and update unchanged: what went wrong on the way."""
    resource = cloud.sdk.resource(token)
    urn = f"urn:pulumi:dev::trial::{token}::{name}"
    inputs = {name: sample(field.type, everything=everything) for name, field in resource.inputs.items() if field.required or everything}
    if "bucket" in inputs:
        inputs["bucket"] = name  # bucket names are shared between types
    checked, found = cloud.check(token, urn, {}, inputs, Proposal())
    cloud.preview_create(token, urn, checked)
    made = cloud.create(token, urn, checked)
    for output, value in made.outputs.items():
        found += misfits(resource.outputs[output].type, value, output)
    found += [f"{output} is missing" for output, field in resource.outputs.items() if field.required and output not in made.outputs]
    again, _ = cloud.check(token, urn, checked, inputs, Proposal())
    read = cloud.read(token, made.id, made.outputs, checked)
    updated = cloud.update(token, urn, made.id, Change(made.outputs, checked, checked), preview=False)
    found += ["has no id"] if not made.id else []
    found += ["a second check differs"] if again != checked else []
    found += ["a diff of nothing"] if changes.differences(resource, checked, again) else []
    found += ["a read differs"] if read is None or (read.outputs, read.inputs) != (made.outputs, checked) else []
    counted = {"latestVersion", "defaultVersion"}
    found += ["an update of nothing changes outputs"] if _without(updated, counted) != _without(made.outputs, counted) else []
    return found


def _without(properties, names):
    return {name: value for name, value in properties.items() if name not in names}


@pytest.mark.parametrize("cloud_name", ["aws", "gcp"])
def test_every_type(cloud_name, tmp_path):
    cloud = Cloud(Sdk(cloud_name), SandboxConfig(), tmp_path)
    problems = {}
    for index, token in enumerate(cloud.sdk.classes):
        for everything in (False, True):
            found = life(cloud, token, f"it-{index}-{everything}".lower(), everything=everything)
            if found:
                problems[token, everything] = found
    assert len(cloud.sdk.classes) > 1000
    assert problems == {}


@pytest.mark.parametrize("cloud_name", ["aws", "gcp"])
def test_every_function_answers(cloud_name, tmp_path):
    """Look-ups of the SDK's own modules, without arguments: the answer has every output that is always there."""
    sdk = Sdk(cloud_name)
    cloud = Cloud(sdk, SandboxConfig(), tmp_path)
    areas = {
        "aws": ["ec2", "eks", "iam", "kms", "s3", "secretsmanager", "ssm"],
        "gcp": ["compute", "container", "kms", "organizations", "storage"],
    }[cloud_name]
    problems, count = {}, 0
    for area in areas:
        for token in functions(sdk, area):
            count += 1
            answer = cloud.look_up(token, {})
            fields = sdk.function(token).outputs
            found = [f"{name} is missing" for name, field in fields.items() if field.required and name not in answer]
            for name, value in answer.items():
                found += misfits(fields[name].type, value, name)
            if found:
                problems[token] = found
    assert count > 30
    assert problems == {}


def functions(sdk, area):
    import re
    from importlib.util import find_spec
    from pathlib import Path

    folder = Path(find_spec(f"pulumi_{sdk.name}").origin).parent / area
    for file in sorted(folder.glob("get_*.py")):
        yield from sorted(set(re.findall(rf"runtime\.invoke\('({sdk.name}:[^']+)'", file.read_text())))
