"""Who looks, who deploys, and whether they could repair the cluster that they make."""

from __future__ import annotations

import re
from collections.abc import Iterator

from hipaa_stack.doctor._account import Account, text
from hipaa_stack.doctor._finding import Finding, beside, failed, passed, unknown
from hipaa_stack.doctor._platform import Platform
from hipaa_stack.doctor._unseen import Unseen

_SESSION = r"arn:[\w-]+:sts::(\d{12}):assumed-role/([^/]+)/.+"
_LISTS = "cluster.admin_principal_arns or cluster.deployer_principals"


def caller(account: Account, platform: Platform) -> Iterator[Finding]:
    """The identity behind the credentials, and whether the cluster admits it."""
    arn = str(account.get("sts", "get_caller_identity", "Arn"))
    if arn.endswith(":root"):
        yield failed("caller", message="the root user", fix="Deploy with a role: the root user is for closing the account.")
    elif platform.provider.assumes is None and platform.provider.refuses(arn.split(":")[4]):
        message = f"{arn}: the provider works in no account {arn.split(':')[4]}, as aws:allowedAccountIds or aws:forbiddenAccountIds say"
        yield failed("caller", message=message, fix="Take credentials of the account that is meant.")
    else:
        yield passed("caller", message=arn)
    yield _administrators(account, platform, arn)


def _administrators(account: Account, platform: Platform, arn: str) -> Finding:
    """What the component decides before it makes a cluster (LockOutError)."""
    name = "administrators"
    if platform.layer == "BASELINE":
        return beside(name, message="the cloud layer names them")
    if assumes := platform.provider.assumes:
        message = f"{assumes} is in force: the program deploys with another identity than the one that looks here"
        return unknown(name, message=message, fix="Run this with the credentials of that role.")
    if platform.at("cluster", "caller_not_admin"):
        return passed(name, message="the caller is none, as cluster.caller_not_admin says in writing")
    if (session := re.fullmatch(_SESSION, arn)) is None:
        message = f"{arn} is not a role, and only roles are admitted: nobody who deploys could repair the cluster"
        return failed(name, message=message, fix=f"Deploy with a role of {_LISTS}.")
    admitted = [*platform.strings("cluster", "admin_principal_arns"), *platform.strings("cluster", "deployer_principals")]
    return _admitted(account, admitted, *session.groups())


def _admitted(account: Account, admitted: list[str], number: str, role: str) -> Finding:
    """Whether the role of an account is one of these ARNs; the ARN of a session has no path, and that of its role has."""
    name = "administrators"
    namesakes = [each for each in admitted if re.fullmatch(rf"arn:[\w-]+:iam::{number}:role/(.+/)?{re.escape(role)}", each)]
    whole = f"the role {role}"
    try:
        whole = text(account.get("iam", "get_role", "Role", RoleName=role), "Arn", "iam:GetRole")
    except Unseen as unseen:
        if namesakes:
            message = f"{whole} is one by its name, and its path is not seen: {unseen}"
            return unknown(name, message=message, fix=unseen.fix)
    if whole in namesakes:
        return passed(name, message=f"{whole} is one")
    other = f"; {namesakes[0]} is another role" if namesakes else ""
    fix = f"Add it to {_LISTS}, path included, or deploy with one of them."
    return failed(name, message=f"{whole} is in neither list{other}: nobody who deploys could repair the cluster", fix=fix)


def elsewhere(account: Account, platform: Platform) -> Unseen | None:
    """Why what these credentials show says nothing of the account that the program deploys into; None where it does."""
    provider = platform.provider
    if provider.others:
        why = f"{', '.join(provider.others)}: the program deploys with other credentials than those that look here"
        return Unseen(why, "Run this with those credentials, or take them out of the configuration.")
    if platform.environments:
        why = "the stack takes environments of Pulumi ESC: settings and credentials of the program are not all in its files"
        return Unseen(why, "Run this with the credentials of the program: `pulumi env run` sets them. Settings stay unknown.")
    if provider.assumes is None:
        return None
    role = re.fullmatch(r"arn:[\w-]+:iam::(\d{12}):role/.+", provider.role or "")
    try:
        arn = str(account.get("sts", "get_caller_identity", "Arn"))
    except Unseen as unseen:
        return unseen
    if role and role[1] == arn.split(":")[4]:
        return None
    where = f"the account {role[1]}" if role else "an account that is not said"
    why = f"{provider.assumes} is in force: the program deploys into {where}, and {arn} looks"
    return Unseen(why, "Run this with the credentials of that role.")
