"""The nodes of an EKS cluster: managed node groups on encrypted disks, with instance metadata that pods cannot reach."""

import base64
import re
from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum

import pulumi
import pulumi_aws as aws

from hipaa_components._args import Args
from hipaa_components._component import Component
from hipaa_components._names import NAME_ONCE, fit
from hipaa_components._problems import Problem, between, check, each, matches, not_empty, unique
from hipaa_components._weakening import StandardWeakening

GROUP_PREFIX_LENGTH = 37
"""Longest name prefix of a node group: 63 characters less the 26 that the AWS provider appends."""

TEMPLATE_PREFIX_LENGTH = 102
"""Longest name prefix of a launch template: 128 characters less the same 26."""

LARGEST_DISK_GIB = 16384
"""Largest gp3 volume that every region has."""


class EksAmiType(StrEnum):
    """Operating system of the nodes; EKS writes the x small."""

    BOTTLEROCKET_X86_64 = "BOTTLEROCKET_x86_64"
    """Bottlerocket on Intel or AMD processors."""
    BOTTLEROCKET_X86_64_FIPS = "BOTTLEROCKET_x86_64_FIPS"
    """Bottlerocket with FIPS 140-3 cryptography on Intel or AMD processors."""
    BOTTLEROCKET_ARM_64 = "BOTTLEROCKET_ARM_64"
    """Bottlerocket on Graviton processors."""
    BOTTLEROCKET_ARM_64_FIPS = "BOTTLEROCKET_ARM_64_FIPS"
    """Bottlerocket with FIPS 140-3 cryptography on Graviton processors."""
    AL2023_X86_64_STANDARD = "AL2023_x86_64_STANDARD"
    """Amazon Linux 2023 on Intel or AMD processors."""
    AL2023_ARM_64_STANDARD = "AL2023_ARM_64_STANDARD"
    """Amazon Linux 2023 on Graviton processors."""

    @property
    def bottlerocket(self) -> bool:
        """Whether the nodes run Bottlerocket, which has two disks and reads its settings as TOML."""
        return self.value.startswith("BOTTLEROCKET")

    @property
    def arm(self) -> bool:
        """Whether the nodes have Graviton processors."""
        return "ARM_64" in self.value


class EksCapacity(StrEnum):
    """How instances are bought."""

    ON_DEMAND = "ON_DEMAND"
    """An instance stays until it is given back."""
    SPOT = "SPOT"
    """Cheaper; AWS may take an instance back within two minutes."""


class EksTaintEffect(StrEnum):
    """What a taint does to pods that do not tolerate it."""

    NO_SCHEDULE = "NO_SCHEDULE"
    """New pods stay away."""
    PREFER_NO_SCHEDULE = "PREFER_NO_SCHEDULE"
    """New pods stay away while there is room elsewhere."""
    NO_EXECUTE = "NO_EXECUTE"
    """New pods stay away and running ones are evicted."""


class EksTaint(Args):
    """Keeps pods that do not tolerate it off the nodes."""

    key: str
    """Key of the taint."""
    value: str = ""
    """Value of the taint."""
    effect: EksTaintEffect
    """What happens to pods that do not tolerate it."""

    _key = check("key", not_empty())


def _no_system_label(value: Mapping[str, str]) -> Problem | None:
    """A kubelet with a label of Kubernetes's own does not register (Kubernetes, NodeRestriction)."""
    for key in value:
        domain = key.rpartition("/")[0]
        own = re.search(r"(^|\.)(kubernetes|k8s)\.io$", domain)
        if own and not re.search(r"(^|\.)(node|kubelet)\.kubernetes\.io$", domain):
            return Problem("labels outside kubernetes.io and k8s.io", "Nodes cannot give themselves labels of Kubernetes.", f"[{key}]", key)
    return None


