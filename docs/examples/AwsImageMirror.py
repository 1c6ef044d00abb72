import pulumi

from hipaa_components.aws import AwsEncryptionKey, AwsImageMirror

key = AwsEncryptionKey("images", {"uses": ["EBS"], "alias": "clinic/images"})
mirror = AwsImageMirror(
    "mirror",
    {"prefix": "clinic", "key_arn": key.key_arn, "upstreams": [{"registry": "registry.k8s.io"}, {"registry": "public.ecr.aws"}]},
)
pulumi.export("registries", mirror.registry_prefixes)  # what images are named by instead
pulumi.export("seed", mirror.seed_commands)
