"""The way in for pipelines: a CodeBuild project in the private subnets that deploys what lies in a bucket."""

from collections.abc import Sequence

import pulumi
import pulumi_aws as aws

from hipaa_components._problems import Rule, check, matches
from hipaa_components.aws._access import AccessPath, AccessSite, AwsOperators, in_steps, profile_commands
from hipaa_components.aws._common import policy_document, role_arn_rule
from hipaa_components.aws._roles import ServiceRole, allow, service_role
from hipaa_components.aws.encryption_key import USE_ACTIONS

BUILD_MINUTES = 120
"""Longest build: a cluster with its nodes and add-ons takes under an hour to make, an hour is for what goes slowly."""

_ECR_IMAGE = r"(\d{12})\.dkr\.ecr\.([a-z0-9-]+)\.amazonaws\.com(?:\.cn)?/([a-z0-9._/-]+)@sha256:[0-9a-f]{64}"


def _image_rule() -> Rule:
    return matches(
        _ECR_IMAGE,
        "<account>.dkr.ecr.<region>.amazonaws.com/<repository>@sha256:<digest>",
        "An image by digest, from a registry that the private network reaches.",
    )


class AwsRunnerAccess(AwsOperators):
    """A CodeBuild project that runs the `buildspec.yml` of an archive in a bucket, inside the network.

    Operators take a role for an hour, which starts builds of this project and cannot replace their commands
    (`codebuild:source.buildspec`, documented and not tried here). They can point a build to another archive, as can who
    writes to the bucket: all of them can do what `deployer_role_arn` may. Containers have no privileges, and a build
    reaches the network, its endpoints and Amazon S3 only.
    """

    image: pulumi.Input[str]
    """Image with the tools of a deployment, by digest, in an ECR repository of this region."""
    source_bucket_arn: pulumi.Input[str]
    """ARN of the bucket of the archive; of Amazon S3's own encryption, or of `key_arn`."""
    source_key: str
    """Key of the archive in the bucket, a ZIP file with a `buildspec.yml`."""
    deployer_role_arn: pulumi.Input[str]
    """ARN of the role that builds take to deploy, in the variable `DEPLOYER_ROLE_ARN`; its trust names `role_arn`."""

    _image = check("image", _image_rule())
    _bucket = check(
        "source_bucket_arn",
        matches(r"arn:aws[a-z-]*:s3:::[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]", "arn:<partition>:s3:::<bucket>, without a path"),
    )
    _key = check("source_key", matches(r"(?!/)[\w!./()'-]{1,1020}\.zip", "the key of a ZIP file such as deploy/source.zip, without *"))
    _deployer = check("deployer_role_arn", role_arn_rule())


def runner_access(site: AccessSite, runner: AwsRunnerAccess) -> AccessPath:
    """Registers the project, its role, and the role of those who start builds."""
    group = site.client_group("runner", f"Builds that use the Kubernetes API of {site.cluster_name}")
    lists = aws.ec2.get_prefix_list_output(
        name=site.account.region.apply(lambda region: f"com.amazonaws.{region}.s3"), opts=pulumi.InvokeOptions(parent=site.component)
    )
    site.https_to(f"{site.name}-runner-s3", group, "Archives and layers of images in Amazon S3", prefix_list_id=lists.id)
    project_name = f"{site.name}-runner"
    project_arn = site.arn("codebuild", f"project/{project_name}")
    role = _role(site, runner, project_arn)
    project = _project(site, runner, project_name, role, group)
    operator = site.operator_role(runner, project_arn.apply(build_policy))
    site.alert("build", "codebuild", "StartBuild", {"projectName": project.name})
    facts = pulumi.Output.all(site.account.region, project.name, operator)
    return AccessPath(
        instructions=facts.apply(lambda known: runner_instructions(site.name, runner, *known)),
        security_group_ids=[group.id],
        role_arn=role.ready_arn,
    )


def _role(site: AccessSite, runner: AwsRunnerAccess, project_arn: pulumi.Output[str]) -> ServiceRole:
    facts = pulumi.Output.all(
        site.log_group_arn,
        runner.source_bucket_arn,
        site.key_arn,
        pulumi.Output.from_input(runner.image).apply(repository_arn),
        runner.deployer_role_arn,
    )
    subnets = pulumi.Output.all(*(site.arn("ec2", pulumi.Output.concat("subnet/", subnet)) for subnet in site.subnet_ids))
    interfaces = site.arn("ec2", "network-interface/*")
    return service_role(
        site.component,
        f"{site.name}-runner",
        site.account.partition,
        trust=project_arn.apply(project_trust),
        policy=pulumi.Output.all(facts, subnets, interfaces).apply(
            lambda known: runner_policy(*known[0], source_key=runner.source_key, subnet_arns=known[1], interface_arns=known[2])
        ),
        boundary=site.boundary,
        tags=site.tags,
    )


