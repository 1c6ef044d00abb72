"""A secret in AWS Secrets Manager: its own key, named readers, rotation. Its value never passes through the program."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pulumi
import pulumi_aws as aws

from hipaa_components._args import Args
from hipaa_components._component import Component
from hipaa_components._problems import Problem, arn, between, check, each, matches, not_empty, unique
from hipaa_components._weakening import AddressableWeakening, WeakeningRecord
from hipaa_components.aws._common import AwsArgs, key_arn_rule, policy_document, role_arn_rule, tags_of
from hipaa_stack.baseline import SECRET_RECOVERY_DAYS, SECRET_ROTATION_DAYS

LONGEST_ROTATION = 365
"""Days; a secret that is older is not rotated in any sense of 164.308(a)(5)(ii)(D). Our reading: the rule names no period."""


class AwsSecretRotation(Args):
    """Rotation by a Lambda function."""

    lambda_arn: pulumi.Input[str]
    """ARN of the function that makes the new value (Secrets Manager user guide, rotation by Lambda function)."""
    role_arn: pulumi.Input[str]
    """ARN of the function's role: it may read the secret besides the readers."""
    days: int = SECRET_ROTATION_DAYS
    """Days between rotations: 1 to 365."""

    _lambda = check("lambda_arn", arn("lambda", r"function:[\w-]+(:[\w$-]+)?", "arn:<partition>:lambda:<region>:<account>:function:<name>"))
    _role = check("role_arn", role_arn_rule())
    _days = check("days", between(1, LONGEST_ROTATION))


class AwsRotatedElsewhere(Args):
    """Rotation by somebody else, such as a database service or a business associate."""

    owner: str
    """Who rotates the value: a team, a service or a business associate."""
    days: int
    """Days between rotations that were agreed: 1 to 365."""

    _owner = check("owner", matches(r"\S.+\S", "the name of a team, a service or a business associate"))
    _days = check("days", between(1, LONGEST_ROTATION))


class AwsSecretArgs(AwsArgs):
    """Arguments of AwsSecret."""

    secret_name: str
    """Name in Secrets Manager, such as `clinic/database`."""
    key_arn: pulumi.Input[str]
    """ARN of the key that encrypts the value."""
    reader_role_arns: Sequence[pulumi.Input[str]]
    """ARNs of the roles that may read the value; everybody else is refused, administrators of the account included."""
    rotation: AwsSecretRotation | None = None
    """Rotation by a Lambda function. One of this, `rotated_by` and `without_rotation` is needed."""
    rotated_by: AwsRotatedElsewhere | None = None
    """Rotation by somebody else."""
    without_rotation: AddressableWeakening | None = None
    """Weakening: the value stays until somebody changes it."""

    _name = check(
        "secret_name",
        matches(
            r"(?!.*-[A-Za-z0-9]{6}$)[A-Za-z0-9/_+=.@-]{1,512}",
            "1 to 512 letters, digits or / _ + = . @ -, not ending in a hyphen and six characters",
            "Secrets Manager appends such an ending itself and would take one for the other.",
        ),
    )
    _key = check("key_arn", key_arn_rule("A secret under an alias changes its key when the alias does."))
    _readers = check("reader_role_arns", not_empty("A secret that nobody may read has no use."), unique(), each(role_arn_rule()))

    def problems(self) -> Iterator[Problem]:
        """Exactly one way of rotation."""
        ways = [name for name in ("rotation", "rotated_by", "without_rotation") if getattr(self, name) is not None]
        if len(ways) != 1:
            yield Problem(
                "exactly one of rotation, rotated_by and without_rotation",
                "Say how the value is renewed (164.308(a)(5)(ii)(D)).",
                "rotation",
                " and ".join(ways) or None,
            )


class AwsSecret(Component):
    """A secret without its value: encrypted with a key of your own, readable for named roles only, rotated.

    Serves 164.312(a)(1), 164.312(a)(2)(iv), 164.308(a)(4)(ii)(B) and 164.308(a)(5)(ii)(D). The value is set outside the
    program, so that no state and no preview ever holds it.
    """

    secret_arn: pulumi.Output[str]
    """ARN of the secret, with the ending that Secrets Manager gave it."""
    secret_name: pulumi.Output[str]
    """Name of the secret."""
    weakenings: pulumi.Output[list[WeakeningRecord]]
    """Weakenings in force."""

    def __init__(self, name: str, args: AwsSecretArgs | Mapping[str, Any], opts: pulumi.ResourceOptions | None = None) -> None:
        """Registers the secret, its policy and its rotation. Raises ArgsError."""
        args = AwsSecretArgs.of(args, self.where(name))
        super().__init__(name, args, opts)
        secret = aws.secretsmanager.Secret(
            f"{name}-secret",
            name=args.secret_name,
            kms_key_id=args.key_arn,
            recovery_window_in_days=0 if args.ephemeral else SECRET_RECOVERY_DAYS,
            tags=tags_of(args, **_rotated_by(args)),
            opts=self.child(protect=True, retain=True),
        )
        rotators = [args.rotation.role_arn] if args.rotation else []
        policy = aws.secretsmanager.SecretPolicy(
            f"{name}-policy",
            secret_arn=secret.arn,
            policy=pulumi.Output.all(*args.reader_role_arns, *rotators).apply(reader_policy),
            block_public_policy=True,
            opts=self.child(),
        )
        if args.rotation:
            self._rotation(name, args.rotation, secret, policy)
        self.secret_arn, self.secret_name = secret.arn, secret.name
        self.weakenings = self.weakening_records()
        self.register_outputs({})

    def _rotation(
        self, name: str, rotation: AwsSecretRotation, secret: "aws.secretsmanager.Secret", policy: "aws.secretsmanager.SecretPolicy"
    ) -> None:
        """The first rotation waits for its day: at once, it would run before the secret has a value."""
        aws.secretsmanager.SecretRotation(
            f"{name}-rotation",
            secret_id=secret.id,
            rotation_lambda_arn=rotation.lambda_arn,
            rotation_rules={"automatically_after_days": rotation.days, "duration": "2h"},
            rotate_immediately=False,
            opts=self.child(depends_on=[policy]),
        )


def reader_policy(role_arns: Sequence[str]) -> str:
    """The resource policy as JSON: refuses to give the value to any other role, and everything without TLS."""
    return policy_document(
        [
            {
                "Sid": "NamedReadersOnly",
                "Effect": "Deny",
                "Principal": "*",
                "Action": "secretsmanager:GetSecretValue",
                "Resource": "*",
                "Condition": {"ArnNotEquals": {"aws:PrincipalArn": sorted(role_arns)}},
            },
            {
                "Sid": "TlsOnly",
                "Effect": "Deny",
                "Principal": "*",
                "Action": "secretsmanager:*",
                "Resource": "*",
                "Condition": {"Bool": {"aws:SecureTransport": "false"}},
            },
        ]
    )


def _rotated_by(args: AwsSecretArgs) -> dict[str, str]:
    elsewhere = args.rotated_by
    return {"hipaa-stack:rotated-by": f"{elsewhere.owner} every {elsewhere.days} days"} if elsewhere else {}
