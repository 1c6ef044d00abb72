"""AwsRepository: what it registers, its policies, and what it refuses."""

import json

import pytest

from hipaa_components import ArgsError
from hipaa_components.aws import AwsRepository, AwsRepositoryArgs
from hipaa_components.aws.repository import pull_policy, untagged_policy

REPOSITORY = "aws:ecr/repository:Repository"
ROLE = "arn:aws:iam::123456789012:role/nodes"
REQUIRED = {
    "repository_name": "clinic/api",
    "key_arn": "arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555",
    "reader_role_arns": [ROLE],
}
JUSTIFIED = {"how_still_met": "Deployments name images by their digest only.", "approver": "Security officer"}


@pytest.mark.parametrize("args", [REQUIRED, {**REQUIRED, "mutable_tags": JUSTIFIED, "ephemeral": JUSTIFIED}], ids=["defaults", "weakened"])
def test_registers_exactly(register, snapshot, args):
    assert register(lambda: AwsRepository("api", AwsRepositoryArgs(**args))).whole() == snapshot


def test_tags_change_only_with_a_justification(register):
    def mutability(**change):
        return register(lambda: AwsRepository("api", {**REQUIRED, **change})).one(REPOSITORY).inputs["imageTagMutability"]

    assert mutability() == "IMMUTABLE"
    assert mutability(mutable_tags=JUSTIFIED) == "MUTABLE"


def test_the_named_roles_pull_and_do_nothing_else():
    (statement,) = json.loads(pull_policy(["b", "a"]))["Statement"]
    assert statement["Principal"] == {"AWS": ["a", "b"]}
    assert statement["Effect"] == "Allow"
    assert set(statement["Action"]) == {"ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"}


def test_only_images_without_a_tag_expire():
    (rule,) = json.loads(untagged_policy())["rules"]
    assert rule["selection"] == {"tagStatus": "untagged", "countType": "sinceImagePushed", "countUnit": "days", "countNumber": 30}
    assert rule["action"] == {"type": "expire"}


@pytest.mark.parametrize("name", ["ab", "clinic/api", "a" * 256, "team/a.b_c-d/e"])
def test_accepts_names_of_ecr(name):
    assert AwsRepositoryArgs(**{**REQUIRED, "repository_name": name}).repository_name == name


@pytest.mark.parametrize(
    ("change", "message"),
    [
        *(
            ({"repository_name": name}, "repository_name: got .*2 to 256 lower-case letters")
            for name in ("a", "A", "a" * 257, "/api", "api/", "a//b", "-api", "api-", "a..b")
        ),
        ({"key_arn": "alias/images"}, "key_arn: got 'alias/images'"),
        ({"reader_role_arns": []}, "reader_role_arns: .*at least one"),
        ({"reader_role_arns": [ROLE, ROLE]}, "reader_role_arns: .*each value once"),
        ({"reader_role_arns": ["*"]}, r"reader_role_arns\[0\]: got '\*'"),
        ({"mutable_tags": {}}, "mutable_tags.how_still_met: missing"),
    ],
)
def test_refuses(register, change, message):
    args = {**REQUIRED, **change}
    with pytest.raises(ArgsError, match=message):
        AwsRepositoryArgs(**args)
    with pytest.raises(ArgsError, match=f"AwsRepository 'api': .*{message}"):
        register(lambda: AwsRepository("api", args))
    assert register.last.registrations == []