def _project(
    site: AccessSite, runner: AwsRunnerAccess, project_name: str, role: ServiceRole, group: "aws.ec2.SecurityGroup"
) -> "aws.codebuild.Project":
    source = pulumi.Output.from_input(runner.source_bucket_arn).apply(lambda bucket: f"{bucket.rpartition(':')[2]}/{runner.source_key}")
    deployer = aws.codebuild.ProjectEnvironmentEnvironmentVariableArgs(
        name="DEPLOYER_ROLE_ARN", value=runner.deployer_role_arn, type="PLAINTEXT"
    )
    return aws.codebuild.Project(
        project_name,
        name=project_name,
        description=f"Deploys to {site.cluster_name} from inside its network",
        service_role=role.role.arn,
        source=aws.codebuild.ProjectSourceArgs(type="S3", location=source),
        artifacts=aws.codebuild.ProjectArtifactsArgs(type="NO_ARTIFACTS"),
        environment=aws.codebuild.ProjectEnvironmentArgs(
            type="LINUX_CONTAINER",
            compute_type="BUILD_GENERAL1_MEDIUM",
            image=runner.image,
            image_pull_credentials_type="SERVICE_ROLE",
            privileged_mode=False,
            environment_variables=[deployer],
        ),
        vpc_config=aws.codebuild.ProjectVpcConfigArgs(vpc_id=site.vpc_id, subnets=site.subnet_ids, security_group_ids=[group.id]),
        encryption_key=site.key_arn,
        logs_config=aws.codebuild.ProjectLogsConfigArgs(
            cloudwatch_logs=aws.codebuild.ProjectLogsConfigCloudwatchLogsArgs(
                status="ENABLED", group_name=site.log_group_name, stream_name=project_name
            ),
            s3_logs=aws.codebuild.ProjectLogsConfigS3LogsArgs(status="DISABLED"),
        ),
        project_visibility="PRIVATE",
        badge_enabled=False,
        build_timeout=BUILD_MINUTES,
        concurrent_build_limit=1,  # two deployments of one stack would stand in each other's way
        tags=site.tags,
        opts=site.component.child(depends_on=role.grants),
    )


def repository_arn(image: str) -> str:
    """The ARN of the repository of an image."""
    host, _, path = image.partition("/")
    account, _, _, region, *domain = host.split(".")
    partition = "aws-cn" if domain[-1] == "cn" else "aws-us-gov" if region.startswith("us-gov-") else "aws"
    return f"arn:{partition}:ecr:{region}:{account}:repository/{path.partition('@')[0]}"


def project_trust(project_arn: str) -> str:
    """The trust policy of the runner: CodeBuild, for this project only."""
    return policy_document(
        [
            {
                "Effect": "Allow",
                "Principal": {"Service": "codebuild.amazonaws.com"},
                "Action": "sts:AssumeRole",
                "Condition": {"ArnEquals": {"aws:SourceArn": project_arn}},
            }
        ]
    )


def runner_policy(
    log_group_arn: str,
    bucket_arn: str,
    key_arn: str,
    repository: str,
    deployer_role_arn: str,
    *,
    source_key: str,
    subnet_arns: Sequence[str],
    interface_arns: str,
) -> str:
    """What builds may do of themselves: start, be logged, and take the deployer's role (CodeBuild user guide, service role).

    CodeBuild puts their network interfaces into the VPC with this role; the first of these actions know no subnets.
    """
    describe = [f"ec2:Describe{kind}" for kind in ("DhcpOptions", "NetworkInterfaces", "SecurityGroups", "Subnets", "Vpcs")]
    layers = ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]
    in_subnets = {"ArnEquals": {"ec2:Subnet": sorted(subnet_arns)}, "StringEquals": {"ec2:AuthorizedService": "codebuild.amazonaws.com"}}
    return policy_document(
        [
            allow(f"{log_group_arn}:*", "logs:CreateLogStream", "logs:PutLogEvents"),
            allow(f"{bucket_arn}/{source_key}", "s3:GetObject", "s3:GetObjectVersion"),
            allow(bucket_arn, "s3:GetBucketAcl", "s3:GetBucketLocation"),
            allow(key_arn, *sorted(USE_ACTIONS)),
            allow(repository, *layers),
            allow("*", "ecr:GetAuthorizationToken"),
            allow("*", "ec2:CreateNetworkInterface", "ec2:DeleteNetworkInterface", *describe),
            {**allow(interface_arns, "ec2:CreateNetworkInterfacePermission"), "Condition": in_subnets},
            allow(deployer_role_arn, "sts:AssumeRole"),
        ]
    )


def build_policy(project_arn: str) -> str:
    """What operators may do: start builds with the commands of the archive, follow them, stop them."""
    own_commands = {"Null": {"codebuild:source.buildspec": "true"}}
    return policy_document(
        [
            {**allow(project_arn, "codebuild:StartBuild"), "Condition": own_commands},
            allow(project_arn, "codebuild:BatchGetBuilds", "codebuild:StopBuild"),
        ]
    )


def runner_instructions(name: str, runner: AwsRunnerAccess, region: str, project: str, role_arn: str) -> str:
    """The commands of an operator."""
    start = f"BUILD=$(aws codebuild start-build --profile {name} --project-name {project} --query build.id --output text)"
    follow = f'aws codebuild batch-get-builds --profile {name} --ids "$BUILD" --query "builds[0].[currentPhase,buildStatus]"'
    return in_steps(
        (f"Once: a profile for the role. Second factor: {runner.mfa_statement}", profile_commands(name, region, role_arn)),
        ("A deployment; the archive is in its bucket", [start, follow]),
    )