class EksNodeGroup(Args):
    """Arguments of one managed node group."""

    name: str
    """Name of the group, 1 to 40 characters; EKS sees it with a unique ending."""
    ami_type: EksAmiType = EksAmiType.BOTTLEROCKET_X86_64
    """Operating system; must fit the processors of `instance_types`."""
    instance_types: Sequence[str] = ["m7i.large"]
    """Instance types, the preferred first."""
    min_size: int = 2
    """Fewest nodes."""
    desired_size: int = 2
    """Nodes at creation; afterwards an autoscaler or a person may change it."""
    max_size: int = 6
    """Most nodes."""
    root_gib: int = 20
    """Size of the disk of the operating system, in GiB, at least 20."""
    data_gib: int = 100
    """Size of the disk of images, logs and pod storage, in GiB, at least 20; AL2023 has one disk of both sizes."""
    labels: Mapping[str, str] = {}
    """Kubernetes labels of the nodes."""
    taints: Sequence[EksTaint] = []
    """Kubernetes taints of the nodes."""
    capacity: EksCapacity = EksCapacity.ON_DEMAND
    """How instances are bought."""
    max_unavailable_percent: int = 33
    """Share of the nodes that an update replaces at a time, 1 to 100."""
    admin_container: StandardWeakening | None = None
    """Weakening: Bottlerocket's admin container runs, a root shell on the node."""

    _name = check("name", matches(r"[A-Za-z0-9][A-Za-z0-9_-]{0,39}", "1 to 40 letters, digits, - or _, beginning with a letter or digit"))
    _types = check(
        "instance_types",
        not_empty(),
        unique(),
        each(matches(r"[a-z0-9-]+\.[a-z0-9-]+", "an instance type such as m7i.large")),
    )
    _root = check("root_gib", between(20, LARGEST_DISK_GIB))
    _data = check("data_gib", between(20, LARGEST_DISK_GIB))
    _labels = check("labels", _no_system_label)
    _unavailable = check("max_unavailable_percent", between(1, 100))

    def problems(self) -> Iterator[Problem]:
        """Sizes are in order, processors fit, and what only Bottlerocket has is asked of Bottlerocket only."""
        if not 1 <= self.min_size <= self.desired_size <= self.max_size:
            sizes = f"min_size {self.min_size}, desired_size {self.desired_size}, max_size {self.max_size}"
            yield Problem("1 <= min_size <= desired_size <= max_size", field="min_size", got=sizes)
        for index, instance in enumerate(self.instance_types):
            if is_arm(instance) != self.ami_type.arm:
                processor = "an ARM_64" if is_arm(instance) else "an x86_64"
                yield Problem(
                    f"instance types for {self.ami_type}", f"{instance} needs {processor} ami_type.", f"instance_types[{index}]", instance
                )
        if self.admin_container is not None and not self.ami_type.bottlerocket:
            yield Problem("only with a BOTTLEROCKET ami_type", "AL2023 has no admin container.", "admin_container")


def is_arm(instance_type: str) -> bool:
    """Whether an instance type has Graviton processors: a g after the generation, or the family a1 (EC2 naming conventions)."""
    family = instance_type.partition(".")[0]
    return family == "a1" or re.fullmatch(r"[a-z]+\d+[a-z]*g[a-z]*", family) is not None


def bottlerocket_settings(*, admin_container: bool) -> str:
    """User data of Bottlerocket nodes as TOML: no root shell, and a kernel that root cannot change."""
    return f"""[settings.host-containers.admin]
enabled = {str(admin_container).lower()}

[settings.kernel]
lockdown = "integrity"
"""


