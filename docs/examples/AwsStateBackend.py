import pulumi

from hipaa_components.aws import AwsStateBackend

backend = AwsStateBackend(
    "platform",
    {
        "components": ["EksPlatform"],
        "admin_role_arns": ["arn:aws:iam::123456789012:role/deployer"],
        "ci": {
            "issuer_url": "https://token.actions.githubusercontent.com",
            "audience": "sts.amazonaws.com",
            "subjects": ["repo:clinic/platform:environment:production"],
        },
    },
)
pulumi.export("backend", backend.backend_url)
pulumi.export("secrets_provider", backend.secrets_provider)
pulumi.export("deployer", backend.deployer_role_arn)
