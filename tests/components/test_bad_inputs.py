"""Mistakes: each is one clear line, at construction, whoever makes it and however, and none reaches a provider."""

import pulumi
import pytest

from hipaa_components import ArgsError, aws, kubernetes
from hipaa_components.package import components

COMPONENTS = {component.__name__: component for component in components()}
MODELS = {name: getattr(aws, f"{name}Args", None) or getattr(kubernetes, f"{name}Args") for name in COMPONENTS}

BAA = {"party": "Amazon Web Services", "kind": "BAA", "reference": "AWS Artifact", "effective": "2025-01-01", "covers": ["aws"]}
JUSTIFIED = {"how_still_met": "The data is synthetic and made anew every night.", "approver": "Security officer"}
CLINIC = {"name": "clinic", "owner": "clinic-team"}
KEY = "arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555"
ROLE = "arn:aws:iam::123456789012:role/clinicians"
NETWORK = {"platform": "EKS", "api_server_cidrs": ["10.64.0.0/16"]}
CI = {
    "issuer_url": "https://token.actions.githubusercontent.com",
    "audience": "sts.amazonaws.com",
    "subjects": ["repo:clinic/platform:ref:refs/heads/main"],
}


def cluster(**change):
    """The cluster of a platform, with a mistake."""
    return {"cluster": {"admin_principal_arns": [ROLE], **change}}


def nodes(**change):
    return {"node_groups": [{"name": "general", **change}]}


def namespaces(**change):
    return {"namespaces": [{"name": "tools", "owner": "platform-team", "data_classification": "NONE", **change}]}


