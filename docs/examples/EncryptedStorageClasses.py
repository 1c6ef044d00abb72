from pathlib import Path

import pulumi
import pulumi_kubernetes as kubernetes

from hipaa_components.kubernetes import EncryptedStorageClasses

cluster = kubernetes.Provider("clinic", kubeconfig=Path("kubeconfig").read_text(), enable_server_side_apply=True)
storage = EncryptedStorageClasses(
    "storage",
    {"platform": "EKS", "key": pulumi.Config().require("volume_key_arn")},
    pulumi.ResourceOptions(provider=cluster),
)
pulumi.export("storage_class", storage.block_class)
