import pulumi

from hipaa_components.aws import AwsBreakGlassRole

config = pulumi.Config()
role = AwsBreakGlassRole(
    "break-glass",
    {
        "cluster_name": "clinic",
        "cluster_arn": config.require("cluster_arn"),
        "topic_arn": config.require("topic_arn"),  # of AwsAuditAlerts: whoever takes the role is seen
        "mode": "IAM_USER",
        "user_arns": ["arn:aws:iam::123456789012:user/on-call"],
    },
)
pulumi.export("break_glass_role", role.role_arn)
