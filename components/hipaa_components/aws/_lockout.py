"""Nobody locks themselves out of what they deploy.

An EKS cluster that admits IAM roles by access entries only cannot be reached, nor repaired from within, by a
deployer whose role has no entry; and neither can a bucket whose policy admits named roles only.
"""

import re
from collections.abc import Sequence
from typing import Final

import pulumi
import pulumi_aws as aws

from hipaa_stack.baseline import SIMULATED_CALLER
from hipaa_stack.errors import HipaaStackError


class LockOutError(HipaaStackError, pulumi.RunError):
    """The identity that deploys something could not administer it."""


CLUSTER_WAYS: Final = "admin_principal_arns or deployer_principals, or set caller_not_admin"
"""How to be admitted to a cluster."""


def admitted_caller(
    component: pulumi.Resource, where: str, roles: Sequence[pulumi.Input[str]], ways: str = CLUSTER_WAYS
) -> pulumi.Output[None]:
    """Fails with a LockOutError unless the identity that deploys is one of the roles.

    What must not come into being before takes the result as a dependency. It is decided in the preview where the
    ARNs of the roles are known, in the update otherwise.

    Args:
        component: whose provider deploys.
        where: how errors name it, such as `EksCluster 'prod'`.
        roles: ARNs of the roles that will administer it.
        ways: how to be admitted, such as the argument that lists the roles.
    """
    options = pulumi.InvokeOptions(parent=component)
    caller = aws.get_caller_identity_output(opts=options).arn
    role = caller.apply(lambda arn: _role_of(arn, options))
    return pulumi.Output.all(caller, role, roles).apply(lambda known: refuse_lock_out(where, known[0], known[1], known[2], ways))


def refuse_lock_out(where: str, caller: str, role: str | None, roles: Sequence[str], ways: str = CLUSTER_WAYS) -> None:
    """Raises a LockOutError unless `caller` is one of the roles.

    Args:
        where: how the error names the component.
        caller: ARN of the identity that deploys.
        role: ARN of the role behind an assumed-role session, None where it could not be read.
        roles: ARNs of the roles that will administer it.
        ways: how to be admitted.
    """
    session = re.fullmatch(r"arn:[\w-]+:sts::(\d{12}):assumed-role/([^/]+)/.+", caller)
    if session is None:
        raise LockOutError(
            f"{where}: you would lock yourself out: {caller} is not a role, and only roles are admitted; deploy with a role of {ways}"
        )
    account, name = session.groups()
    if name == SIMULATED_CALLER or role in roles:
        return
    if role is None and (account, name) in {(arn.split(":")[4], arn.rpartition("/")[2]) for arn in roles}:
        return
    raise LockOutError(f"{where}: you would lock yourself out: {role or caller} is not admitted; add it to {ways}")


def _role_of(caller: str, options: pulumi.InvokeOptions) -> str | None:
    """The role behind a session, with its path; None without the right to read it (iam:GetRole).

    It asks in the way that waits: an Output that fails ends the program even where somebody handles the failure.
    """
    try:
        return str(aws.iam.get_session_context(arn=caller, opts=options).issuer_arn)
    except Exception:  # noqa: BLE001 - the SDK raises nothing narrower; names are compared instead
        return None
