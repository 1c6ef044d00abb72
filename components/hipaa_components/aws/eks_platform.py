"""A whole platform on AWS: the cloud layer and the baseline inside its cluster, as one."""

from collections.abc import Iterator, Mapping
from typing import Any

import pulumi

from hipaa_components._agreements import AgreementRecord
from hipaa_components._component import Component
from hipaa_components._problems import Problem
from hipaa_components._weakening import WeakeningRecord
from hipaa_components.aws._cost_drivers import CostDriver
from hipaa_components.aws._eks_cloud_args import EksCloudArgs
from hipaa_components.aws.eks_baseline import REACHED, REACHED_REAPER, UNREACHED, EksBaseline, EksBaselineArgs, EksBaselineSettings
from hipaa_components.aws.eks_cloud import EksCloud
from hipaa_components.kubernetes import ExceptionRecord


class EksPlatformArgs(EksBaselineSettings, EksCloudArgs):
    """Arguments of EksPlatform: those of EksCloud and of EksBaseline."""

    def problems(self) -> Iterator[Problem]:
        """The layers agree with each other."""
        yield from super().problems()
        if not self.reachable:
            fix = "The API is private: declare access, or run EksCloud here and EksBaseline from a place with a path."
            yield Problem("at least one way to the API server", fix, "access", [])
        elif self.through is not None and self.through not in self.access_ways:
            declared = ", ".join(way.value for way in self.access_ways) or "none"
            yield Problem(f"a declared way: {declared}", "Add it to access.", "through", self.through.value)
        mirrored = [upstream.registry for upstream in self.image_mirror.upstreams] if self.image_mirror else []
        for registry, accepted, field, given in (
            (self.image_registry, REACHED, "secrets", self.secrets.value),
            (self.reaper_registry, REACHED_REAPER, "roles.reaper_image", self.roles and self.roles.reaper_image),
        ):
            if registry is not None and registry not in mirrored and (mirrored or not self.egress):
                yield Problem(accepted.format(registry=registry), UNREACHED, field, given)
        if problem := self.agent_problem(installed=self.detects_threats, without="with cluster.without_guardduty"):
            yield problem


class EksPlatform(Component):
    """A private, encrypted, logged EKS cluster with hardened namespaces, from nothing.

    Serves 164.312(a)(1), 164.312(a)(2)(ii), 164.312(a)(2)(iv), 164.312(b), 164.312(c)(1), 164.312(d), 164.312(e)(1),
    164.308(a)(1)(ii)(D), 164.308(a)(5)(ii)(B), 164.308(a)(5)(ii)(C) and 164.316(b)(2)(i). It is EksCloud and, inside its cluster, EksBaseline.

    The API server is private. What comes into being inside the cluster does so through it, so the program runs in a
    place that reaches it; from anywhere else, run the two layers as two stacks.
    """

    cluster_name: pulumi.Output[str]
    """Name of the cluster."""
    endpoint: pulumi.Output[str]
    """URL of the API server."""
    kubeconfig: pulumi.Output[str]
    """Kubeconfig without a token, for the way that this program takes."""
    vpc_id: pulumi.Output[str]
    """The network."""
    key_arns: pulumi.Output[dict[str, str]]
    """ARNs of the keys: `secrets` in etcd, `volumes`, `logs`."""
    log_group_arns: pulumi.Output[dict[str, str]]
    """ARN of each log group by its name."""
    archive_bucket_name: pulumi.Output[str]
    """Real name of the archive bucket: what the step that locks it confirms."""
    lock_status: pulumi.Output[str]
    """What the archive holds its objects by."""
    access_instructions: pulumi.Output[list[str]]
    """How people and pipelines reach the API server, for each declared way."""
    seed_commands: pulumi.Output[list[str]]
    """Commands that bring the images of `image_mirror` into it."""
    break_glass_role_arn: pulumi.Output[str]
    """ARN of the role for emergencies; empty without `break_glass`."""
    workload_role_arns: pulumi.Output[dict[str, str]]
    """ARN of the role of each service account, by `<namespace>/<service account>`."""
    namespaces: pulumi.Output[list[str]]
    """Names of the hardened namespaces, once they are guarded."""
    exceptions: pulumi.Output[list[ExceptionRecord]]
    """Rules that the controller of secrets and the roles of emergencies must break, with the object and the reason."""
    agreements: pulumi.Output[list[AgreementRecord]]
    """The contracts in force, for the evidence (164.308(b)(1))."""
    not_fips: pulumi.Output[list[str]]
    """With `fips`, what validated cryptography does not cover; empty without it."""
    cost_drivers: pulumi.Output[list[CostDriver]]
    """The main cost drivers as quantities, with the argument that changes each."""
    weakenings: pulumi.Output[list[WeakeningRecord]]
    """Weakenings in force on the platform and its parts."""

    def __init__(self, name: str, args: EksPlatformArgs | Mapping[str, Any], opts: pulumi.ResourceOptions | None = None) -> None:
        """Registers both layers. Raises ArgsError, and LockOutError before a cluster that nobody could reach."""
        args = EksPlatformArgs.of(args, self.where(name))
        super().__init__(name, args, opts)
        settings = args.fields()
        cloud = EksCloud(name, EksCloudArgs(**{field: settings[field] for field in EksCloudArgs.model_fields}), self.child())
        inside = {field: settings[field] for field in EksBaselineSettings.model_fields}
        after = self.child(depends_on=cloud.inside_needs)
        baseline = EksBaseline(name, EksBaselineArgs(cloud=cloud.facts, guardduty_agent=args.detects_threats, **inside), after)

        self.cluster_name, self.endpoint, self.kubeconfig = cloud.cluster_name, cloud.endpoint, baseline.kubeconfig
        self.vpc_id, self.key_arns, self.log_group_arns = cloud.vpc_id, cloud.key_arns, cloud.log_group_arns
        self.archive_bucket_name, self.lock_status = cloud.archive_bucket_name, cloud.lock_status
        self.access_instructions, self.seed_commands = cloud.access_instructions, cloud.seed_commands
        self.break_glass_role_arn, self.workload_role_arns = cloud.break_glass_role_arn, cloud.workload_role_arns
        self.namespaces, self.agreements, self.not_fips = baseline.namespaces, cloud.agreements, cloud.not_fips
        self.cost_drivers, self.exceptions = cloud.cost_drivers, baseline.exceptions
        self.weakenings = self.weakening_records()
        self.register_outputs({})
