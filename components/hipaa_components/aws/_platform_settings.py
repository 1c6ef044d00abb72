"""What every layer of a platform on EKS has in common, and what the cloud layer hands over to the baseline."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from functools import partial
from typing import Any

import pulumi

from hipaa_components._args import Args, ArgsError
from hipaa_components._problems import Problem, check, one_of
from hipaa_components.aws._common import AwsRoleArgs, cluster_arn_rule, cluster_name_rule, key_arn_rule
from hipaa_stack.baseline import DataClassification


class AwsAccessWay(StrEnum):
    """A way to a private API server (AwsPrivateAccess)."""

    SSM = "SSM"
    """A port that a session of Systems Manager forwards."""
    CLIENT_VPN = "CLIENT_VPN"
    """AWS Client VPN: the endpoint is reached directly."""
    RUNNER = "RUNNER"
    """A runner inside the network: the endpoint is reached directly."""
    EXISTING = "EXISTING"
    """A path of another team: directly, or through its proxy."""


class EksPlatformSettings(AwsRoleArgs):
    """What every layer of a platform has."""

    cluster_name: str
    """Name of the cluster, and the beginning of the names of keys and log groups."""
    data_classification: DataClassification = DataClassification.PHI
    """The most sensitive data on the platform: PHI or SYNTHETIC."""

    _platform_name = check("cluster_name", cluster_name_rule())
    _platform_data = check(
        "data_classification", one_of((DataClassification.PHI, DataClassification.SYNTHETIC), "A platform without data is SYNTHETIC.")
    )

    def ephemeral_patient_data(self) -> Problem | None:
        """Patient data is never ephemeral."""
        if self.data_classification is DataClassification.SYNTHETIC or self.ephemeral is None:
            return None
        return Problem("absent with PHI", "Patient data is never ephemeral: say SYNTHETIC, or protect it.", "ephemeral", self.ephemeral)


class EksCloudFacts(Args):
    """A cluster and what surrounds it, as far as what is inside must know it: the output `platform` of EksCloud."""

    cluster_name: pulumi.Input[str]
    """Name of the cluster."""
    cluster_arn: pulumi.Input[str]
    """ARN of the cluster."""
    endpoint: pulumi.Input[str]
    """URL of the API server."""
    certificate_authority: pulumi.Input[str]
    """Certificate authority of the API server, PEM in base64."""
    region: pulumi.Input[str]
    """AWS region of the cluster."""
    vpc_cidr: pulumi.Input[str]
    """Network of the VPC."""
    service_cidr: pulumi.Input[str]
    """Network of Kubernetes services."""
    volume_key_arn: pulumi.Input[str]
    """Full ARN of the KMS key of persistent volumes."""
    guardduty: pulumi.Input[bool] = True
    """Whether GuardDuty watches the cluster."""
    paths: pulumi.Input[Sequence[Mapping[str, str]]] = []  # noqa: RUF012 - pydantic copies it
    """The declared ways to the API server: `way`, `proxy_url`, `local_endpoint`, `tls_server_name`; without one it is reached
    directly."""
    egress: pulumi.Input[bool] = True
    """Whether anything outside of the network can be reached, images of public registries among it."""
    registry_prefixes: pulumi.Input[Mapping[str, str]] = {}  # noqa: RUF012 - pydantic copies it
    """What references of images begin with in the image mirror, by the registry that they began with before."""

    _arn = check("cluster_arn", cluster_arn_rule())
    _key = check("volume_key_arn", key_arn_rule())

    @classmethod
    def of_stack(cls, stack: pulumi.StackReference) -> "EksCloudFacts":
        """The facts in the output `platform` of another stack. Raises ArgsError, at update, where it lacks one."""
        platform = stack.get_output("platform")
        return cls(**{name: platform.apply(partial(_fact, name)) for name in cls.model_fields})

    def as_output(self) -> pulumi.Output[dict[str, Any]]:
        """The facts as the output of a stack."""
        return pulumi.Output.all(**self.fields())


def _fact(name: str, platform: Mapping[str, Any] | None) -> Any:
    if platform is None or name not in platform:
        accepted = "the stack of an EksCloud. Bring it up with this version of the program first."
        raise ArgsError("cloud_stack", [("", f"its output `platform` has no {name}; accepted: {accepted}")])
    return platform[name]
