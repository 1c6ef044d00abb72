"""A bucket of states keeps versions and is encrypted with a customer managed key."""

import json

import pytest

MAKE = "Make it with AwsStateBackend (docs/state-backend.md)."


@pytest.fixture
def look(cloud, project, doctor, only, monkeypatch):
    """What is said of the bucket `states`."""
    only("state bucket")

    def ask(url="s3://states?region=us-east-1"):
        monkeypatch.setenv("PULUMI_BACKEND_URL", url)
        return doctor(project())[0]["state bucket"]

    return ask


def test_a_bucket_with_versions_and_a_key_of_the_customer_passes(cloud, look):
    key = cloud.client("kms").create_key()["KeyMetadata"]
    cloud.client("kms").create_alias(AliasName="alias/states", TargetKeyId=key["KeyId"])
    cloud.states(key["Arn"])
    for name in (key["Arn"], key["KeyId"], "alias/states"):
        cloud.states(name)
        assert look() == ("pass", "states keeps versions and is encrypted with a customer managed key", "")


@pytest.mark.parametrize(
    ("key", "said"),
    [
        (None, "states is encrypted with no key of AWS KMS"),
        ("", "states is encrypted with a key that AWS manages"),
        ("alias/aws/s3", "states is encrypted with a key that AWS manages"),
        ("arn:aws:kms:us-east-1:123456789012:alias/aws/s3", "states is encrypted with a key that AWS manages"),
    ],
)
def test_a_key_of_aws_is_none(cloud, look, key, said):
    cloud.states(key)
    outcome, message, fix = look()
    assert (outcome, fix) == ("fail", MAKE)
    assert message.startswith(said)


def test_the_id_of_a_key_that_aws_manages_is_seen_through(cloud, look):
    key = cloud.client("kms").create_key()["KeyMetadata"]["Arn"]
    cloud.states(key)
    cloud.faults["TrentService.DescribeKey"] = (
        200,
        json.dumps({"KeyMetadata": {"KeyId": key, "KeyManager": "AWS", "KeyState": "Enabled"}}),
    )
    assert look()[:2] == ("fail", f"states is encrypted with {key}, which AWS manages")


def test_a_key_that_goes_is_told(cloud, look):
    key = cloud.client("kms").create_key()["KeyMetadata"]["Arn"]
    cloud.states(key)
    cloud.client("kms").schedule_key_deletion(KeyId=key.rpartition("/")[2])
    assert look()[:2] == ("fail", f"states is encrypted with {key}, which is PendingDeletion")


@pytest.mark.parametrize("answer", [(400, '{"__type": "AccessDeniedException"}'), (200, '{"KeyMetadata": {"KeyId": "x"}}')])
def test_a_key_that_is_not_seen_is_unknown(cloud, look, answer):
    cloud.states(cloud.client("kms").create_key()["KeyMetadata"]["Arn"])
    cloud.faults["TrentService.DescribeKey"] = answer
    assert look()[0] == "unknown"
    assert "kms:DescribeKey" in look()[1]


def test_a_bucket_without_versions_fails(cloud, look):
    cloud.states(cloud.client("kms").create_key()["KeyMetadata"]["Arn"], versions=False)
    assert look()[:2] == ("fail", "states keeps no versions: a state that is overwritten is gone")


def test_a_bucket_that_does_not_exist_is_told(look):
    assert look() == ("fail", "states does not exist", MAKE)


def test_a_bucket_elsewhere_is_not_looked_for_at_aws(cloud, look):
    cloud.states(cloud.client("kms").create_key()["KeyMetadata"]["Arn"])
    outcome, message, _ = look("s3://states?endpoint=minio.example.org")
    assert (outcome, message) == ("unknown", "states is a bucket at minio.example.org, not at AWS")


@pytest.mark.parametrize(
    ("url", "outcome"),
    [("S3://states", "fail"), ("s3://", "unknown"), ("s3://[", "unknown"), ("file:///var", "not_applicable"), ("s3://a b", "unknown")],
)
def test_every_spelling_of_a_bucket_is_looked_at(look, url, outcome):
    assert look(url)[0] == outcome
