"""Credentials of AWS as every AWS program finds them; nobody is asked for anything."""

from __future__ import annotations

from typing import Any, Final

from hipaa_stack.doctor._unseen import LOG_IN, Unseen, line

INSTALL: Final = "pip install 'hipaa-stack[aws]'"
NO_CODE: Final = (
    "Neither this nor Pulumi asks for codes: take credentials of the session into the environment, such as with `aws sts assume-role`."
)

_FIXES: Final = {
    "ProfileNotFound": "Name a profile that exists in aws:profile or AWS_PROFILE; `aws configure list-profiles` lists them.",
    "ConfigParseError": "Mend that file: AWS_CONFIG_FILE names it, or else it is ~/.aws/config.",
    "SSLError": "AWS_CA_BUNDLE or REQUESTS_CA_BUNDLE must name a file with the certificates of the authorities that are trusted.",
    "ProxyConnectionError": "HTTPS_PROXY must name a proxy that lets calls to AWS through.",
}
"""What helps, by the name of the error of botocore."""


def fix_of(error: Exception, otherwise: str) -> str:
    """What helps against an error of botocore."""
    return _FIXES.get(type(error).__name__, otherwise)


def session_of(region: str, profile: str | None, limits: dict[str, Any]) -> tuple[Any, Any]:
    """A session of boto3 with credentials that are there already, and the configuration of its clients.

    Raises Unseen without boto3 or credentials.
    """
    try:
        import boto3  # noqa: PLC0415 - takes half a second, and only this verb needs it
        from botocore.config import Config  # noqa: PLC0415
        from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415
        from botocore.session import Session  # noqa: PLC0415
    except ImportError:
        raise Unseen(f"boto3 is not installed: {INSTALL}", INSTALL) from None
    try:
        config = Config(**limits)
        found = Session(profile=profile)
        found.set_config_variable("region", region)
        found.set_default_client_config(config)  # of the calls too that only get credentials
        known = found.get_credentials()
        if known is None:
            raise Unseen("no credentials of AWS were found", LOG_IN)
        if known.method == "assume-role" and (code := _code_of(found)):
            raise Unseen(f"the profile {code} asks for a code of a second factor", NO_CODE)
        known.get_frozen_credentials()
        return boto3.session.Session(botocore_session=found), config
    except (BotoCoreError, ClientError, OSError, ValueError) as error:
        raise Unseen(f"the credentials of AWS cannot be read: {line(error)}", fix_of(error, LOG_IN)) from None
    except (AttributeError, KeyError, TypeError) as error:  # a credential_process that prints JSON of another shape
        raise Unseen(f"the credentials of AWS cannot be read: {type(error).__name__}: {line(error)}", LOG_IN) from None


def _code_of(session: Any) -> str | None:
    """The profile whose role is taken with a code, on the way from the one in force to its source."""
    profiles = session.full_config.get("profiles", {})
    name, seen = session.profile or "default", set[str]()
    while name in profiles and name not in seen:
        seen.add(name)
        if profiles[name].get("role_arn") and profiles[name].get("mfa_serial"):
            return str(name)
        name = profiles[name].get("source_profile")
    return None
