import pulumi

from hipaa_components.aws import AwsThreatDetection

detection = AwsThreatDetection("detection", {"topic_arn": pulumi.Config().require("topic_arn")})
pulumi.export("detector", detection.detector_id)