TABLE = [
    # A name, a kind or a shape that is not known
    ("AwsEncryptionKey", {"rotation": 365}, "rotation: unknown argument; accepted: tags, ephemeral, uses, alias"),
    ("AwsEncryptionKey", {"aliass": "x"}, "aliass: unknown argument; accepted: tags, ephemeral, uses, alias"),
    ("AwsEncryptionKey", {"uses": "EBS"}, "uses: got 'EBS'; accepted: a list, each item one of EKS_SECRETS, CLOUDWATCH_LOGS, EBS"),
    ("AwsEncryptionKey", {"uses": ["EBS", "RDS"]}, "uses[1]: got 'RDS'; accepted: one of EKS_SECRETS, CLOUDWATCH_LOGS, EBS"),
    ("AwsEncryptionKey", {"rotation_days": "yearly"}, "rotation_days: got 'yearly'; accepted: a whole number."),
    ("AwsEncryptionKey", {"tags": ["team"]}, "tags: got ['team']; accepted: a mapping of names to values."),
    ("AwsEncryptionKey", {"tags": {"team": 7}}, "tags.team: got 7; accepted: a string."),
    ("AwsEncryptionKey", {"create_autoscaling_role": "perhaps"}, "create_autoscaling_role: got 'perhaps'; accepted: true or false."),
    ("AwsAuditLogs", {"key_arn": None}, "key_arn: got None; accepted: a string or an Output."),
    ("AwsAuditLogs", {"log_groups": {"name": "/clinic"}}, "log_groups: got {'name': '/clinic'}; accepted: a list, each item AwsLogGroup with name, kind."),
    ("AwsAuditLogs", {"log_groups": [{"name": "/clinic"}]}, "log_groups[0].kind: missing; accepted: one of EKS_CONTROL_PLANE, VPC_FLOW"),
    ("AwsNetwork", {"az_count": 2.5}, "az_count: got 2.5; accepted: a whole number."),
    ("AwsNetwork", {"nat_egress": True}, "nat_egress: got True; accepted: AwsNatEgress with how_still_met, approver, per_zone"),
    ("EksCluster", {"kubernetes_version": 1.35}, "kubernetes_version: got 1.35; accepted: a string."),
    ("EksCluster", {"node_groups": [{"name": "general", "size": 3}]}, "node_groups[0].size: unknown argument; accepted: name, ami_type"),
    ("EksCluster", {"node_groups": [{}]}, "node_groups[0].name: missing; accepted: a string."),
    ("HardenedNamespace", {"quota": {"pod": 5}}, "quota.pod: unknown argument; accepted: pods, requests_cpu"),
    ("HardenedNamespace", {"network": "EKS"}, "network: got 'EKS'; accepted: ClusterNetwork with platform, api_server_cidrs"),
    ("PlatformWorkloads", {"storage": {}}, "storage.key: missing; accepted: a string or an Output."),
    # Keys
    ("AwsEncryptionKey", {"uses": []}, "uses: got []; accepted: at least one."),
    ("AwsEncryptionKey", {"uses": ["EBS", "EBS"]}, "uses: got 'EBS'; accepted: each value once."),
    ("AwsEncryptionKey", {"alias": "alias/clinic"}, "alias: got 'alias/clinic'; accepted: 1 to 240 letters"),
    ("AwsEncryptionKey", {"rotation_days": 30}, "rotation_days: got 30; accepted: 90 to 2560."),
    ("AwsEncryptionKey", {"deletion_window_days": 7}, "deletion_window_days: got 7; accepted: 30, or 7 to 29 with short_deletion_window."),
    ("AwsEncryptionKey", {"existing_key_arn": "alias/clinic"}, "existing_key_arn: got 'alias/clinic'; accepted: arn:<partition>:kms"),
    ("AwsEncryptionKey", {"log_group_names": ["/clinic"]}, "log_group_names: got ['/clinic']; accepted: at least one name with the use CLOUDWATCH_LOGS"),
    ("AwsEncryptionKey", {"tags": {"aws:owner": "me"}}, "tags: got 'aws:owner'; accepted: names of 1 to 128 letters"),
    ("AwsEncryptionKey", {"tags": {"note": "x" * 257}}, "tags[note]: got 'xxx"),
    ("AwsEncryptionKey", {"tags": {"hipaa-stack:exceptions": ""}}, "tags: got 'hipaa-stack:exceptions'; accepted: names that do not begin with"),
    # Logs
    ("AwsAuditLogs", {"log_groups": []}, "log_groups: got []; accepted: at least one."),
    ("AwsAuditLogs", {"log_groups": [{"name": "a b", "kind": "VPC_FLOW"}]}, "log_groups[0].name: got 'a b'; accepted: 1 to 512 letters"),
    ("AwsAuditLogs", {"hot_days": {"EKS_CONTROL_PLANE": 365}}, "hot_days[EKS_CONTROL_PLANE]: got 365; accepted: 2192 or more"),
    ("AwsAuditLogs", {"hot_days": {"VPC_FLOW": 100}}, "hot_days[VPC_FLOW]: got 100; accepted: 90, 120"),
    ("AwsAuditLogs", {"hot_days": {"DNS": 400}}, "hot_days: got 'DNS'; accepted: EKS_CONTROL_PLANE, VPC_FLOW"),
    # Secrets and roles of workloads
    ("AwsSecret", {"secret_name": "clinic/db-abc123"}, "secret_name: got 'clinic/db-abc123'; accepted: 1 to 512 letters"),
    ("AwsSecret", {"rotated_by": {"owner": "Vendor", "days": 30}}, "rotation: got 'rotation and rotated_by'; accepted: exactly one of rotation, rotated_by and without_rotation. Say how"),
    ("AwsSecret", {"reader_role_arns": []}, "reader_role_arns: got []; accepted: at least one. A secret that nobody may read has no use."),
    ("AwsSecret", {"rotation": {"lambda_arn": "rotate", "role_arn": ROLE}}, "rotation.lambda_arn: got 'rotate'; accepted: arn:<partition>:lambda"),
    ("AwsBreakGlassRole", {"user_arns": []}, "user_arns: got []; accepted: at least one user with mode IAM_USER."),
    ("AwsBreakGlassRole", {"mfa_max_age_seconds": 43200}, "mfa_max_age_seconds: got 43200; accepted: 900 to 3600."),
    ("AwsWorkloadRole", {"service_account": "default"}, "service_account: got 'default'; accepted: a service account other than default"),
    ("AwsWorkloadRole", {"secret_arns": ["*"]}, "secret_arns[0]: got '*'; accepted: arn:<partition>:secretsmanager"),
    ("AwsWorkloadRole", {"mode": "IRSA"}, "oidc_issuer: got None; accepted: the issuer of the cluster with mode IRSA"),
    # Ways to the API server
    ("AwsPrivateAccess", {"ssm": None}, "ssm: got None; accepted: exactly one of ssm, client_vpn, runner and existing. Say how"),
    ("AwsPrivateAccess", {"existing": {"client_cidrs": ["10.0.0.0/16"]}}, "ssm: got 'ssm and existing'; accepted: exactly one of ssm, client_vpn, runner and existing. Declare"),
    ("AwsPrivateAccess", {"ssm": {"operator_role_arns": [], "mfa_statement": "The directory asks for it."}}, "ssm.operator_role_arns: got []; accepted: at least one."),
    ("AwsPrivateAccess", {"ssm": {"operator_role_arns": [ROLE], "mfa_statement": "yes"}}, "ssm.mfa_statement: got 'yes'; accepted: at least 20 characters"),
    ("AwsPrivateAccess", {"ssm": None, "existing": {"client_cidrs": ["0.0.0.0/0"]}}, "existing.client_cidrs[0]: got '0.0.0.0/0'; accepted: an IPv4 network of /16"),
    ("AwsPrivateAccess", {"vpc_cidr": "the office"}, "vpc_cidr: got 'the office'; accepted: the network of the VPC"),
    ("AwsPrivateAccess", {"subnet_ids": []}, "subnet_ids: got []; accepted: at least one."),
    ("AwsAuditLogs", {"siem": {"destination_arn": "siem"}}, "siem.destination_arn: got 'siem'; accepted: the ARN of a Kinesis or Firehose stream"),
    ("AwsAuditArchive", {"retention_days": 365}, "retention_days: got 365; accepted: 2192 to 3653, or fewer with short_retention."),
    ("AwsAuditArchive", {"lock_mode": "COMPLIANCE"}, "lock_mode: got 'COMPLIANCE'; accepted: GOVERNANCE, or COMPLIANCE with confirm_lock_of or locked_bucket."),
    ("AwsAuditArchive", {"confirm_lock_of": "Archive"}, "confirm_lock_of: got 'Archive'; accepted: the real name of the archive bucket"),
    ("AwsAuditArchive", {"locked_bucket": "archive-1"}, "locked_bucket: got 'archive-1'; accepted: absent with GOVERNANCE."),
    ("AwsAuditArchive", {"landing_days": 3}, "landing_days: got 3; accepted: 14 to 365."),
    ("AwsAuditArchive", {"glacier_after_days": 10}, "glacier_after_days: got 10; accepted: 0 for never, or 30 and more."),
    ("AwsAuditArchive", {"deep_archive_after_days": 100}, "deep_archive_after_days: got 100; accepted: 0, or 180 and more"),
    ("AwsAuditAlerts", {"alert_endpoints": []}, "alert_endpoints: got []; accepted: at least one. An alert that reaches nobody"),
    ("AwsAuditAlerts", {"alert_endpoints": [{"protocol": "EMAIL", "endpoint": "me"}]}, "alert_endpoints[0].endpoint: got 'me'; accepted: an e-mail address for EMAIL"),
    ("AwsAuditAlerts", {"log_group_arn": "/clinic"}, "log_group_arn: got '/clinic'; accepted: the ARN of a log group /aws/eks"),
    # Detection and images
    ("AwsThreatDetection", {"existing_detector_id": "default"}, "existing_detector_id: got 'default'; accepted: the id of a detector: 32 digits"),
    ("AwsThreatDetection", {"existing_features": ["EKS_AUDIT_LOGS"]}, "existing_features: got ['EKS_AUDIT_LOGS']; accepted: absent without existing_detector_id."),
    ("AwsThreatDetection", {"topic_arn": "alerts"}, "topic_arn: got 'alerts'; accepted: arn:<partition>:sns"),
    ("AwsImageMirror", {"prefix": "Mirror"}, "prefix: got 'Mirror'; accepted: 2 to 20 lower-case letters"),
    ("AwsImageMirror", {"upstreams": [{"registry": "ghcr.io"}]}, "upstreams[0].credential_secret_arn: got None; accepted: the ARN of a secret with an account of ghcr.io. ghcr.io needs credential_secret_arn."),
    ("AwsImageMirror", {"upstreams": [{"registry": "gcr.io"}]}, "upstreams[0].registry: got 'gcr.io'; accepted: public.ecr.aws, registry.k8s.io"),
    ("AwsImageMirror", {"images": ["registry.k8s.io/pause:3.10"]}, "images[0]: got 'registry.k8s.io/pause:3.10'; accepted: <registry>/<repository>@sha256"),
    ("AwsRepository", {"repository_name": "Clinic"}, "repository_name: got 'Clinic'; accepted: 2 to 256 lower-case letters"),
    ("AwsRepository", {"reader_role_arns": []}, "reader_role_arns: got []; accepted: at least one. Images that nobody may pull have no use."),
    ("AwsRepository", {"mutable_tags": True}, "mutable_tags: got True; accepted: StandardWeakening with how_still_met, approver."),
    ("EksAddons", {"addon_versions": {"aws-guardduty-agent": "v1.10.0-eksbuild.2"}}, "addon_versions: got 'aws-guardduty-agent'; accepted: no version of aws-guardduty-agent without guardduty_agent."),
    # State and deployer
    ("AwsStateBackend", {"components": ["GkePlatform"]}, "components[0]: got 'GkePlatform'; accepted: one of AwsAuditAlerts, AwsAuditArchive"),
    ("AwsStateBackend", {"components": []}, "components: got []; accepted: at least one. A deployer of nothing has no use."),
    ("AwsStateBackend", {"admin_role_arns": []}, "admin_role_arns: got []; accepted: at least one. Somebody must be able to repair the state."),
    ("AwsStateBackend", {"admin_role_arns": ["arn:aws:iam::123456789012:root"]}, "admin_role_arns[0]: got 'arn:aws:iam::123456789012:root'; accepted: arn"),
    ("AwsStateBackend", {"runner_role_arns": ["runner"]}, "runner_role_arns[0]: got 'runner'; accepted: arn"),
    ("AwsStateBackend", {"ci": {**CI, "subjects": ["repo:clinic/platform:*"]}}, "ci.subjects[0]: got 'repo:clinic/platform:*'; accepted: an exact subject, without * and ?. A pattern admits"),
    ("AwsStateBackend", {"ci": {**CI, "subjects": ["repo:clinic/platform:pull_request"]}}, "ci.subjects[0]: got 'repo:clinic/platform:pull_request'; accepted: a branch, tag or environment. Everybody"),
    ("AwsStateBackend", {"ci": {**CI, "subjects": []}}, "ci.subjects: got []; accepted: at least one. Name the jobs that deploy."),
    ("AwsStateBackend", {"ci": {**CI, "audience": "*"}}, "ci.audience: got '*'; accepted: the exact audience"),
    ("AwsStateBackend", {"ci": {**CI, "issuer_url": "http://login.example.com"}}, "ci.issuer_url: got 'http://login.example.com'; accepted: an https URL"),
    ("AwsStateBackend", {"ci": {**CI, "existing_provider_arn": "github"}}, "ci.existing_provider_arn: got 'github'; accepted: arn:<partition>:iam"),
    ("AwsStateBackend", {"ci": {**CI, "existing_provider_arn": "arn:aws:iam::123456789012:oidc-provider/gitlab.com"}}, "ci.existing_provider_arn: got 'arn:aws:iam::123456789012:oidc-provider/gitlab.com'; accepted: the provider of token.actions"),
    # Network
    ("AwsNetwork", {"cidr": "8.8.0.0/16"}, "cidr: got '8.8.0.0/16'; accepted: an RFC 1918 network from /16 to /22"),
    ("AwsNetwork", {"cidr": "10.64.0.1/16"}, "cidr: got '10.64.0.1/16'; accepted: an RFC 1918 network from /16 to /22, such as 10.64.0.0/16. The canonical form"),
    ("AwsNetwork", {"cidr": "ten"}, "cidr: got 'ten'; accepted: an RFC 1918 network"),
    ("AwsNetwork", {"az_count": 1}, "az_count: got 1; accepted: 2 to 6. EKS needs two zones."),
    ("AwsNetwork", {"zone_names": ["us-east-1a"]}, "zone_names: got ['us-east-1a']; accepted: 3 names, as many as az_count. Set both."),
    ("AwsNetwork", {"zone_names": ["a", "b", "c"]}, "zone_names[0]: got 'a'; accepted: the name of a zone such as us-east-1a"),
    ("AwsNetwork", {"nat_egress": JUSTIFIED}, "nat_egress: got {'how_still_met'"),
    ("AwsNetwork", {"nat_egress": {**JUSTIFIED, "allow_domains": ["*.example.com"]}}, "nat_egress.allow_domains[0]: got '*.example.com'; accepted: a host"),
    ("AwsNetwork", {"nat_egress": {**JUSTIFIED, "allow_cidrs": ["0.0.0.0/0"]}}, "nat_egress.allow_cidrs[0]: got '0.0.0.0/0'; accepted: an IPv4 network"),
    ("AwsNetwork", {"flow_log_group_arn": "/clinic/flow"}, "flow_log_group_arn: got '/clinic/flow'; accepted: arn:<partition>:logs"),
    ("AwsNetwork", {"components": ["NODES", "NODES"]}, "components: got 'NODES'; accepted: each value once."),
    # Cluster
    ("EksCluster", {"kubernetes_version": "1.29"}, "kubernetes_version: got '1.29'; accepted: 1.34 or newer, such as 1.35. Standard support"),
    ("EksCluster", {"subnet_ids": ["subnet-1"]}, "subnet_ids: got ['subnet-1']; accepted: at least two subnets. EKS needs two zones."),
    ("EksCluster", {"admin_principal_arns": []}, "admin_principal_arns: got []; accepted: at least one. A cluster without an administrator"),
    ("EksCluster", {"admin_principal_arns": ["arn:aws:iam::123456789012:user/jane"]}, "admin_principal_arns[0]: got 'arn:aws:iam::123456789012:user/jane'; accepted: arn"),
    ("EksCluster", {"cluster_name": "other"}, "log_group_arn: got 'arn:aws:logs"),
    ("EksCluster", {"public_endpoint": {**JUSTIFIED, "cidrs": ["0.0.0.0/0"]}}, "public_endpoint.cidrs[0]: got '0.0.0.0/0'; accepted: an IPv4 network of /24"),
    ("EksCluster", {"access_entries": [{"principal_arn": ROLE, "groups": ["system:masters"]}]}, "access_entries[0].groups[0]: got 'system:masters'; accepted: a group"),
    ("EksCluster", {"oidc": {"issuer_url": "http://login.example.com", "client_id": "k"}}, "oidc.issuer_url: got 'http://login.example.com'; accepted: an https URL"),
    ("EksCluster", nodes(min_size=5), "node_groups[0].min_size: got 'min_size 5, desired_size 2, max_size 6'; accepted: 1 <= min_size"),
    ("EksCluster", nodes(instance_types=["m7g.large"]), "node_groups[0].instance_types[0]: got 'm7g.large'; accepted: instance types for BOTTLEROCKET_x86_64"),
    ("EksCluster", nodes(labels={"kubernetes.io/role": "x"}), "node_groups[0].labels[kubernetes.io/role]: got 'kubernetes.io/role'; accepted: labels outside"),
    ("EksAddons", {"volume_key_arn": "11111111-2222-3333-4444-555555555555"}, "volume_key_arn: got '11111111-2222-3333-4444-555555555555'; accepted: arn"),
    ("EksAddons", {"cluster_arn": "clinic"}, "cluster_arn: got 'clinic'; accepted: arn:<partition>:eks"),
    ("EksAddons", {"addon_versions": {"coredns": "latest"}}, "addon_versions[coredns]: got 'latest'; accepted: a version of EKS such as"),
    ("EksAddons", {"permissions_boundary_arn": "limit"}, "permissions_boundary_arn: got 'limit'; accepted: arn:<partition>:iam"),
    # Inside the cluster
    ("EksSystemNetworkPolicies", {"vpc_cidr": "0.0.0.0/0"}, "vpc_cidr: got '0.0.0.0/0'; accepted: a network such as"),
    ("EksSystemNetworkPolicies", {"network": {**NETWORK, "platform": "GKE"}}, "network.platform: got 'GKE'; accepted: EKS. Other platforms"),
    ("HardenedNamespace", {"name": "kube-system"}, "name: got 'kube-system'; accepted: a name other than default"),
    ("HardenedNamespace", {"name": "Clinic"}, "name: got 'Clinic'; accepted: a DNS label"),
    ("HardenedNamespace", {"owner": "clinic team"}, "owner: got 'clinic team'; accepted: 1 to 63 letters"),
    ("HardenedNamespace", {"labels": {"pod-security.kubernetes.io/enforce": "privileged"}}, "labels: got 'pod-security.kubernetes.io/enforce'; accepted: names outside"),
    ("HardenedNamespace", {"data_classification": "PHI", "privileged_pods": JUSTIFIED}, "privileged_pods: got StandardWeakening; accepted: absent with PHI."),
    ("HardenedNamespace", {"quota": {"limits_cpu": "a lot"}}, "quota.limits_cpu: got 'a lot'; accepted: a quantity above zero"),
    ("HardenedNamespace", {"container_limits": {"memory_max": "100Gi"}}, "container_limits.memory_max: got '100Gi'; accepted: at most quota.limits_memory"),
    ("HardenedNamespace", {"network": {**NETWORK, "api_server_cidrs": ["169.254.0.0/16"]}}, "network.api_server_cidrs[0]: got '169.254.0.0/16'; accepted: a network"),
    ("EncryptedStorageClasses", {"key": "alias/clinic"}, "key: got 'alias/clinic'; accepted: arn:<partition>:kms"),
    ("EncryptedStorageClasses", {"default_class": "FILE"}, "default_class: got 'FILE'; accepted: BLOCK, or FILE with a file system."),
    ("EncryptedStorageClasses", {"platform": "AKS"}, "platform: got 'AKS'; accepted: one of EKS, EKS_AUTO, GKE, GKE_LEGACY, SELF_MANAGED."),
    ("AccessControl", {"auditors": []}, "auditors: got []; accepted: at least one. Somebody who changes nothing reviews"),
    ("AccessControl", {"operators": ["system:masters"]}, "operators[0]: got 'system:masters'; accepted: a group that does not begin with system:."),
    ("AccessControl", {"operators": ["clinic:auditors"]}, "operators[0]: got 'clinic:auditors'; accepted: a group without another role. Separation of duties"),
    ("AccessControl", {"namespaces": ["kube-system"]}, "namespaces[0]: got 'kube-system'; accepted: a name other than default"),
    ("AccessControl", {"namespace": "clinic"}, "namespace: got 'clinic'; accepted: a namespace apart from namespaces. Operators could run pods there"),
    ("AccessControl", {"reaper_image": "registry.example.org/kubectl:1.36"}, "reaper_image: got 'registry.example.org/kubectl:1.36'; accepted: <registry>/<repository>@sha256"),
    ("AccessControl", {"reaper_image": None}, "reaper_image: got None; accepted: an image by digest with break_glass_approvers. Without it emergency access never ends."),
    ("SealedSecrets", {"image_digest": "0.38.4"}, "image_digest: got '0.38.4'; accepted: sha256: and 64 hexadecimal digits. A tag can be moved"),
    ("SealedSecrets", {"backup": "NONE"}, "backup: got 'NONE'; accepted: one of VELERO, EXTERNAL_KEY."),
    ("SealedSecrets", {"key_renewal_hours": 0}, "key_renewal_hours: got 0; accepted: 24 to 8760."),
    ("SealedSecrets", {"source": {"version": ">=2.0.0"}}, "source.version: got '>=2.0.0'; accepted: an exact version such as 1.2.3."),
    ("PlatformWorkloads", {"namespaces": []}, "namespaces: got []; accepted: at least one."),
    ("PlatformWorkloads", {"namespaces": [CLINIC, CLINIC]}, "namespaces[1].name: got 'clinic'; accepted: each name once."),
    ("PlatformWorkloads", {"storage": None}, "storage: got None; accepted: StorageSettings. On EKS volumes are encrypted"),
    # Settings of a stack
    ("EksPlatform", {"cluster_name": 7}, "cluster_name: got 7; accepted: a string."),
    ("EksPlatform", {"cluster_name": "clinic.dev"}, "cluster_name: got 'clinic.dev'; accepted: 1 to 100 letters"),
    ("EksPlatform", {"data_classification": "SECRET"}, "data_classification: got 'SECRET'; accepted: one of PHI, SYNTHETIC, NONE."),
    ("EksPlatform", {"data_classification": "PHI"}, "agreements: got None; accepted: with PHI, at least one of kind BAA or SUBCONTRACTOR_BAA that covers aws."),
    ("EksPlatform", {"data_classification": "PHI", "agreements": [{**BAA, "covers": ["gcp"]}]}, "agreements: got ['Amazon Web Services']; accepted: with PHI, at least one of kind BAA"),
    ("EksPlatform", {"agreements": [{**BAA, "kind": "NDA"}]}, "agreements[0].kind: got 'NDA'; accepted: one of BAA, SUBCONTRACTOR_BAA, OTHER."),
    ("EksPlatform", {"agreements": [{**BAA, "effective": "next year"}]}, "agreements[0].effective: got 'next year'; accepted: a date as YYYY-MM-DD."),
    ("EksPlatform", {"agreements": [{**BAA, "effective": "2999-01-01"}]}, "agreements[0].effective: got '2999-01-01'; accepted: a day until today, "),
    ("EksPlatform", {"agreements": [{**BAA, "covers": []}]}, "agreements[0].covers: got []; accepted: at least one."),
    ("EksPlatform", {"agreements": [{**BAA, "covers": ["AWS"]}]}, "agreements[0].covers[0]: got 'AWS'; accepted: lower-case names."),
    ("EksPlatform", {"data_classification": "PHI", "agreements": [BAA], "ephemeral": JUSTIFIED}, "ephemeral: got StandardWeakening; accepted: absent with PHI."),
    ("EksPlatform", {"ephemeral": True}, "ephemeral: got True; accepted: StandardWeakening with how_still_met, approver."),
    ("EksPlatform", {"ephemeral": {**JUSTIFIED, "approver": "TBD"}}, "ephemeral.approver: got 'TBD'; accepted: the name or role of the person"),
    ("EksPlatform", {"network": None}, "network: got None; accepted: AwsNetworkSettings with cidr"),
    ("EksPlatform", {"network": {"cidr": "172.20.0.0/16"}}, "cluster.service_cidr: got '172.20.0.0/16'; accepted: a network apart from network.cidr"),
    ("EksPlatform", {"network": {"natEgress": {}}}, "network.natEgress: unknown argument; accepted: cidr, az_count"),
    ("EksPlatform", {"logs": {"hot_days": {"EKS_CONTROL_PLANE": 90}}}, "logs.hot_days[EKS_CONTROL_PLANE]: got 90; accepted: 2192 or more"),
    ("EksPlatform", cluster(deployer_principals=[ROLE]), "cluster.deployer_principals[0]: got 'arn:aws:iam::123456789012:role/clinicians'; accepted: each role"),
    ("EksPlatform", cluster(node_groups=[]), "cluster.node_groups: got []; accepted: at least one."),
    ("EksPlatform", cluster(**nodes(max_unavailable_percent=0)), "cluster.node_groups[0].max_unavailable_percent: got 0; accepted: 1 to 100."),
    ("EksPlatform", namespaces(data_classification="PHI"), "namespaces[0].data_classification: got 'PHI'; accepted: PHI on a platform for PHI only."),
    ("EksPlatform", namespaces(adopt="yes, please"), "namespaces[0].adopt: got 'yes, please'; accepted: true or false."),
    ("EksPlatform", namespaces(colour="red"), "namespaces[0].colour: unknown argument; accepted: name, owner"),
    ("EksPlatform", {"storage": {"revision": "Second"}}, "storage.revision: got 'Second'; accepted: at most 20 lower-case letters"),
    ("EksPlatform", {"addon_versions": {"istio": "v1.0.0-eksbuild.1"}}, "addon_versions: got 'istio'; accepted: coredns, aws-ebs-csi-driver"),
    # Secrets in a cluster
    ("ExternalSecrets", {"provider_cidrs": ["0.0.0.0/0"]}, "provider_cidrs[0]: got '0.0.0.0/0'; accepted: "),
    ("ExternalSecrets", {"stores": [{"name": "v", "namespace": "clinic"}], "secrets": []}, "stores[0].aws: got None; accepted: exactly one of aws, gcp, azure, vault."),
    ("ExternalSecrets", {"stores": []}, "secrets[0].store: got 'clinic'; accepted: a store that namespace clinic reads."),
    ("ExternalSecrets", {"source": {"version": ">=2"}}, "source.version: got '>=2'; accepted: an exact version"),
    ("PlatformWorkloads", {"secrets": "SEALED"}, "sealed: got None; accepted: its settings with secrets SEALED."),
    ("PlatformWorkloads", {"secrets": "VAULT"}, "secrets: got 'VAULT'; accepted: one of EXTERNAL, SEALED, NONE"),
    ("PlatformWorkloads", {"sealed": {"owner": "platform-team", "image_digest": "sha256:" + "0" * 64, "backup": "VELERO"}}, "sealed: got SealedSecretsSettings; accepted: absent with secrets NONE. Set secrets to SEALED"),
    (
        "PlatformWorkloads",
        {
            "secrets": "SEALED",
            "sealed": {"owner": "platform-team", "image_digest": "sha256:" + "0" * 64, "backup": "VELERO"},
            "namespaces": [{"name": "sealed-secrets", "owner": "platform-team", "data_classification": "NONE"}],
        },
        "namespaces[0].name: got 'sealed-secrets'; accepted: another name with secrets SEALED. It is made for the controller.",
    ),
    # Layers
    ("EksPlatform", {"access": []}, "access: got []; accepted: at least one way to the API server. The API is private: declare access"),
    ("EksPlatform", {"access": [{"existing": {"client_cidrs": ["10.0.0.0/8"]}}]}, "access[0].existing.client_cidrs[0]: got '10.0.0.0/8'; accepted: an IPv4 network of /16"),
    ("EksPlatform", {"through": "SSM"}, "through: got 'SSM'; accepted: a declared way: EXISTING. Add it to access."),
    ("EksPlatform", {"through": "TUNNEL"}, "through: got 'TUNNEL'; accepted: one of SSM, CLIENT_VPN, RUNNER, EXISTING"),
    ("EksCloud", {"alert_endpoints": []}, "alert_endpoints: got []; accepted: at least one. An alert that reaches nobody"),
    ("EksCloud", {"namespaces": []}, "namespaces: unknown argument; accepted: tags, ephemeral"),
    ("EksCluster", {"adopt": {}}, "adopt.cluster_role_arn: missing; accepted: a string or an Output."),
    ("EksCluster", {"adopt": {"cluster_role_arn": "arn:aws:iam::123456789012:user/me"}}, "adopt.cluster_role_arn: got 'arn:aws:iam::123456789012:user/me'; accepted: arn:<partition>:iam"),
    ("EksCloud", {"fips": True}, "cluster.node_groups[0].ami_type: got 'BOTTLEROCKET_x86_64'; accepted: BOTTLEROCKET_x86_64_FIPS"),
    ("EksCloud", {"trail": "NONE"}, "trail: got 'NONE'; accepted: one of CREATE, EXISTING"),
    ("EksCloud", {"archive": {"confirm_lock_of": "archive-1"}}, "archive.confirm_lock_of: got 'archive-1'; accepted: absent with GOVERNANCE."),
    ("EksCloud", {"break_glass": {"mode": "IAM_USER"}}, "break_glass.user_arns: got []; accepted: at least one user with mode IAM_USER."),
    ("EksCloud", {"image_mirror": {"prefix": "c", "upstreams": [{"registry": "quay.io"}]}}, "image_mirror.prefix: got 'c'; accepted: 2 to 20 lower-case letters"),
    ("EksCloud", {"existing_network": {"vpc_id": "main", "vpc_cidr": "10.64.0.0/16", "private_subnet_ids": ["subnet-0a", "subnet-0b"]}}, "existing_network.vpc_id: got 'main'; accepted: the id of a VPC, vpc-"),
    ("EksCloud", {"existing_keys": {"secrets": "alias/clinic", "volumes": KEY, "logs": KEY}}, "existing_keys.secrets: got 'alias/clinic'; accepted: arn:<partition>:kms"),
    ("EksBaseline", {"cloud": None}, "cloud_stack: got None; accepted: cloud or cloud_stack, one of them. Name the stack of layer CLOUD."),
    ("EksBaseline", {"cloud_stack": "clinic/platform/cloud"}, "cloud_stack: got 'clinic/platform/cloud'; accepted: cloud or cloud_stack, one of them. Remove one"),
    ("EksBaseline", {"cloud": None, "cloud_stack": "cloud"}, "cloud_stack: got 'cloud'; accepted: <organization>/<project>/<stack>."),
    ("EksBaseline", {"network": {}}, "network: unknown argument; accepted: tags, ephemeral"),
    ("EksBaseline", {"guardduty_agent": False, "addon_versions": {"aws-guardduty-agent": "v1.10.0-eksbuild.2"}}, "addon_versions[aws-guardduty-agent]: got 'v1.10.0-eksbuild.2'; accepted: absent without guardduty_agent."),
    ("EksPlatform", {"tags": {"cost centre!": "1"}}, "tags: got 'cost centre!'; accepted: names of 1 to 128 letters"),
]  # fmt: skip


