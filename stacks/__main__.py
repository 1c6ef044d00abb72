"""The reference program: one platform from the settings of the stack (`Pulumi.<stack>.yaml`)."""

import pulumi

from hipaa_components.aws import EksPlatform

settings = pulumi.Config().require_object("platform")
platform = EksPlatform(settings.get("cluster_name", "platform"), settings)

pulumi.export("cluster", platform.cluster_name)
pulumi.export("namespaces", platform.namespaces)
pulumi.export("weakenings", platform.weakenings)
pulumi.export("cost_drivers", platform.cost_drivers)
pulumi.export("kubeconfig", pulumi.Output.secret(platform.kubeconfig))
