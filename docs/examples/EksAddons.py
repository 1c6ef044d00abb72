import pulumi

from hipaa_components.aws import EksAddons

config = pulumi.Config()
EksAddons(
    "addons",
    {
        "cluster_name": "clinic",
        "cluster_arn": config.require("cluster_arn"),
        "volume_key_arn": config.require("volume_key_arn"),
    },
)
