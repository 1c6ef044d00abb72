"""A mirror of public registries in Amazon ECR: clusters without a way to the internet pull from it, and what it holds is scanned."""

from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from typing import Any

import pulumi
import pulumi_aws as aws

from hipaa_components._args import Args
from hipaa_components._component import Component
from hipaa_components._problems import Problem, check, each, image_by_digest, matches, not_empty, unique
from hipaa_components._weakening import WeakeningRecord
from hipaa_components.aws._common import Account, AwsRoleArgs, key_arn_rule, policy_document, tags_of
from hipaa_components.aws._roles import ServiceRole, service_role, service_trust
from hipaa_components.aws._upstreams import AwsUpstream, mirrored


class AwsImageArchitecture(StrEnum):
    """The processors of nodes."""

    AMD64 = "AMD64"
    """Intel and AMD, `x86_64`."""
    ARM64 = "ARM64"
    """AWS Graviton, `arm64`."""


class AwsImageMirrorSettings(Args):
    """What is mirrored, and how it is scanned."""

    prefix: str
    """Beginning of the names of the mirror's repositories, 2 to 20 characters; one mirror in an account and region has it."""
    upstreams: Sequence[AwsUpstream]
    """The registries that are mirrored, at least one."""
    images: Sequence[str] = []
    """Images that the clusters run, `<registry>/<repository>@sha256:<digest>`: `seed_commands` pulls each of them."""
    architectures: Sequence[AwsImageArchitecture] = [AwsImageArchitecture.AMD64]
    """Processors of the nodes: each image is pulled for each of them."""
    manage_scanning: bool = True
    """Sets how the whole registry of the account and region is scanned, in place of what it had: once for each."""

    _prefix = check(
        "prefix", matches(r"(?=.{2,20}$)[a-z0-9]+([._-][a-z0-9]+)*", "2 to 20 lower-case letters or digits, with single . _ - in between")
    )
    _upstreams = check("upstreams", not_empty("A mirror of nothing has no use."))
    _images = check("images", unique(), each(image_by_digest()))
    _architectures = check("architectures", not_empty(), unique())

    def problems(self) -> Iterator[Problem]:
        """Each registry once, and each image from one of them."""
        registries = [upstream.registry for upstream in self.upstreams]
        for index, registry in enumerate(registries):
            if registry in registries[:index]:
                yield Problem("each registry once", field=f"upstreams[{index}].registry", got=registry)
        for index, image in enumerate(self.images):
            if (registry := image.partition("/")[0]) not in registries:
                yield Problem(f"an image of {', '.join(registries)}", f"Add {registry} to upstreams.", f"images[{index}]", image)


class AwsImageMirrorArgs(AwsImageMirrorSettings, AwsRoleArgs):
    """Arguments of AwsImageMirror."""

    key_arn: pulumi.Input[str]
    """ARN of the key that encrypts images."""

    _key = check("key_arn", key_arn_rule("ECR stores the full key ARN."))


