"""A repository for images of your own: what a tag names never changes, every image is scanned."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import pulumi
import pulumi_aws as aws

from hipaa_components._component import Component
from hipaa_components._problems import check, each, matches, not_empty, unique
from hipaa_components._weakening import StandardWeakening, WeakeningRecord
from hipaa_components.aws._common import AwsArgs, key_arn_rule, policy_document, role_arn_rule, tags_of
from hipaa_stack.baseline import UNTAGGED_IMAGE_DAYS

_PART = r"[a-z0-9]+([._-][a-z0-9]+)*"


class AwsRepositoryArgs(AwsArgs):
    """Arguments of AwsRepository."""

    repository_name: str
    """Name in Amazon ECR, such as `clinic/api`."""
    key_arn: pulumi.Input[str]
    """ARN of the key that encrypts the images. It can never change: another key means another repository."""
    reader_role_arns: Sequence[pulumi.Input[str]]
    """ARNs of the roles that may pull, such as the role of the nodes of another account."""
    mutable_tags: StandardWeakening | None = None
    """Weakening: a tag may be pushed again, so that it names another image than the one that was reviewed."""

    _name = check(
        "repository_name",
        matches(
            rf"(?=.{{2,256}}$)({_PART}/)*{_PART}",
            "2 to 256 lower-case letters, digits or . _ -, in parts joined by /, each beginning and ending in a letter or digit",
        ),
    )
    _key = check("key_arn", key_arn_rule("ECR stores the full key ARN."))
    _readers = check("reader_role_arns", not_empty("Images that nobody may pull have no use."), unique(), each(role_arn_rule()))


class AwsRepository(Component):
    """A repository for images of your own: tags that never change their image, a scan at every push, a key of your own.

    Serves 164.308(a)(5)(ii)(B), 164.312(c)(1) and 164.312(a)(2)(iv). Its policy lets the named roles pull; it takes
    nothing away from roles of the account whose own policies let them. Images without a tag expire after 30 days, those
    that a tagged list of images names do not.
    """

    repository_arn: pulumi.Output[str]
    """ARN of the repository."""
    repository_url: pulumi.Output[str]
    """What references of its images begin with: `<account>.dkr.ecr.<region>.amazonaws.com/<name>`."""
    weakenings: pulumi.Output[list[WeakeningRecord]]
    """Weakenings in force."""

    def __init__(self, name: str, args: AwsRepositoryArgs | Mapping[str, Any], opts: pulumi.ResourceOptions | None = None) -> None:
        """Registers the repository and its policies. Raises ArgsError."""
        args = AwsRepositoryArgs.of(args, self.where(name))
        super().__init__(name, args, opts)
        repository = aws.ecr.Repository(
            f"{name}-repository",
            name=args.repository_name,
            image_tag_mutability="MUTABLE" if args.mutable_tags else "IMMUTABLE",
            image_scanning_configuration={"scan_on_push": True},
            encryption_configurations=[{"encryption_type": "KMS", "kms_key": args.key_arn}],
            force_delete=args.ephemeral is not None,
            tags=tags_of(args),
            opts=self.child(protect=True),
        )
        aws.ecr.LifecyclePolicy(f"{name}-untagged", repository=repository.name, policy=untagged_policy(), opts=self.child())
        aws.ecr.RepositoryPolicy(
            f"{name}-readers",
            repository=repository.name,
            policy=pulumi.Output.all(*args.reader_role_arns).apply(pull_policy),
            opts=self.child(),
        )
        self.repository_arn, self.repository_url = repository.arn, repository.repository_url
        self.weakenings = self.weakening_records()
        self.register_outputs({})


def pull_policy(role_arns: Sequence[str]) -> str:
    """The repository policy as JSON: these roles may pull (ECR user guide, repository policies)."""
    return policy_document(
        [
            {
                "Sid": "NamedReaders",
                "Effect": "Allow",
                "Principal": {"AWS": sorted(role_arns)},
                "Action": ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
            }
        ]
    )


def untagged_policy() -> str:
    """The lifecycle policy as JSON (ECR user guide, lifecycle policies)."""
    selection = {"tagStatus": "untagged", "countType": "sinceImagePushed", "countUnit": "days", "countNumber": UNTAGGED_IMAGE_DAYS}
    rule = {
        "rulePriority": 1,
        "description": "Images without a tag expire.",
        "selection": selection,
        "action": {"type": "expire"},
    }
    return json.dumps({"rules": [rule]}, sort_keys=True)
