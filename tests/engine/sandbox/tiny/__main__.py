"""A component plugin in a directory, as users write them."""

from typing import Optional, TypedDict

import pulumi
import pulumi_aws as aws
from pulumi.provider.experimental import component_provider_host


class VaultArgs(TypedDict):
    name: pulumi.Input[str]


class Vault(pulumi.ComponentResource):
    bucket: pulumi.Output[str]

    def __init__(self, name: str, args: VaultArgs, opts: Optional[pulumi.ResourceOptions] = None) -> None:  # noqa: UP045 - the schema analyzer reads Optional only
        super().__init__("tiny:index:Vault", name, {}, opts)
        bucket = aws.s3.Bucket(name, bucket=args["name"], opts=pulumi.ResourceOptions(parent=self))
        self.bucket = bucket.bucket
        self.register_outputs({"bucket": self.bucket})


component_provider_host([Vault], "tiny")
