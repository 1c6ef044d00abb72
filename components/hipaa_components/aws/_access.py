"""What the ways to a private API server share: where they stand, the people they admit, and what comes out of them."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_aws as aws

from hipaa_components._args import Args
from hipaa_components._component import Component
from hipaa_components._names import NAME_ONCE, fit
from hipaa_components._problems import Problem, Rule, check, each, not_empty, unique
from hipaa_components.aws._common import RULE_NAME_LENGTH, Account, policy_document, role_arn_rule
from hipaa_components.aws._roles import service_role
from hipaa_components.aws.eks_cluster import GROUP_NAME_PREFIX_LENGTH
from hipaa_stack.baseline import JUSTIFICATION_LENGTH, OPERATOR_SECONDS


def second_factor_rule() -> Rule:
    """Accepts a sentence that says who asks people for a second factor."""
    accepted = f"at least {JUSTIFICATION_LENGTH} characters saying how people are asked for a second factor"

    def rule(value: str) -> Problem | None:
        return None if len(value.strip()) >= JUSTIFICATION_LENGTH else Problem(accepted, "AWS cannot see it in these sessions.")

    return rule


class AwsOperators(Args):
    """The people who may use a way in."""

    operator_role_arns: Sequence[pulumi.Input[str]]
    """ARNs of the roles in which these people sign in."""
    mfa_statement: str
    """How people are asked for a second factor before they get one of these roles, in a sentence: a condition cannot
    demand it, as sessions of roles carry no such key."""

    _operators = check("operator_role_arns", not_empty("A way in that nobody may use is none."), unique(), each(role_arn_rule()))
    _mfa = check("mfa_statement", second_factor_rule())


@dataclass(frozen=True, slots=True)
class AccessPath:
    """What leads to the API server, and what a kubeconfig must know of it."""

    instructions: pulumi.Output[str]
    security_group_ids: Sequence[pulumi.Output[str]] = ()
    cidrs: Sequence[str] = ()
    proxy_url: str = ""
    local_endpoint: str = ""
    tls_server_name: str = ""
    role_arn: pulumi.Input[str] = ""


@dataclass(frozen=True, slots=True)
class AccessSite:
    """Where the parts of one way in come into being."""

    component: Component
    name: str
    account: Account
    cluster_name: str
    vpc_id: pulumi.Input[str]
    vpc_cidr: pulumi.Input[str]
    subnet_ids: Sequence[pulumi.Input[str]]
    key_arn: pulumi.Input[str]
    log_group_arn: pulumi.Input[str]
    topic_arn: pulumi.Input[str] | None
    boundary: pulumi.Input[str] | None
    tags: Mapping[str, str]

    def tagged(self, part: str) -> dict[str, str]:
        """Tags of a part: those of the component, and its name for the AWS console."""
        return {**self.tags, "Name": f"{self.name}-{part}"}

    def arn(self, service: str, resource: pulumi.Input[str]) -> pulumi.Output[str]:
        """The ARN of a resource of this account and region."""
        return pulumi.Output.format(
            "arn:{0}:{1}:{2}:{3}:{4}", self.account.partition, service, self.account.region, self.account.id, resource
        )

    @property
    def log_group_name(self) -> pulumi.Output[str]:
        """Name of the log group, out of its ARN."""
        return pulumi.Output.from_input(self.log_group_arn).apply(lambda arn: arn.partition(":log-group:")[2])

    def client_group(self, part: str, description: str) -> "aws.ec2.SecurityGroup":
        """Registers a security group that lets nothing in, and HTTPS out to the network only."""
        group = aws.ec2.SecurityGroup(
            f"{self.name}-{part}",
            name_prefix=f"{fit(f'{self.name}-{part}', GROUP_NAME_PREFIX_LENGTH - 1)}-",
            description=description,
            vpc_id=self.vpc_id,
            tags=self.tagged(part),
            opts=self.component.child(ignore_changes=NAME_ONCE),
        )
        self.https_to(f"{self.name}-{part}", group, "HTTPS inside the VPC", cidr_ipv4=self.vpc_cidr)
        return group

    def https_to(self, name: str, group: "aws.ec2.SecurityGroup", description: str, **target: pulumi.Input[str]) -> None:
        """Registers a rule that lets HTTPS out to a target: `cidr_ipv4` or `prefix_list_id`."""
        aws.vpc.SecurityGroupEgressRule(
            name,
            security_group_id=group.id,
            description=description,
            ip_protocol="tcp",
            from_port=443,
            to_port=443,
            tags=self.tags,
            opts=self.component.child(),
            **target,
        )

    def operator_role(self, people: AwsOperators, policy: pulumi.Input[str]) -> pulumi.Output[str]:
        """Registers the role that people take for an hour, from the roles in which they signed in."""
        made = service_role(
            self.component,
            f"{self.name}-operator",
            self.account.partition,
            trust=pulumi.Output.all(*people.operator_role_arns).apply(operator_trust),
            policy=policy,
            boundary=self.boundary,
            longest_session=OPERATOR_SECONDS,
            tags=self.tags,
        )
        return made.ready_arn

    def alert(self, part: str, service: str, event: str, parameters: Mapping[str, pulumi.Input[str]]) -> None:
        """Registers what tells the topic, if there is one, of every call of an event with these parameters."""
        if self.topic_arn is None:
            return
        rule = aws.cloudwatch.EventRule(
            f"{self.name}-{part}",
            name=fit(f"{self.name}-{part}", RULE_NAME_LENGTH),
            description=f"Somebody used {self.name}, a way to the API server of {self.cluster_name}.",
            event_pattern=pulumi.Output.all(**parameters).apply(lambda known: call_pattern(service, event, known)),
            state="ENABLED",
            tags=self.tags,
            opts=self.component.child(),
        )
        aws.cloudwatch.EventTarget(f"{self.name}-{part}-topic", rule=rule.name, arn=self.topic_arn, opts=self.component.child())


def operator_trust(role_arns: Sequence[str]) -> str:
    """The trust policy for people in these roles; a source identity that they have comes along."""
    principal = {"AWS": sorted(role_arns)}
    return policy_document([{"Effect": "Allow", "Principal": principal, "Action": ["sts:AssumeRole", "sts:SetSourceIdentity"]}])


def call_pattern(service: str, event: str, parameters: Mapping[str, str]) -> str:
    """The events of calls to an AWS service with these parameters, as the trail sends them to EventBridge."""
    detail: dict[str, Any] = {
        "eventSource": [f"{service}.amazonaws.com"],
        "eventName": [event],
        "requestParameters": {name: [value] for name, value in parameters.items()},
    }
    return json.dumps({"source": [f"aws.{service}"], "detail-type": ["AWS API Call via CloudTrail"], "detail": detail}, sort_keys=True)


def profile_commands(profile: str, region: str, role_arn: str) -> list[str]:
    """The commands that make a profile of the AWS CLI for the role."""
    settings = {"role_arn": role_arn, "source_profile": '"${AWS_PROFILE:-default}"', "region": region}
    return [f"aws configure set profile.{profile}.{name} {value}" for name, value in settings.items()]


def kubeconfig_commands(region: str, cluster_name: str, cluster_arn: str = "", **cluster: str) -> list[str]:
    """The commands that make a kubeconfig, with further flags of `kubectl config set-cluster` such as `server`."""
    file = f"{cluster_name}.kubeconfig"
    flags = [f"--{flag.replace('_', '-')}={value}" for flag, value in cluster.items() if value]
    return [
        f"aws eks update-kubeconfig --region {region} --name {cluster_name} --kubeconfig {file}",
        *([f"kubectl --kubeconfig {file} config set-cluster {cluster_arn} {' '.join(flags)}"] if flags else []),
        f"kubectl --kubeconfig {file} get namespaces",
    ]


def in_steps(*steps: tuple[str, Sequence[str]]) -> str:
    """Commands as a text to paste into a shell, each step under a comment."""
    return "\n".join(line for title, commands in steps for line in (f"# {' '.join(title.split())}", *commands)) + "\n"
