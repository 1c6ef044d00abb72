"""AwsStateBackend: what it registers, who gets in, and what it refuses."""

import json

import pytest

from hipaa_components import ArgsError
from hipaa_components.aws import AwsStateBackend, LockOutError
from hipaa_components.aws._audit_buckets import named_roles_policy
from hipaa_components.aws.state_backend import AwsCiIdentity, deployer_trust

from .iam import allows, size

ADMIN = "arn:aws:iam::123456789012:role/deployer"
"""The role that deploys in these tests."""

RUNNER = "arn:aws:iam::123456789012:role/hipaa-stack/clinic-access-runner-1"
GITHUB = {
    "issuer_url": "https://token.actions.githubusercontent.com",
    "audience": "sts.amazonaws.com",
    "subjects": ["repo:clinic/platform:environment:production"],
}
GITLAB = {
    "issuer_url": "https://gitlab.example.com/ci",
    "audience": "aws",
    "subjects": ["project_path:clinic/platform:ref_type:branch:ref:main"],
}
PROVIDER = "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com"
BUCKET = "arn:aws:s3:::backend-state-20260101"
EPHEMERAL = {"how_still_met": "The data is synthetic and made anew every night.", "approver": "Security officer"}

ROLE = "aws:iam/role:Role"
POLICY = "aws:iam/policy:Policy"
ATTACHMENT = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"
OIDC = "aws:iam/openIdConnectProvider:OpenIdConnectProvider"


def backend(name="backend", **change):
    return AwsStateBackend(name, {"components": ["EksPlatform"], "admin_role_arns": [ADMIN], "ci": GITHUB, **change})


CASES = {
    "github": {"tags": {"team": "platform"}},
    "existing": {
        "components": ["AwsRepository"],
        "ci": {**GITHUB, "existing_provider_arn": PROVIDER},
        "runner_role_arns": [RUNNER],
        "permissions_boundary_arn": "arn:aws:iam::123456789012:policy/organisation",
    },
    "ephemeral": {"ephemeral": EPHEMERAL, "components": ["AwsEncryptionKey", "AwsAuditArchive"]},
}


@pytest.mark.parametrize("change", CASES.values(), ids=CASES)
def test_registers_exactly(register, snapshot, change):
    assert register(lambda: backend(**change)).whole() == snapshot


def test_outputs_are_what_pulumi_takes(register):
    found = {}

    def program():
        made = backend()
        for name in ("backend_url", "secrets_provider", "deployer_role_arn", "boundary_arn"):
            getattr(made, name).apply(lambda value, name=name: found.update({name: value}))

    register(program)
    assert found == {
        "backend_url": "s3://backend-state-20260101?region=us-east-1",
        "secrets_provider": "awskms://backend-secrets-key-key-id?region=us-east-1",
        "deployer_role_arn": "arn:aws:aws:us-east-1:123456789012:Role/backend-deployer",
        "boundary_arn": "arn:aws:aws:us-east-1:123456789012:Policy/backend-boundary",
    }


def test_states_and_secrets_have_a_key_each(register):
    registered = register(backend)
    assert {item.name for item in registered.of_type("aws:kms/key:Key")} == {"backend-state-key", "backend-secrets-key"}
    assert {item.name for item in registered.of_type("aws:kms/alias:Alias")} == {"backend-state-alias", "backend-secrets-alias"}
    aliases = {item.inputs["name"] for item in registered.of_type("aws:kms/alias:Alias")}
    assert aliases == {"alias/hipaa-stack/backend-state", "alias/hipaa-stack/backend-secrets"}


# Order ---------------------------------------------------------------------------------------------------------------


def test_a_deployer_is_guarded_before_it_has_a_right(register):
    registered = register(backend)
    guard = f"{ATTACHMENT} backend-guard"
    others = [item for item in registered.of_type(ATTACHMENT) if item.key != guard]
    assert len(others) == 4
    assert all(guard in registered.before(item) for item in others)


def test_the_address_of_the_bucket_comes_when_nobody_else_gets_in(register):
    import pulumi_aws as aws

    registered = register(lambda: aws.sns.Topic("consumer", display_name=backend().backend_url))
    before = registered.before(registered.one("aws:sns/topic:Topic"))
    assert "aws:s3/bucketPolicy:BucketPolicy backend-state" in before
    assert "aws:s3/bucketVersioning:BucketVersioning backend-state" in before
    assert "aws:s3/bucketLogging:BucketLogging backend-state" in before


