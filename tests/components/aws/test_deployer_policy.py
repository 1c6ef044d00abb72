"""The rights of a deployer: all that the components need, within what IAM stores, and nothing that would free it of its limits."""

import json
import re
from typing import Any, NamedTuple

import pytest

from hipaa_components.aws import AwsDeployedComponent
from hipaa_components.aws._deployer_actions import ACTIONS, DESTRUCTION
from hipaa_components.aws._deployer_components import COMPOSED, types_of
from hipaa_components.aws._deployer_policy import (
    MANAGED_POLICIES,
    PASSED_TO,
    STATE_ACTIONS,
    STATE_KEY_ACTIONS,
    DeployerScope,
    actions_by_part,
    deployer_policies,
)
from hipaa_components.package import components

from .iam import allows, size, snapshots

BY_NAME = {component.__name__: component for component in components()}
EVERYTHING = list(AwsDeployedComponent)
IAM = "arn:aws:iam::123456789012"
KEY = "arn:aws:kms:us-east-1:123456789012:key"
SCOPE = DeployerScope(
    account="123456789012",
    region="us-east-1",
    partition="aws",
    boundary_arn=f"{IAM}:policy/hipaa-stack-bootstrap/backend-boundary-1",
    provider_arn=f"{IAM}:oidc-provider/token.actions.githubusercontent.com",
    bucket_arn="arn:aws:s3:::backend-state-1",
    access_log_arn="arn:aws:s3:::backend-access-1",
    state_key_arn=f"{KEY}/state",
    secrets_key_arn=f"{KEY}/secrets",
)
ROLE = f"{IAM}:role/hipaa-stack/clinic-cluster-1"
OWN_ROLE = f"{IAM}:role/hipaa-stack-bootstrap/backend-deployer-1"
BOUNDED = {"iam__PermissionsBoundary": SCOPE.boundary_arn}
ADMINISTRATOR = json.dumps({"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]})
"""AdministratorAccess, as somebody might attach it one day."""


# What the components register --------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def known():
    """What was registered once is registered again no differently."""
    return {}


class Item(NamedTuple):
    """What a component registers in AWS."""

    type: str
    inputs: dict[str, Any]
    options: dict[str, Any]
    synthetic: bool
    """Whether it is a part of something ephemeral."""


@pytest.fixture
def registered(register, minimal, known):
    """Everything that a component registers, as it is and in its snapshots, in which it registers all that it can."""

    def of_aws(name):
        for item in register(lambda: BY_NAME[name]("c", minimal[name])).registrations:
            yield Item(item.type, item.inputs, item.options, synthetic=False)
        for key, item in snapshots().get(name, {}).items():
            yield Item(key.split()[0], item["inputs"], item["options"], "[dev]" in key or "[ephemeral]" in key)

    def run(name):
        if name not in known:
            known[name] = [item for item in of_aws(name) if item.type.startswith("aws:")]
        return known[name]

    return run


@pytest.mark.parametrize("component", [each for each in EVERYTHING if each not in COMPOSED])
def test_the_types_of_a_component_are_those_that_it_registers(registered, component):
    assert {item.type for item in registered(component.value)} == types_of([component])


@pytest.mark.parametrize("component", COMPOSED)
def test_what_is_composed_registers_no_more_than_its_parts(registered, component):
    assert {item.type for item in registered(component.value)} <= types_of([component])


def test_the_cloud_layer_makes_the_issuer_of_its_cluster_itself(register, minimal):
    reader = minimal["AwsWorkloadRole"] | {"mode": "IRSA"}
    role = {name: reader[name] for name in ("namespace", "service_account", "secret_arns", "key_arns", "mode")}
    found = register(lambda: BY_NAME["EksCloud"]("c", {**minimal["EksCloud"], "workload_roles": [role]})).registrations
    made = {item.type for item in found if item.options.get("parent") == "c" and item.type.startswith("aws:")}
    assert made == {"aws:iam/openIdConnectProvider:OpenIdConnectProvider"}


def test_the_types_of_the_platform_are_those_of_its_parts(registered):
    platform = AwsDeployedComponent.EKS_PLATFORM
    parts = {key.split()[0].rpartition(":")[2] for key in snapshots()[platform.value] if key.startswith("hipaa:index:")}
    assert types_of([platform]) == types_of([part for part in EVERYTHING if part.value in parts and part is not platform])


def test_a_deployer_can_be_made_for_every_component_that_registers_something_in_aws(registered):
    in_aws = {item.__name__ for item in components() if item.__name__ != "AwsStateBackend" and registered(item.__name__)}
    assert in_aws == {component.value for component in EVERYTHING}


def test_exactly_the_types_that_are_registered_have_actions():
    assert ACTIONS.keys() == types_of(EVERYTHING)
    assert DESTRUCTION.keys() < ACTIONS.keys()


# What a type needs ---------------------------------------------------------------------------------------------------

READS = re.compile(r":(Get|List|Describe|BatchGet)")
CREATES = re.compile(
    r":(Create|Put|Set|Run|Allocate|Associate|Authorize|Attach|Subscribe|Update|Rotate)(?!Tags$|ServiceLinkedRole$|LogDelivery$)"
)
DELETES = re.compile(
    r":(Delete|Release|Terminate|Disassociate|Revoke|Detach|Remove|Unsubscribe|Cancel|Schedule|StopInstances)(?!.*(Tags|FromResource)$)"
)
TAGS = re.compile(
    r":(TagResource|CreateTags|AddTags|TagRole|TagInstanceProfile|TagSAMLProvider|TagOpenIDConnectProvider|TagDeliveryStream|AddTagsToResource)$"
)
UNTAGS = re.compile(r":(Untag|DeleteTags|RemoveTags)")

PUT_IS_ALL = re.compile(
    r"aws:s3/bucket[A-Z](?!olicy)|detectorFeature|registryScanning|loggingConfiguration|topicPolicy|defaultS|bucketPolicy"
)
"""Settings of something that exists: to delete one is to put another in its place."""

TAGGED_BY_UPDATE = {"aws:codebuild/project:Project"}
"""Its tags are a part of the project."""


@pytest.mark.parametrize("type_", sorted(ACTIONS))
def test_a_type_can_be_read_made_and_deleted(type_):
    every = [*ACTIONS[type_], *DESTRUCTION.get(type_, ())]
    assert [action for action in every if READS.search(action)]
    assert [action for action in every if CREATES.search(action)]
    assert PUT_IS_ALL.search(type_) or [action for action in every if DELETES.search(action)]
    assert not [action for action in every if "*" in action]


@pytest.mark.parametrize("component", EVERYTHING)
def test_what_is_tagged_can_be_tagged_and_untagged(registered, component):
    tagged = {item.type for item in registered(component.value) if "tags" in item.inputs} - TAGGED_BY_UPDATE
    assert [type_ for type_ in tagged if not any(map(TAGS.search, ACTIONS[type_]))] == []
    assert [type_ for type_ in tagged if not any(map(UNTAGS.search, ACTIONS[type_]))] == []


@pytest.mark.parametrize("component", EVERYTHING)
def test_what_has_a_role_can_be_given_one(registered, component):
    holders = {
        item.type
        for item in registered(component.value)
        if re.search(r'"(iamRoleArn|roleArn|role|serviceRole|customRoleArn|nodeRoleArn|cloudWatchLogsRoleArn)": ', json.dumps(item.inputs))
        and not item.type.startswith(("aws:iam/rolePolicy", "aws:cloudwatch/event", "aws:secretsmanager/"))
    }
    assert [type_ for type_ in holders if "iam:PassRole" not in ACTIONS[type_]] == []


@pytest.mark.parametrize("component", EVERYTHING)
def test_only_what_is_kept_or_protected_cannot_be_destroyed_and_all_that_is_kept_cannot(registered, component):
    """Then no update of a stack with real data ever needs to destroy it."""
    real = [item for item in registered(component.value) if not item.synthetic]
    guarded = {"protect", "retainOnDelete"}
    assert [item.type for item in real if item.type in DESTRUCTION and not item.options.keys() & guarded] == []
    kept = {item.type for item in real if item.options.get("retainOnDelete")}
    deletable = [
        type_ for type_ in kept if not PUT_IS_ALL.search(type_) and type_ not in DESTRUCTION and any(map(DELETES.search, ACTIONS[type_]))
    ]
    assert deletable == []


def test_roles_go_to_the_services_and_have_the_policies_that_the_components_use(registered):
    items = [item for component in EVERYTHING for item in registered(component.value)]
    trusts = [json.dumps(item.inputs["assumeRolePolicy"]) for item in items if item.type == "aws:iam/role:Role"]
    services = {found for trust in trusts for found in re.findall(r'"Service\\?": \\?"([\w.-]+)\.amazonaws\.com', trust)}
    assert services == set(PASSED_TO)
    attached = {item.inputs["policyArn"] for item in items if item.type == "aws:iam/rolePolicyAttachment:RolePolicyAttachment"}
    assert {arn.partition("policy/")[2] for arn in attached} == set(MANAGED_POLICIES)


# What the policies allow ---------------------------------------------------------------------------------------------


def request(action):
    """A request for an action as the deployer makes it: the resource and what else IAM knows of it."""
    if action == "iam:CreateServiceLinkedRole":
        return f"{IAM}:role/aws-service-role/eks.amazonaws.com/AWSServiceRoleForAmazonEKS", {"iam__AWSServiceName": "eks.amazonaws.com"}
    if "ServiceLinkedRole" in action:
        return f"{IAM}:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling", {}
    if action == "iam:PassRole":
        return ROLE, {"iam__PassedToService": "eks.amazonaws.com"}
    if action.startswith("iam:"):
        places = {"SAML": "saml-provider/hipaa-stack-access-people", "OpenIDConnect": "oidc-provider/oidc.eks.us-east-1.amazonaws.com/id/1"}
        resource = next((f"{IAM}:{place}" for part, place in places.items() if part in action), ROLE)
        resource = (
            f"{IAM}:instance-profile/hipaa-stack/forwarder-1" if "InstanceProfile" in action and "ForRole" not in action else resource
        )
        return resource, {**BOUNDED, "iam__PolicyARN": "arn:aws:iam::aws:policy/AmazonEKSClusterPolicy"}
    if action.startswith("kms:"):
        return f"{KEY}/data", {"kms__GrantIsForAWSResource": "true", "kms__ViaService": "ec2.us-east-1.amazonaws.com"}
    return ("arn:aws:ssm:us-east-1::parameter/aws/service/ami" if action == "ssm:GetParameter" else "arn:aws:any"), {}


@pytest.mark.parametrize("component", EVERYTHING)
def test_a_deployer_may_do_what_its_component_needs_and_destroy_no_record(component):
    policies = deployer_policies([component], SCOPE).values()
    needed = {action for type_ in types_of([component]) for action in ACTIONS[type_]}
    destroying = {action for type_ in types_of([component]) for action in DESTRUCTION.get(type_, ())}
    for action in needed:
        resource, context = request(action)
        assert allows(policies, action, resource, **context), action
    assert [action for action in destroying if allows(policies, action, request(action)[0], **request(action)[1])] == []


@pytest.mark.parametrize("component", EVERYTHING)
def test_a_deployer_of_synthetic_data_may_leave_nothing_behind(component):
    policies = deployer_policies([component], SCOPE, synthetic=True).values()
    destroying = {action for type_ in types_of([component]) for action in DESTRUCTION.get(type_, ())}
    assert [action for action in destroying if not allows(policies, action, request(action)[0], **request(action)[1])] == []


@pytest.mark.parametrize("component", EVERYTHING)
def test_a_deployer_has_no_right_that_its_component_does_not_need(component):
    needed = {action for type_ in types_of([component]) for action in ACTIONS[type_]}
    granted = {action for actions in actions_by_part([component], synthetic=False).values() for action in actions}
    assert granted == needed


def test_a_deployer_of_repositories_makes_no_role_and_no_network():
    policies = deployer_policies([AwsDeployedComponent.REPOSITORY], SCOPE)
    assert sorted(policies) == ["clusters", "guard", "records"]
    assert not allows(policies.values(), "iam:CreateRole", ROLE, **BOUNDED)
    assert not allows(policies.values(), "ec2:CreateVpc", "arn:aws:any")


@pytest.mark.parametrize("action", STATE_ACTIONS)
def test_a_deployer_uses_the_state_as_pulumi_does(action):
    assert allows(deployer_policies(EVERYTHING, SCOPE).values(), action, f"{SCOPE.bucket_arn}/.pulumi/stacks/clinic/prod.json")


@pytest.mark.parametrize("key", [SCOPE.state_key_arn, SCOPE.secrets_key_arn])
@pytest.mark.parametrize("action", STATE_KEY_ACTIONS)
def test_a_deployer_uses_the_keys_of_the_state(action, key):
    assert allows(deployer_policies(EVERYTHING, SCOPE).values(), action, key)


# What is refused -----------------------------------------------------------------------------------------------------

REFUSED = [
    ("a role without bounds", "iam:CreateRole", ROLE, {}),
    ("a role with other bounds", "iam:CreateRole", ROLE, {"iam__PermissionsBoundary": f"{IAM}:policy/wide"}),
    ("other bounds for a role", "iam:PutRolePermissionsBoundary", ROLE, {"iam__PermissionsBoundary": f"{IAM}:policy/wide"}),
    ("no bounds for a role", "iam:DeleteRolePermissionsBoundary", ROLE, BOUNDED),
    ("a policy for itself", "iam:AttachRolePolicy", OWN_ROLE, {"iam__PolicyARN": "arn:aws:iam::aws:policy/AdministratorAccess"}),
    ("its guard taken away", "iam:DetachRolePolicy", OWN_ROLE, {"iam__PolicyARN": f"{IAM}:policy/hipaa-stack-bootstrap/backend-guard-1"}),
    ("an own policy for itself", "iam:PutRolePolicy", OWN_ROLE, BOUNDED),
    ("others who take its role", "iam:UpdateAssumeRolePolicy", OWN_ROLE, BOUNDED),
    ("its role for a service", "iam:PassRole", OWN_ROLE, {"iam__PassedToService": "ec2.amazonaws.com"}),
    ("its role deleted", "iam:DeleteRole", OWN_ROLE, {}),
    ("a new version of its bounds", "iam:CreatePolicyVersion", SCOPE.boundary_arn, {}),
    ("its bounds deleted", "iam:DeletePolicy", SCOPE.boundary_arn, {}),
    ("another audience", "iam:AddClientIDToOpenIDConnectProvider", SCOPE.provider_arn, {}),
    ("the bucket of the state opened", "s3:PutBucketPolicy", SCOPE.bucket_arn, {}),
    ("the policy of the bucket deleted", "s3:DeleteBucketPolicy", SCOPE.bucket_arn, {}),
    ("versions of the state suspended", "s3:PutBucketVersioning", SCOPE.bucket_arn, {}),
    ("former states deleted", "s3:DeleteObjectVersion", f"{SCOPE.bucket_arn}/.pulumi/stacks/clinic/prod.json", {}),
    ("former states expired", "s3:PutLifecycleConfiguration", SCOPE.bucket_arn, {}),
    ("the record of readers off", "s3:PutBucketLogging", SCOPE.bucket_arn, {}),
    ("the record of readers deleted", "s3:DeleteObject", f"{SCOPE.access_log_arn}/state/1", {}),
    ("the key of the state given away", "kms:PutKeyPolicy", SCOPE.state_key_arn, {}),
    ("the key of secrets given away", "kms:CreateGrant", SCOPE.secrets_key_arn, {"kms__GrantIsForAWSResource": "true"}),
    ("the key of secrets off", "kms:DisableKey", SCOPE.secrets_key_arn, {}),
    ("a key destroyed", "kms:ScheduleKeyDeletion", f"{KEY}/data", {}),
    ("the trail stopped", "cloudtrail:StopLogging", "arn:aws:cloudtrail:us-east-1:123456789012:trail/clinic", {}),
    ("the trail deleted", "cloudtrail:DeleteTrail", "arn:aws:cloudtrail:us-east-1:123456789012:trail/clinic", {}),
    ("a lock bypassed", "s3:BypassGovernanceRetention", "arn:aws:s3:::archive-1/a", {}),
]


@pytest.mark.parametrize(("what", "action", "resource", "context"), REFUSED, ids=[row[0] for row in REFUSED])
def test_refuses_even_to_an_administrator(what, action, resource, context):
    policies = deployer_policies(EVERYTHING, SCOPE).values()
    assert allows([ADMINISTRATOR], action, resource, **context), what
    assert not allows([*policies, ADMINISTRATOR], action, resource, **context), what


OUT_OF_REACH = [
    ("a role elsewhere", "iam:CreateRole", f"{IAM}:role/admin", BOUNDED),
    ("a role of a user", "iam:UpdateAssumeRolePolicy", f"{IAM}:role/admin", BOUNDED),
    ("a role without bounds changed", "iam:UpdateAssumeRolePolicy", ROLE, {}),
    ("a policy for a role without bounds", "iam:PutRolePolicy", ROLE, {}),
    ("another policy of AWS", "iam:AttachRolePolicy", ROLE, {**BOUNDED, "iam__PolicyARN": "arn:aws:iam::aws:policy/AdministratorAccess"}),
    ("a role for another service", "iam:PassRole", ROLE, {"iam__PassedToService": "lambda.amazonaws.com"}),
    ("another's role for a service", "iam:PassRole", f"{IAM}:role/admin", {"iam__PassedToService": "ec2.amazonaws.com"}),
    ("the issuer that CI signs in with replaced", "iam:UpdateOpenIDConnectProviderThumbprint", SCOPE.provider_arn, {}),
    ("an issuer of somebody else made", "iam:CreateOpenIDConnectProvider", f"{IAM}:oidc-provider/tokens.example.org", {}),
    ("the directory of the account replaced", "iam:UpdateSAMLProvider", f"{IAM}:saml-provider/directory", {}),
    ("a user", "iam:CreateUser", f"{IAM}:user/jane", {}),
    ("a key of a user", "iam:CreateAccessKey", f"{IAM}:user/jane", {}),
    ("a grant for itself", "kms:CreateGrant", f"{KEY}/data", {"kms__GrantIsForAWSResource": "false"}),
    ("data decrypted", "kms:Decrypt", f"{KEY}/data", {"kms__ViaService": "secretsmanager.us-east-1.amazonaws.com"}),
    ("a secret read", "secretsmanager:GetSecretValue", "arn:aws:secretsmanager:us-east-1:123456789012:secret:clinic", {}),
    ("a parameter read", "ssm:GetParameter", "arn:aws:ssm:us-east-1:123456789012:parameter/clinic", {}),
    ("an archive read", "s3:GetObject", "arn:aws:s3:::archive-1/a", {}),
    ("another role taken", "sts:AssumeRole", f"{IAM}:role/admin", {}),
]


@pytest.mark.parametrize(("what", "action", "resource", "context"), OUT_OF_REACH, ids=[row[0] for row in OUT_OF_REACH])
@pytest.mark.parametrize("synthetic", [False, True])
def test_does_not_grant(what, action, resource, context, synthetic):
    assert not allows(deployer_policies(EVERYTHING, SCOPE, synthetic=synthetic).values(), action, resource, **context), what


# Limits of IAM -------------------------------------------------------------------------------------------------------

LONGEST = DeployerScope(
    account="123456789012",
    region="ap-southeast-1",
    partition="aws-us-gov",
    boundary_arn=f"arn:aws-us-gov:iam::123456789012:policy/hipaa-stack-bootstrap/{'b' * 128}",
    provider_arn=f"arn:aws-us-gov:iam::123456789012:oidc-provider/{'i' * 255}",
    bucket_arn=f"arn:aws-us-gov:s3:::{'s' * 63}",
    access_log_arn=f"arn:aws-us-gov:s3:::{'a' * 63}",
    state_key_arn=f"arn:aws-us-gov:kms:ap-southeast-1:123456789012:key/{'k' * 36}",
    secrets_key_arn=f"arn:aws-us-gov:kms:ap-southeast-1:123456789012:key/{'k' * 36}",
)


@pytest.mark.parametrize("synthetic", [False, True])
def test_the_policies_fit_and_a_role_can_have_them_all(synthetic):
    policies = deployer_policies(EVERYTHING, LONGEST, synthetic=synthetic)
    assert len(policies) <= 10
    assert {part: size(policy) for part, policy in policies.items() if size(policy) > 6144} == {}


def test_statements_have_names_that_iam_accepts_and_policies_are_the_same_bytes_every_time():
    policies = deployer_policies(EVERYTHING, SCOPE)
    for policy in policies.values():
        sids = [statement["Sid"] for statement in json.loads(policy)["Statement"]]
        assert len(set(sids)) == len(sids)
        assert all(re.fullmatch(r"[A-Za-z0-9]+", sid) for sid in sids)
    assert deployer_policies(reversed(EVERYTHING), SCOPE) == policies
