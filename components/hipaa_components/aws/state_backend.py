"""Where a stack's state lives, and who deploys: a bucket, two keys, a role for CI and the bounds of every role that it makes."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import pulumi
import pulumi_aws as aws

from hipaa_components._args import Args
from hipaa_components._component import Component
from hipaa_components._names import NAME_ONCE, fit
from hipaa_components._problems import Problem, arn, check, each, matches, not_empty, optional, unique
from hipaa_components._weakening import WeakeningRecord
from hipaa_components.aws._audit_buckets import AuditBucket, BucketMaker, access_log_policy, bucket_prefix, named_roles_policy
from hipaa_components.aws._common import Account, AwsRoleArgs, policy_document, role_arn_rule, tags_of
from hipaa_components.aws._deployer_boundary import boundary_policy
from hipaa_components.aws._deployer_components import AwsDeployedComponent
from hipaa_components.aws._deployer_policy import GUARD, DeployerScope, actions_by_part, deployer_policies
from hipaa_components.aws._lockout import admitted_caller
from hipaa_components.aws._roles import BOOTSTRAP_PATH, service_role
from hipaa_components.aws.encryption_key import AwsEncryptionKey, AwsEncryptionKeyArgs, AwsKeyUse
from hipaa_stack.baseline import (
    AUDIT_RETENTION_DAYS,
    DEPLOYER_SECONDS,
    EPHEMERAL_KEY_DELETION_WINDOW_DAYS,
    KEY_DELETION_WINDOW_DAYS,
    PREFIX,
    STATE_VERSION_DAYS,
)

POLICY_PREFIX_LENGTH: Final = 102
"""Longest name prefix of a policy: 128 characters less the 26 that the AWS provider appends."""

_EXACT: Final = r"[^\s*?]{1,255}"
_ANY_PULL_REQUEST: Final = ":pull_request"
"""End of the subject that GitHub gives to every workflow of a pull request, whoever wrote it."""


class AwsCiIdentity(Args):
    """Who deploys: jobs of a CI system, by the tokens that it signs (OpenID Connect). No key is stored anywhere."""

    issuer_url: str
    """Issuer of the tokens, such as `https://token.actions.githubusercontent.com`."""
    audience: str
    """The exact audience of the tokens, such as `sts.amazonaws.com`."""
    subjects: Sequence[str]
    """The exact subjects of the jobs that deploy, such as `repo:clinic/platform:environment:production`; no wildcards."""
    existing_provider_arn: pulumi.Input[str] | None = None
    """ARN of the identity provider where the account has one for this issuer already; it can have one only."""

    _issuer = check(
        "issuer_url",
        matches(r"https://[a-z0-9.-]+(/[\w.~/-]*[\w.~-])?", "an https URL without a slash at its end, as tokens say it in iss"),
    )
    _audience = check("audience", matches(_EXACT, "the exact audience, without * and ?"))
    _subjects = check(
        "subjects",
        not_empty("Name the jobs that deploy."),
        unique(),
        each(matches(_EXACT, "an exact subject, without * and ?", "A pattern admits jobs that nobody looked at.")),
        each(matches(rf".*(?<!{_ANY_PULL_REQUEST})", "a branch, tag or environment", "Everybody can open a pull request.")),
    )
    _provider = check(
        "existing_provider_arn",
        optional(arn("iam", r"oidc-provider/[\w./~-]+", "arn:<partition>:iam::<account>:oidc-provider/<issuer without https://>")),
    )

    def problems(self) -> Iterator[Problem]:
        """An existing provider is that of the issuer."""
        existing = self.existing_provider_arn
        if isinstance(existing, str) and existing.partition("oidc-provider/")[2] != self.issuer:
            yield Problem(f"the provider of {self.issuer}", "Its tokens would never be accepted.", "existing_provider_arn", existing)

    @property
    def issuer(self) -> str:
        """The issuer as IAM names it in conditions."""
        return self.issuer_url.removeprefix("https://")


class AwsStateBackendArgs(AwsRoleArgs):
    """Arguments of AwsStateBackend; `permissions_boundary_arn` is an organisation's own for the deployer's role."""

    components: Sequence[AwsDeployedComponent]
    """The components that the deployer makes: it gets the rights that these need and no other."""
    admin_role_arns: Sequence[pulumi.Input[str]]
    """ARNs of the roles that may use the state besides the deployer; the one that makes this component is among them."""
    ci: AwsCiIdentity
    """Who takes the role of the deployer."""
    runner_role_arns: Sequence[pulumi.Input[str]] = []
    """ARNs of the roles of runners in the network (AwsPrivateAccess) that take the role of the deployer, too."""

    _components = check("components", not_empty("A deployer of nothing has no use."), unique())
    _admins = check("admin_role_arns", not_empty("Somebody must be able to repair the state."), unique(), each(role_arn_rule()))
    _runners = check("runner_role_arns", unique(), each(role_arn_rule()))


class AwsStateBackend(Component):
    """A place for the states of stacks, and the pipeline's role that deploys them with no right that it does not need.

    Serves 164.312(a)(1), 164.312(a)(2)(iv), 164.312(c)(1) and 164.312(d). The bucket is closed, encrypted with a key of
    its own and versioned; it admits the deployer and the named administrators, nobody else, and logs every request. A
    second key encrypts the secrets inside states. The deployer is taken by exact jobs of a CI system without any stored
    key; it makes roles only within `boundary_arn`, and cannot change itself, its bounds, the bucket or the keys, stop
    the audit trail or destroy records. Make it once for an account, with a stack of its own, before everything else.
    """

    backend_url: pulumi.Output[str]
    """What `pulumi login` takes."""
    secrets_provider: pulumi.Output[str]
    """What `pulumi stack init --secrets-provider` takes."""
    deployer_role_arn: pulumi.Output[str]
    """ARN of the role that CI takes, once it has its rights; a cluster's `deployer_principals`."""
    boundary_arn: pulumi.Output[str]
    """ARN of the policy that bounds every role made by the deployer; the `permissions_boundary_arn` of the components."""
    weakenings: pulumi.Output[list[WeakeningRecord]]
    """Weakenings in force."""

    def __init__(self, name: str, args: AwsStateBackendArgs | Mapping[str, Any], opts: pulumi.ResourceOptions | None = None) -> None:
        """Registers buckets, keys, identity provider, role and policies. Raises ArgsError, and LockOutError for a stranger."""
        args = AwsStateBackendArgs.of(args, self.where(name))
        super().__init__(name, args, opts)
        account = Account.of(self)
        state_key = self._key(name, "state", AwsKeyUse.S3, args)
        secrets_key = self._key(name, "secrets", AwsKeyUse.PULUMI_SECRETS, args)
        make = BucketMaker(self, name, tags_of(args), args.ephemeral is not None)
        access, state = make.bucket("access", key_arn=None), make.bucket("state", key_arn=state_key.key_arn)
        self._settings(make, account, access, state)

        provider = self._identity_provider(name, args)
        role = service_role(
            self,
            f"{name}-deployer",
            account.partition,
            trust=pulumi.Output.all(provider, *args.runner_role_arns).apply(lambda known: deployer_trust(known[0], args.ci, known[1:])),
            boundary=args.permissions_boundary_arn,
            longest_session=DEPLOYER_SECONDS,
            path=BOOTSTRAP_PATH,
            protect=True,
            tags=tags_of(args),
        ).role
        self._admit(make, args, state, role)

        keys = (state_key.key_arn, secrets_key.key_arn)
        boundary = self._boundary(name, args, account, (state, access), keys)
        scope = pulumi.Output.all(*account, boundary, provider, state.bucket.arn, access.bucket.arn, *keys).apply(
            lambda known: DeployerScope(*known)
        )
        granted = self._rights(name, args, role, scope)

        self.backend_url = pulumi.Output.format("s3://{0}?region={1}", state.name, account.region)
        self.secrets_provider = pulumi.Output.format("awskms://{0}?region={1}", secrets_key.key_id, account.region)
        self.deployer_role_arn = pulumi.Output.all(role.arn, *(grant.id for grant in granted)).apply(lambda known: known[0])
        self.boundary_arn = boundary
        self.weakenings = self.weakening_records()
        self.register_outputs({})

    def _key(self, name: str, part: str, use: AwsKeyUse, args: AwsStateBackendArgs) -> AwsEncryptionKey:
        """One key for the bucket and one for secrets, so that a reader of states is not a reader of secrets."""
        window = EPHEMERAL_KEY_DELETION_WINDOW_DAYS if args.ephemeral else KEY_DELETION_WINDOW_DAYS
        wiring = AwsEncryptionKeyArgs(
            uses=[use],
            alias=f"{PREFIX}/{bucket_prefix(name)}{part}",
            deletion_window_days=window,
            tags=args.tags,
            ephemeral=args.ephemeral,
        )
        return AwsEncryptionKey(f"{name}-{part}", wiring, self.child())

    def _settings(self, make: BucketMaker, account: Account, access: AuditBucket, state: AuditBucket) -> None:
        sources = state.bucket.arn.apply(lambda arn_: [arn_])
        policy = pulumi.Output.all(access.bucket.arn, account.id, sources).apply(lambda known: access_log_policy(*known))
        make.policy("access", access, policy)
        make.lifecycle("access", access, expire=AUDIT_RETENTION_DAYS)
        make.log_access("state", state, access)
        make.lifecycle("state", state, replaced=STATE_VERSION_DAYS)

    def _identity_provider(self, name: str, args: AwsStateBackendArgs) -> pulumi.Output[str]:
        if args.ci.existing_provider_arn is not None:
            return pulumi.Output.from_input(args.ci.existing_provider_arn)
        made = aws.iam.OpenIdConnectProvider(
            f"{name}-ci",
            url=args.ci.issuer_url,
            client_id_lists=[args.ci.audience],
            tags=tags_of(args),
            opts=self.child(protect=True),
        )
        provider_arn: pulumi.Output[str] = made.arn
        return provider_arn

    def _admit(self, make: BucketMaker, args: AwsStateBackendArgs, state: AuditBucket, role: "aws.iam.Role") -> None:
        """Whoever deploys this component is admitted, or the policy would leave nobody who can change it."""
        admitted = admitted_caller(self, self.where(make.name), args.admin_role_arns, "admin_role_arns")
        users = pulumi.Output.all(role.arn, *args.admin_role_arns)
        policy = pulumi.Output.all(state.bucket.arn, users, admitted).apply(lambda known: named_roles_policy(known[0], known[1]))
        make.policy("state", state, policy)

    def _boundary(
        self,
        name: str,
        args: AwsStateBackendArgs,
        account: Account,
        buckets: Sequence[AuditBucket],
        keys: Sequence[pulumi.Output[str]],
    ) -> pulumi.Output[str]:
        arns = pulumi.Output.all(*(made.bucket.arn for made in buckets))
        policy = pulumi.Output.all(account.id, account.partition, arns, pulumi.Output.all(*keys)).apply(
            lambda known: boundary_policy(known[0], known[1], buckets=known[2], keys=known[3])
        )
        description = "The most that a role made by the deployer can do."
        boundary_arn: pulumi.Output[str] = self._policy(f"{name}-boundary", args, description, policy).arn
        return boundary_arn

    def _rights(
        self, name: str, args: AwsStateBackendArgs, role: "aws.iam.Role", scope: pulumi.Output[DeployerScope]
    ) -> list["aws.iam.RolePolicyAttachment"]:
        synthetic = args.ephemeral is not None
        documents = scope.apply(lambda known: deployer_policies(args.components, known, synthetic=synthetic))
        parts = [GUARD, *actions_by_part(args.components, synthetic=synthetic)]  # what is refused comes before what is granted
        attached: list[aws.iam.RolePolicyAttachment] = []
        for part in parts:
            policy = self._policy(f"{name}-{part}", args, f"What the deployer may do: {part}.", documents[part])
            options = self.child(protect=True, depends_on=attached[:1])
            attached.append(aws.iam.RolePolicyAttachment(f"{name}-{part}", role=role.name, policy_arn=policy.arn, opts=options))
        return attached

    def _policy(self, name: str, args: AwsStateBackendArgs, description: str, policy: pulumi.Input[str]) -> "aws.iam.Policy":
        return aws.iam.Policy(
            name,
            name_prefix=f"{fit(name, POLICY_PREFIX_LENGTH - 1)}-",
            path=BOOTSTRAP_PATH,
            description=description,
            policy=policy,
            tags=tags_of(args),
            opts=self.child(protect=True, ignore_changes=NAME_ONCE),
        )


def deployer_trust(provider_arn: str, ci: AwsCiIdentity, runner_role_arns: Sequence[str]) -> str:
    """The trust policy of the deployer: exact jobs of CI, and runners in the network."""
    jobs = {f"{ci.issuer}:aud": ci.audience, f"{ci.issuer}:sub": sorted(ci.subjects)}
    statements: list[dict[str, Any]] = [
        {
            "Effect": "Allow",
            "Principal": {"Federated": provider_arn},
            "Action": "sts:AssumeRoleWithWebIdentity",
            "Condition": {"StringEquals": jobs},
        }
    ]
    if runner_role_arns:
        statements.append({"Effect": "Allow", "Principal": {"AWS": sorted(runner_role_arns)}, "Action": "sts:AssumeRole"})
    return policy_document(statements)
