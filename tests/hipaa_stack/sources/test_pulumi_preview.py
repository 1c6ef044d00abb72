"""`pulumi preview --json`, as the engine wrote it and as it should not be."""

import json
from pathlib import Path

import pytest

from hipaa_stack.resources import Basis, Options, Reason, Secret, Unknown

STACK = "urn:pulumi:dev::clinic::pulumi:pulumi:Stack::clinic-dev"
KEY = "urn:pulumi:dev::clinic::acme:index:Team$aws:kms/key:Key::records-key"
BUCKET = "urn:pulumi:dev::clinic::aws:s3/bucket:Bucket::records"
TYPE = "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration"


def of(found, type_, name=None):
    (resource,) = [resource for resource in found.stack.of(type_) if name in (None, resource.name)]
    return resource


def told(found):
    return [problem.message for problem in found.problems]


def test_a_new_stack(sample):
    found = sample("preview-first")
    assert (found.basis, told(found)) == (Basis.PREVIEW, [])
    assert sorted((resource.type, resource.name, resource.step) for resource in found.stack.resources) == [
        ("acme:index:Team", "records", "create"),
        ("aws:kms/key:Key", "records-key", "create"),
        ("aws:s3/bucket:Bucket", "old", "create"),
        ("aws:s3/bucket:Bucket", "records", "create"),
        (TYPE, "records", "create"),
        ("aws:secretsmanager/secret:Secret", "login", "create"),
        ("kubernetes:core/v1:Namespace", "clinic", "create"),
        ("kubernetes:core/v1:Secret", "login", "create"),
        ("pulumi:providers:aws", "east", "create"),
        ("pulumi:providers:kubernetes", "manifests", "create"),
        ("pulumi:pulumi:Stack", "clinic-dev", "create"),
    ]


def test_values_that_are_not_known_yet_and_where_they_come_from(sample):
    encryption = of(sample("preview-first"), TYPE)
    rule = encryption.inputs["rules"][0]["applyServerSideEncryptionByDefault"]
    assert rule == {"kmsMasterKeyId": Unknown(), "sseAlgorithm": "aws:kms"}
    assert encryption.inputs["bucket"] == Unknown()
    assert encryption.property_dependencies == {"bucket": (BUCKET,), "rules": (KEY,)}


def test_links_hold(sample):
    stack = sample("preview-first").stack
    assert [resource.name for resource in stack.linked(stack.by_urn[BUCKET], TYPE, via="bucket")] == ["records"]


def test_options_parent_and_provider(sample):
    found = sample("preview-first")
    key = of(found, "aws:kms/key:Key")
    assert key.options == Options(protect=True, ignore_changes=("description",), retain_on_delete=True)
    assert key.parent == "urn:pulumi:dev::clinic::acme:index:Team::records"
    bucket = of(found, "aws:s3/bucket:Bucket", "records")
    assert bucket.options == Options(retain_on_delete=False)
    assert bucket.parent == STACK
    assert bucket.provider.startswith("urn:pulumi:dev::clinic::pulumi:providers:aws::east::")


def test_secrets_are_masked_by_the_engine(sample):
    found = sample("preview-first")
    opaque = Secret(Unknown(Reason.ENCRYPTED))
    assert of(found, "aws:secretsmanager/secret:Secret").inputs == {"name": "login", "description": opaque, "tags": {"owner": "records"}}
    assert of(found, "kubernetes:core/v1:Secret").inputs["stringData"] == opaque


@pytest.mark.parametrize("name", ["preview-changed", "preview-replacement-steps"])
def test_a_change(sample, name):
    """With one step for each replacement or with three, with look-ups or without: the same stack."""
    found = sample(name)
    assert told(found) == []
    assert sorted((resource.name, resource.step, resource.replace_keys) for resource in found.stack.resources) == [
        ("clinic", "same", ()),
        ("clinic-dev", "same", ()),
        ("east", "same", ()),
        ("login", "same", ()),
        ("login", "update", ()),
        ("manifests", "same", ()),
        ("records", "replace", ("bucket",)),
        ("records", "replace", ("bucket",)),
        ("records", "same", ()),
        ("records-key", "same", ()),
    ]
    bucket = of(found, "aws:s3/bucket:Bucket")
    assert bucket.inputs == {"bucket": "clinic-records-2"}
    assert (bucket.planned.raw("bucket"), bucket.planned.raw("arn")) == ("clinic-records-2", Unknown())


def test_outputs_of_what_stays_and_none_of_what_may_change(sample):
    found = sample("preview-changed")
    assert of(found, "aws:kms/key:Key").planned.boolean("enableKeyRotation") is True
    assert of(found, "aws:kms/key:Key").planned.raw("arn").startswith("arn:aws:kms:")
    assert of(found, "aws:secretsmanager/secret:Secret").outputs is None
    assert of(found, "pulumi:pulumi:Stack").outputs is None


def test_a_preview_without_its_unchanged_resources_is_told(sample):
    assert told(sample("preview-without-sames")) == ["6 unchanged resources are left out; run `pulumi preview --json --show-sames`"]