def test_the_table_covers_every_component_with_mistakes_of_its_own():
    assert {name for name, _, _ in TABLE} == set(COMPONENTS)
    assert len({(name, line) for name, _, line in TABLE}) == len(TABLE) >= 40


@pytest.mark.parametrize(("name", "change", "line"), TABLE, ids=[f"{name} {line.partition(';')[0]}" for name, _, line in TABLE])
def test_a_mistake_is_one_clear_line_and_registers_nothing(register, minimal, name, change, line):
    args = {**minimal[name], **change}
    component, model = COMPONENTS[name], MODELS[name]
    attempts = {
        f"{name}Args: ": lambda: model(**args),
        "of a mapping: ": lambda: model.of(args, "of a mapping"),
        f"{name} 'prod': ": lambda: register(lambda: component("prod", args)),
    }
    said = set()
    for where, attempt in attempts.items():
        with pytest.raises(ArgsError) as caught:
            attempt()
        error = caught.value
        assert isinstance(error, pulumi.RunError), "ends a program without a traceback"
        assert str(error).startswith(where + line)
        said.add(str(error).removeprefix(where))
        assert error.__suppress_context__, "what pydantic says is no part of it"
    assert not register.last.registrations
    (sentence,) = said
    assert "\n" not in sentence
    assert len(sentence) < 900
    assert sentence.endswith((".", "?"))
