"""What every AWS component shares: common arguments, the account it runs in, its tags."""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import pulumi
import pulumi_aws as aws

from hipaa_components._args import Args
from hipaa_components._problems import Problem, Rule, arn, check, matches, optional
from hipaa_components._weakening import StandardWeakening, records
from hipaa_stack.baseline import EXCEPTIONS_TAG, PREFIX

RULE_NAME_LENGTH = 64
"""Longest name of a rule (EventBridge API reference, PutRule)."""

TAG_VALUE_LENGTH = 256
"""Longest value of an AWS tag (AWS tagging reference)."""


def key_arn_rule(why: str = "EBS and EKS store the full key ARN.") -> Rule:
    """Accepts the full ARN of a KMS key, not an alias and not a bare id."""
    return arn("kms", r"key/[A-Za-z0-9-]+", "arn:<partition>:kms:<region>:<account>:key/<id>, not an alias or a bare id", why)


def role_arn_rule() -> Rule:
    """Accepts the ARN of an IAM role; users and assumed-role sessions are refused."""
    return arn(
        "iam", r"role/[\w+=,.@/-]+", "arn:<partition>:iam::<account>:role/<path/name>", "Users and assumed-role sessions are refused."
    )


def log_group_arn_rule() -> Rule:
    """Accepts the ARN of a CloudWatch log group without the trailing `:*`."""
    return arn("logs", r"log-group:[\w./#-]+", "arn:<partition>:logs:<region>:<account>:log-group:<name>, without a trailing :*")


def cluster_name_rule() -> Rule:
    """Accepts the name of an EKS cluster (EKS API reference, CreateCluster)."""
    return matches(r"[0-9A-Za-z][A-Za-z0-9_-]{0,99}", "1 to 100 letters, digits, - or _, beginning with a letter or digit")


def cluster_arn_rule() -> Rule:
    """Accepts the ARN of an EKS cluster."""
    return arn("eks", r"cluster/[0-9A-Za-z][A-Za-z0-9_-]{0,99}", "arn:<partition>:eks:<region>:<account>:cluster/<name>")


def boundary_arn_rule() -> Rule:
    """Accepts the ARN of an IAM policy of the account, or None."""
    rule = arn("iam", r"policy/[\w+=,.@/-]+", "arn:<partition>:iam::<account>:policy/<path/name>")
    return optional(rule)


def tags_rule(value: Mapping[str, str]) -> Problem | None:
    """Accepts tags of AWS (AWS tagging reference) that no argument of ours decides."""
    for key, text in value.items():
        if key.startswith(f"{PREFIX}:"):
            return Problem(f"names that do not begin with {PREFIX}:", "Other arguments of this component decide them.", got=key)
        if not re.fullmatch(r"(?!aws:)[\w\s.:/=+@-]{1,128}", key, re.IGNORECASE):
            return Problem("names of 1 to 128 letters, digits, spaces or . : / = + @ _ -, not beginning with aws:", got=key)
        if not re.fullmatch(rf"[\w\s.:/=+@-]{{0,{TAG_VALUE_LENGTH}}}", text):
            return Problem(f"at most {TAG_VALUE_LENGTH} letters, digits, spaces or . : / = + @ _ -", field=f"[{key}]", got=text)
    return None


class AwsArgs(Args):
    """Arguments that every AWS component has."""

    tags: Mapping[str, str] = {}
    """Tags of every resource that takes tags."""
    ephemeral: StandardWeakening | None = None
    """Weakening for stacks of synthetic data: nothing is protected or retained, a destroy leaves no residue."""

    _tags = check("tags", tags_rule)


class AwsRoleArgs(AwsArgs):
    """Arguments of every AWS component that makes IAM roles."""

    permissions_boundary_arn: pulumi.Input[str] | None = None
    """ARN of the IAM policy that bounds the roles made here; None where the organisation uses none."""

    _boundary = check("permissions_boundary_arn", boundary_arn_rule())


class Account(NamedTuple):
    """Where a component's resources come into being."""

    id: pulumi.Output[str]
    region: pulumi.Output[str]
    partition: pulumi.Output[str]

    @classmethod
    def of(cls, component: pulumi.Resource) -> "Account":
        """The account, region and partition of the provider that the component uses."""
        options = pulumi.InvokeOptions(parent=component)
        return cls(
            aws.get_caller_identity_output(opts=options).account_id,
            aws.get_region_output(opts=options).region,
            aws.get_partition_output(opts=options).partition,
        )


def tags_of(args: AwsArgs, **extra: str) -> dict[str, str]:
    """The user's tags, `extra`, and the names of the weakenings in force, those of nested arguments included."""
    weakened = sorted({record["field"].rpartition(".")[2] for record in records("", args)})
    exceptions = {EXCEPTIONS_TAG: " ".join(weakened)[:TAG_VALUE_LENGTH]} if weakened else {}
    return {**args.tags, **extra, **exceptions}


def policy_document(statements: Sequence[Mapping[str, Any]]) -> str:
    """An IAM policy with sorted keys: the same statements give the same bytes."""
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)}, sort_keys=True)