def test_a_stream_of_events_is_told(sample):
    assert told(sample("preview-events")) == [
        "a stream of events; run `pulumi preview --json` without PULUMI_ENABLE_STREAMING_JSON_PREVIEW"
    ]


def preview(**content):
    return json.dumps({"steps": [], "duration": 1, "changeSummary": {}} | content)


def step(**content):
    urn = "urn:pulumi:dev::clinic::acme:index:Thing::thing"
    return {"op": "create", "urn": urn, "newState": {"urn": urn, "type": "acme:index:Thing", "custom": True}} | content


def test_a_failed_preview_is_told(read):
    error = {"severity": "error", "message": "error: no such\n  bucket\n" + "x" * 1000}
    found = read({"p.json": preview(diagnostics=[{"severity": "info", "message": "hello"}, error, error], steps=[step()])})
    assert [message[:80] for message in told(found)] == ["the preview failed, resources may be missing: error: no such bucket " + "x" * 12]
    assert len(found.stack.resources) == 1


WRONG = {
    "a step that is none": ([3], "steps[0]: accepted: an object with op"),
    "a step without a state": ([step(newState=None)], "steps[0].newState: accepted: a resource, an object with urn and type"),
    "a state without a type": ([step(newState={"urn": "x"})], "steps[0].newState: accepted: a resource with its urn and type"),
    "a urn that is none": ([step(newState={"urn": "x", "type": "a:b:C"})], "steps[0].newState: accepted: a resource with its urn and type"),
    "inputs that are a list": (
        [step(newState=step()["newState"] | {"inputs": []})],
        "steps[0].newState: inputs: accepted: an object",
    ),
}


@pytest.mark.parametrize(("steps", "message"), WRONG.values(), ids=WRONG)
def test_a_part_that_cannot_be_read_is_told_and_the_rest_read(read, steps, message):
    other = json.loads(json.dumps(step()).replace("::thing", "::other"))
    found = read({"p.json": preview(steps=[*steps, other])})
    assert told(found) == [message]
    assert [resource.name for resource in found.stack.resources] == ["other"]


def test_steps_that_leave_nothing_behind(read):
    gone = ["delete", "delete-replaced", "discard", "discard-replaced", "read", "read-replacement", "remove-pending-replace"]
    stays = ["create", "update", "same", "replace", "create-replacement", "import", "refresh"]
    steps = [json.loads(json.dumps(step(op=op)).replace("::thing", f"::{op}")) for op in gone + stays]
    found = read({"p.json": preview(steps=steps)})
    assert ([resource.step for resource in found.stack.resources], told(found)) == (stays, [])


def test_an_empty_preview_is_a_preview(read):
    found = read({"p.json": '{"duration": 1, "changeSummary": {}}'})
    assert found.basis is Basis.PREVIEW
    assert len(found.problems) == 1
    assert "nothing to check" in told(found)[0]


def test_lists_of_kubernetes_objects_are_read_one_by_one(read):
    urn = "urn:pulumi:dev::clinic::kubernetes:core/v1:PodList::pods"
    items = [{"metadata": {"name": "a"}}, "04da6b54-80e4-46f7-96ec-b56ff0331ba9", {"metadata": {}, "spec": {"hostPID": True}}]
    state = {
        "urn": urn,
        "type": "kubernetes:core/v1:PodList",
        "inputs": {"apiVersion": "v1", "kind": "PodList", "items": items},
        "protect": True,
    }
    found = read({"p.json": preview(steps=[step(newState=state)])})
    assert [(r.type, r.name, r.prefix, r.step, r.options.protect) for r in found.stack.resources] == [
        ("kubernetes:core/v1:Pod", "a", "items[0]", "create", True),
        ("kubernetes:core/v1:Pod", "pods[1]", "items[1]", "create", True),
        ("kubernetes:core/v1:Pod", "pods[2]", "items[2]", "create", True),
    ]
    assert found.stack.resources[1].root.raw("spec") == Unknown()
    assert len(found.stack.by_urn) == 3


def test_a_list_whose_items_are_not_known_is_told(read):
    urn = "urn:pulumi:dev::clinic::kubernetes:core/v1:PodList::pods"
    state = {"urn": urn, "type": "kubernetes:core/v1:PodList", "inputs": {"items": "04da6b54-80e4-46f7-96ec-b56ff0331ba9"}}
    found = read({"p.json": preview(steps=[step(newState=state)])})
    assert told(found) == ["steps[0].newState: items: known only after deployment"]


@pytest.mark.parametrize("cut", [0.2, 0.5, 0.9, 0.999])
def test_a_preview_that_was_cut_off_is_told(read, cut):
    text = (Path(__file__).parent / "samples" / "preview-first.json").read_text()
    found = read({"p.json": text[: int(len(text) * cut)], "pod.yaml": "apiVersion: v1\nkind: Pod\n"})
    assert [problem.source for problem in found.problems] == ["p.json"]
    assert told(found)[0].startswith("not valid JSON: ")
    assert [resource.source for resource in found.stack.resources] == ["pod.yaml"]