class AwsImageMirror(Component):
    """A mirror of public registries: encrypted with a key of your own, scanned all the time, tags that never change.

    Serves 164.308(a)(5)(ii)(B), 164.312(c)(1) and 164.312(a)(2)(iv). ECR makes a repository when an image of it is first
    pulled, and pulls it from its registry then. Through an endpoint of a network without a way to the internet that
    first pull fails (ECR user guide): run `seed_commands` outside of the network, between the mirror and the cluster,
    under a role that may call ecr:CreateRepository and ecr:BatchImportUpstreamImage. Scans are those of Amazon
    Inspector, which ECR switches on.

    The repositories that ECR made are no part of the stack and stay after a destroy, with `ephemeral` too.
    """

    registry_prefixes: pulumi.Output[dict[str, str]]
    """What references begin with in the mirror, by the registry they began with before:
    `<account>.dkr.ecr.<region>.amazonaws.com/<prefix>/<name>/`."""
    seed_commands: pulumi.Output[list[str]]
    """Shell commands that pull each of `images` through the mirror once: a log-in, then one pull for each architecture."""
    weakenings: pulumi.Output[list[WeakeningRecord]]
    """Weakenings in force."""

    def __init__(self, name: str, args: AwsImageMirrorArgs | Mapping[str, Any], opts: pulumi.ResourceOptions | None = None) -> None:
        """Registers the template of repositories and its role, the rules and the scanning. Raises ArgsError."""
        args = AwsImageMirrorArgs.of(args, self.where(name))
        super().__init__(name, args, opts)
        account = Account.of(self)
        role = self._role(name, args, account)
        template = self._template(name, args, role)
        # A repository that came into being before the template would have none of its settings for ever.
        rules = {upstream.registry: self._rule(name, args, upstream, template) for upstream in args.upstreams}
        if args.manage_scanning:
            self._scanning(name)
        host = pulumi.Output.format("{0}.dkr.ecr.{1}.amazonaws.com", account.id, account.region)
        self.registry_prefixes = pulumi.Output.all(**{key: rule.ecr_repository_prefix for key, rule in rules.items()}, host=host).apply(
            lambda known: {registry: f"{known['host']}/{known[registry]}/" for registry in rules}
        )
        self.seed_commands = pulumi.Output.all(host, account.region, self.registry_prefixes).apply(
            lambda known: seed_commands(*known, images=args.images, architectures=args.architectures)
        )
        self.weakenings = self.weakening_records()
        self.register_outputs({})

    def _role(self, name: str, args: AwsImageMirrorArgs, account: Account) -> ServiceRole:
        """The role in which ECR makes repositories, which it needs for a key and for tags (ECR user guide)."""
        return service_role(
            self,
            f"{name}-creation",
            account.partition,
            trust=service_trust("ecr"),
            policy=pulumi.Output.all(account.partition, account.region, account.id, args.key_arn).apply(
                lambda known: creation_policy(f"arn:{known[0]}:ecr:{known[1]}:{known[2]}:repository/{args.prefix}/*", known[3], known[1])
            ),
            boundary=args.permissions_boundary_arn,
            tags=tags_of(args),
        )

    def _template(self, name: str, args: AwsImageMirrorArgs, role: ServiceRole) -> "aws.ecr.RepositoryCreationTemplate":
        """No lifecycle policy: what is pulled by its digest has no tag, and nobody could pull it again."""
        return aws.ecr.RepositoryCreationTemplate(
            f"{name}-template",
            prefix=args.prefix,
            description="Mirrors of public registries.",
            applied_fors=["PULL_THROUGH_CACHE"],
            image_tag_mutability="IMMUTABLE",
            encryption_configurations=[{"encryption_type": "KMS", "kms_key": args.key_arn}],
            custom_role_arn=role.role.arn,
            resource_tags=tags_of(args),
            opts=self.child(depends_on=role.grants),
        )

    def _rule(
        self, name: str, args: AwsImageMirrorArgs, upstream: AwsUpstream, template: pulumi.Resource
    ) -> "aws.ecr.PullThroughCacheRule":
        short = upstream.upstream.short
        return aws.ecr.PullThroughCacheRule(
            f"{name}-{short}",
            ecr_repository_prefix=f"{args.prefix}/{short}",
            upstream_registry_url=upstream.upstream.url,
            credential_arn=upstream.credential_secret_arn,
            opts=self.child(depends_on=[template]),
        )

    def _scanning(self, name: str) -> None:
        """With a rule for every repository: without a rule, enhanced scanning scans none."""
        aws.ecr.RegistryScanningConfiguration(
            f"{name}-scanning",
            scan_type="ENHANCED",
            rules=[{"scan_frequency": "CONTINUOUS_SCAN", "repository_filters": [{"filter": "*", "filter_type": "WILDCARD"}]}],
            opts=self.child(protect=True),
        )


def creation_policy(repositories: str, key_arn: str, region: str) -> str:
    """What ECR needs to make encrypted and tagged repositories (ECR user guide, roles for creation templates)."""
    return policy_document(
        [
            {"Effect": "Allow", "Action": ["ecr:CreateRepository", "ecr:ReplicateImage", "ecr:TagResource"], "Resource": repositories},
            {
                "Effect": "Allow",
                "Action": ["kms:CreateGrant", "kms:DescribeKey", "kms:RetireGrant"],
                "Resource": key_arn,
                "Condition": {"StringEquals": {"kms:ViaService": f"ecr.{region}.amazonaws.com"}},
            },
        ]
    )


def seed_commands(
    host: str, region: str, prefixes: Mapping[str, str], *, images: Sequence[str], architectures: Sequence[AwsImageArchitecture]
) -> list[str]:
    """The commands that pull images through a mirror; none without images."""
    login = f"aws ecr get-login-password --region {region} | docker login --username AWS --password-stdin {host}"
    pulls = [
        f"docker pull --platform linux/{architecture.lower()} {mirrored(image, prefixes)}"
        for image in sorted(images)
        for architecture in architectures
    ]
    return [login, *pulls] if pulls else []
