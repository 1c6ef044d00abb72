"""The reference program: one platform from the settings of the stack (`Pulumi.<stack>.yaml`).

`layer` says how much of it this stack makes: ALL of it, the CLOUD alone, from anywhere, or the BASELINE inside the cluster of
such a stack, from where its private API server is reached. Everything else are the arguments of that component.
"""

import pulumi

from hipaa_components import ArgsError
from hipaa_components.aws import EksBaseline, EksBaselineArgs, EksCloud, EksCloudArgs, EksPlatform, EksPlatformArgs

LAYERS = {"ALL": (EksPlatform, EksPlatformArgs), "CLOUD": (EksCloud, EksCloudArgs), "BASELINE": (EksBaseline, EksBaselineArgs)}

OUTPUTS = (
    "platform",
    "cluster_name",
    "namespaces",
    "agreements",
    "exceptions",
    "weakenings",
    "cost_drivers",
    "archive_bucket_name",
    "lock_status",
    "access_instructions",
    "seed_commands",
    "break_glass_role_arn",
    "workload_role_arns",
    "not_fips",
)
"""What the stack tells, where its layer knows it."""

config = pulumi.Config()
where = config.full_key("platform")
settings = config.require_object("platform")
layer = settings.pop("layer", "ALL") if isinstance(settings, dict) else "ALL"
if layer not in LAYERS:
    raise ArgsError(where, [("layer", f"got {layer!r}; accepted: one of {', '.join(LAYERS)}.")])
component, arguments = LAYERS[layer]
checked = arguments.of(settings, where)
platform = component(checked.cluster_name, checked)

for output in OUTPUTS:
    if hasattr(platform, output):
        pulumi.export(output, getattr(platform, output))
pulumi.export("kubeconfig", pulumi.Output.secret(platform.kubeconfig))