# Who gets in ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("who", "admitted"), [(ADMIN, True), ("arn:aws:iam::123456789012:role/another-admin", False), (None, False)])
def test_the_bucket_admits_named_roles_only(who, admitted):
    policy = json.loads(named_roles_policy(BUCKET, [ADMIN]))
    mine = {"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
    policy["Statement"] = [each for each in policy["Statement"] if each["Sid"] == "NamedRolesOnly"]
    context = {"aws__PrincipalArn": who} if who else {}
    assert allows([json.dumps(policy), json.dumps(mine)], "s3:GetObject", f"{BUCKET}/state", **context) is admitted


def test_the_bucket_names_the_deployer_and_the_administrators(register):
    policy = json.loads(register(backend).one("aws:s3/bucketPolicy:BucketPolicy", "backend-state").inputs["policy"])
    assert [statement["Sid"] for statement in policy["Statement"]] == ["TlsOnly", "RecentTlsOnly", "NamedRolesOnly"]
    named = policy["Statement"][2]["Condition"]["StringNotEquals"]["aws:PrincipalArn"]
    assert named == ["arn:aws:aws:us-east-1:123456789012:Role/backend-deployer", ADMIN]


@pytest.mark.parametrize(("ci", "host"), [(GITHUB, "token.actions.githubusercontent.com"), (GITLAB, "gitlab.example.com/ci")])
def test_exact_jobs_take_the_role(ci, host):
    (statement,) = json.loads(deployer_trust(PROVIDER, AwsCiIdentity(**ci), []))["Statement"]
    assert statement == {
        "Effect": "Allow",
        "Principal": {"Federated": PROVIDER},
        "Action": "sts:AssumeRoleWithWebIdentity",
        "Condition": {"StringEquals": {f"{host}:aud": ci["audience"], f"{host}:sub": ci["subjects"]}},
    }


def test_runners_that_are_named_take_it_too():
    jobs, runners = json.loads(deployer_trust(PROVIDER, AwsCiIdentity(**GITHUB), [RUNNER]))["Statement"]
    assert jobs["Principal"] == {"Federated": PROVIDER}
    assert runners == {"Effect": "Allow", "Principal": {"AWS": [RUNNER]}, "Action": "sts:AssumeRole"}


def test_a_provider_that_exists_is_not_made_again(register):
    registered = register(lambda: backend(ci={**GITHUB, "existing_provider_arn": PROVIDER}))
    assert not registered.of_type(OIDC)
    trust = json.loads(registered.one(ROLE).inputs["assumeRolePolicy"])
    assert trust["Statement"][0]["Principal"] == {"Federated": PROVIDER}


# Its own limits ------------------------------------------------------------------------------------------------------


def test_the_deployer_and_its_policies_are_out_of_its_reach(register):
    registered = register(backend)
    assert {item.inputs["path"] for item in [*registered.of_type(ROLE), *registered.of_type(POLICY)]} == {"/hipaa-stack-bootstrap/"}
    policies = [item.inputs["policy"] for item in registered.of_type(POLICY) if item.name != "backend-boundary"]
    boundary = "arn:aws:aws:us-east-1:123456789012:Policy/backend-boundary"
    made = "arn:aws:iam::123456789012:role/hipaa-stack/clinic"
    assert allows(policies, "iam:CreateRole", made, iam__PermissionsBoundary=boundary)
    assert not allows(policies, "iam:CreateRole", made)
    assert not allows(policies, "s3:PutBucketPolicy", BUCKET)


def test_every_policy_fits(register):
    policies = register(lambda: backend("b" * 60, components=["EksPlatform", "AwsAuditArchive", "AwsPrivateAccess"])).of_type(POLICY)
    assert len(policies) == 6
    assert [item.name for item in policies if size(item.inputs["policy"]) > 6144] == []


def test_everything_is_protected(register):
    registered = register(backend)
    kinds = (ROLE, POLICY, ATTACHMENT, OIDC, "aws:kms/key:Key", "aws:s3/bucket:Bucket", "aws:s3/bucketPolicy:BucketPolicy")
    assert [item.key for kind in kinds for item in registered.of_type(kind) if not item.options.get("protect")] == []
    kept = ("aws:kms/key:Key", "aws:s3/bucket:Bucket")
    assert [item.key for kind in kept for item in registered.of_type(kind) if not item.options.get("retainOnDelete")] == []


def test_an_ephemeral_one_leaves_no_residue_and_lets_its_deployer_leave_none(register):
    registered = register(lambda: backend(ephemeral=EPHEMERAL))
    assert [item.name for item in registered.registrations if item.options.keys() & {"protect", "retainOnDelete"}] == []
    policies = [item.inputs["policy"] for item in registered.of_type(POLICY) if item.name != "backend-boundary"]
    key = "arn:aws:kms:us-east-1:123456789012:key/data"
    assert allows(policies, "kms:ScheduleKeyDeletion", key)
    assert not allows(policies, "cloudtrail:StopLogging", "arn:aws:cloudtrail:us-east-1:123456789012:trail/clinic")


# Names ---------------------------------------------------------------------------------------------------------------


def test_long_names_fit_and_stay_apart(register):
    registered = register(lambda: backend("b" * 60))
    prefixes = {kind: [item.inputs["namePrefix"] for item in registered.of_type(kind)] for kind in (ROLE, POLICY)}
    assert all(len(prefix) <= 38 for prefix in prefixes[ROLE])
    assert all(len(prefix) <= 102 for prefix in prefixes[POLICY])
    assert len(set(prefixes[POLICY])) == len(prefixes[POLICY])
    buckets = [item.inputs["bucketPrefix"] for item in registered.of_type("aws:s3/bucket:Bucket")]
    assert len(set(buckets)) == 2
    assert all(len(prefix) <= 37 for prefix in buckets)


@pytest.mark.parametrize(
    ("name", "alias"), [("Clinic.East", "alias/hipaa-stack/clinic-east-state"), ("backend", "alias/hipaa-stack/backend-state")]
)
def test_the_alias_of_a_key_is_one_that_kms_accepts(register, name, alias):
    registered = register(lambda: backend(name))
    assert registered.one("aws:kms/alias:Alias", f"{name}-state-alias").inputs["name"] == alias


# Refusals ------------------------------------------------------------------------------------------------------------


def test_whoever_makes_it_is_among_the_administrators(register):
    other = "arn:aws:iam::123456789012:role/other"
    said = f"AwsStateBackend 'backend': you would lock yourself out: {ADMIN} is not admitted; add it to admin_role_arns"
    with pytest.raises(LockOutError, match=said):
        register(lambda: backend(admin_role_arns=[other]))
    assert "backend-state" not in [item.name for item in register.last.of_type("aws:s3/bucketPolicy:BucketPolicy")]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"components": ["AwsStateBackend"]}, r"components\[0\]: got 'AwsStateBackend'; accepted: one of AwsAuditAlerts"),
        ({"components": ["AwsNetwork", "AwsNetwork"]}, "components: got 'AwsNetwork'; accepted: each value once"),
        (
            {"ci": {**GITHUB, "issuer_url": "https://gitlab.com/"}},
            "ci.issuer_url: got 'https://gitlab.com/'; accepted: an https URL without a slash",
        ),
        ({"ci": {**GITHUB, "subjects": ["repo:clinic/*"]}}, r"ci.subjects\[0\]: got 'repo:clinic/\*'; accepted: an exact subject"),
        ({"ci": {**GITHUB, "subjects": ["a", "a"]}}, "ci.subjects: got 'a'; accepted: each value once"),
        (
            {"ci": {**GITHUB, "existing_provider_arn": PROVIDER.replace("token.", "x.")}},
            "ci.existing_provider_arn: got .*accepted: the provider of",
        ),
        ({"runner_role_arns": ["arn:aws:iam::123456789012:user/jane"]}, r"runner_role_arns\[0\]: got .*accepted: arn:<partition>:iam"),
    ],
)
def test_refuses(register, change, message):
    with pytest.raises(ArgsError, match=f"AwsStateBackend 'backend': {message}"):
        register(lambda: backend(**change))
    assert not register.last.registrations