def node_group(
    component: Component,
    name: str,
    group: EksNodeGroup,
    cluster: "aws.eks.Cluster",
    *,
    role_arn: pulumi.Input[str],
    subnet_ids: pulumi.Input[Sequence[pulumi.Input[str]]],
    volume_key_arn: pulumi.Input[str],
    depends_on: Sequence[pulumi.Resource],
    tags: Mapping[str, str],
) -> "aws.eks.NodeGroup":
    """Registers the launch template and the node group; a replaced group exists before the old one goes."""
    template = _launch_template(component, name, group, cluster, volume_key_arn, tags)
    return aws.eks.NodeGroup(
        f"{name}-{group.name}",
        cluster_name=cluster.name,
        node_group_name_prefix=f"{fit(group.name, GROUP_PREFIX_LENGTH - 1)}-",
        version=cluster.version,  # nodes follow the cluster's version
        ami_type=group.ami_type.value,
        instance_types=list(group.instance_types),
        capacity_type=group.capacity.value,
        node_role_arn=role_arn,
        subnet_ids=subnet_ids,
        scaling_config=aws.eks.NodeGroupScalingConfigArgs(
            min_size=group.min_size, desired_size=group.desired_size, max_size=group.max_size
        ),
        update_config=aws.eks.NodeGroupUpdateConfigArgs(max_unavailable_percentage=group.max_unavailable_percent),
        node_repair_config=aws.eks.NodeGroupNodeRepairConfigArgs(enabled=True),
        # "$Latest" would differ for ever: EKS returns a number.
        launch_template=aws.eks.NodeGroupLaunchTemplateArgs(id=template.id, version=template.latest_version.apply(str)),
        labels=dict(group.labels),
        taints=[aws.eks.NodeGroupTaintArgs(key=taint.key, value=taint.value, effect=taint.effect.value) for taint in group.taints],
        tags=tags,
        opts=component.child(depends_on=list(depends_on), ignore_changes=["scalingConfig.desiredSize"]),
    )


def _launch_template(
    component: Component,
    name: str,
    group: EksNodeGroup,
    cluster: "aws.eks.Cluster",
    volume_key_arn: pulumi.Input[str],
    tags: Mapping[str, str],
) -> "aws.ec2.LaunchTemplate":
    """Image, instance profile and security group are left to EKS; key pairs and public addresses there are none."""
    named = cluster.name.apply(lambda cluster_name: {**tags, "Name": f"{cluster_name}-{group.name}"})
    if group.ami_type.bottlerocket:
        disks = {"/dev/xvda": group.root_gib, "/dev/xvdb": group.data_gib}
        settings = bottlerocket_settings(admin_container=group.admin_container is not None)
        user_data = base64.b64encode(settings.encode()).decode()
    else:
        disks, user_data = {"/dev/xvda": group.root_gib + group.data_gib}, None
    return aws.ec2.LaunchTemplate(
        f"{name}-{group.name}-template",
        name_prefix=f"{fit(f'{name}-{group.name}', TEMPLATE_PREFIX_LENGTH - 1)}-",
        update_default_version=True,
        # One hop: the answer of the metadata service never leaves the node's own network namespace.
        metadata_options=aws.ec2.LaunchTemplateMetadataOptionsArgs(
            http_endpoint="enabled", http_tokens="required", http_put_response_hop_limit=1, instance_metadata_tags="disabled"
        ),
        block_device_mappings=[_disk(device, gib, volume_key_arn) for device, gib in disks.items()],
        monitoring=aws.ec2.LaunchTemplateMonitoringArgs(enabled=True),
        tag_specifications=[
            aws.ec2.LaunchTemplateTagSpecificationArgs(resource_type=kind, tags=named)
            for kind in ("instance", "network-interface", "volume")
        ],
        user_data=user_data,
        tags=tags,
        opts=component.child(ignore_changes=NAME_ONCE),
    )


def _disk(device: str, gib: int, key_arn: pulumi.Input[str]) -> "aws.ec2.LaunchTemplateBlockDeviceMappingArgs":
    return aws.ec2.LaunchTemplateBlockDeviceMappingArgs(
        device_name=device,
        ebs=aws.ec2.LaunchTemplateBlockDeviceMappingEbsArgs(
            volume_type="gp3",
            volume_size=gib,
            encrypted="true",  # a string here, and the next one too
            delete_on_termination="true",
            kms_key_id=key_arn,
        ),
    )
