"""The reference program: one platform from the settings of the stack (`Pulumi.<stack>.yaml`)."""

import pulumi

from hipaa_components.aws import EksPlatform, EksPlatformArgs

config = pulumi.Config()
settings = EksPlatformArgs.of(config.require_object("platform"), config.full_key("platform"))
platform = EksPlatform(settings.cluster_name, settings)

pulumi.export("cluster", platform.cluster_name)
pulumi.export("namespaces", platform.namespaces)
pulumi.export("agreements", platform.agreements)
pulumi.export("weakenings", platform.weakenings)
pulumi.export("cost_drivers", platform.cost_drivers)
pulumi.export("kubeconfig", pulumi.Output.secret(platform.kubeconfig))
