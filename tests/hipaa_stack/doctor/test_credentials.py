"""Credentials that cannot be had are one sentence and what to do about it, and what they would show is unknown."""

import getpass
import re

import pytest

from hipaa_stack.doctor import _account

KEYS = "aws_access_key_id = testing\naws_secret_access_key = testing\n"
SSO = """[default]
sso_session = clinic
sso_account_id = 123456789012
sso_role_name = deployer
[sso-session clinic]
sso_region = us-east-1
sso_start_url = https://clinic.awsapps.com/start
sso_registration_scopes = sso:account:access
"""
MFA = f"""[default]
role_arn = arn:aws:iam::123456789012:role/deployer
source_profile = middle
[profile middle]
role_arn = arn:aws:iam::123456789012:role/middle
source_profile = keys
mfa_serial = arn:aws:iam::123456789012:mfa/somebody
[profile keys]
{KEYS}"""
ASSUMED = f"[default]\nrole_arn = arn:aws:iam::123456789012:role/gone\nsource_profile = keys\n[profile keys]\n{KEYS}"
LOG_IN = "Log in again"


def process(command):
    return f"[default]\ncredential_process = {command}\n"


@pytest.fixture
def configured(no_account, monkeypatch, tmp_path):
    """Writes the configuration of AWS of somebody without other credentials."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setattr(getpass, "getpass", lambda *_: pytest.fail("somebody was asked for a code"))

    def write(text):
        (tmp_path / "config").write_bytes(text if isinstance(text, bytes) else text.encode())
        monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))

    return write


@pytest.mark.parametrize(
    ("config", "said", "fix"),
    [
        (SSO, "Error loading SSO Token: Token for clinic does not exist", LOG_IN),
        (MFA, "the profile middle asks for a code of a second factor", "Neither this nor Pulumi asks for codes"),
        (process("/bin/false"), "Error when retrieving credentials from custom-process", LOG_IN),
        (process("/none"), "No such file or directory", LOG_IN),
        (process("/bin/echo no JSON"), "Expecting value", LOG_IN),
        (process("/bin/echo []"), "AttributeError", LOG_IN),
        (process("/bin/echo {}"), "Version", LOG_IN),
        ("nothing of a section", "Unable to parse config file", "Mend that file: AWS_CONFIG_FILE names it"),
        (b"[default]\nregion = \xff\xfe\n", "Unable to parse config file", "Mend that file"),
        ("[default]\nrole_arn = x\nsource_profile = none\n", "none", LOG_IN),
    ],
)
def test_credentials_that_cannot_be_had_are_one_sentence(configured, project, doctor, config, said, fix):
    configured(config)
    found, _ = doctor(project())
    outcome, message, advice = found["caller"]
    assert (outcome, found["GuardDuty"]) == ("unknown", found["caller"])
    assert re.search(said, message), message
    assert advice.startswith(fix)
    assert "\n" not in message
    assert "error" not in {each for each, _, _ in found.values()}


def test_a_profile_that_does_not_exist_is_told(configured, project, doctor):
    configured("[profile other]\n" + KEYS)
    found, _ = doctor(project(config={"aws:profile": "clinic"}))
    assert found["caller"][:2] == ("unknown", "the credentials of AWS cannot be read: The config profile (clinic) could not be found")
    assert found["caller"][2].startswith("Name a profile that exists in aws:profile or AWS_PROFILE")


def test_a_role_that_may_not_be_taken_is_told(cloud, configured, project, doctor, monkeypatch):
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    configured(ASSUMED)
    cloud.faults["Action=AssumeRole"] = (
        403,
        "<ErrorResponse><Error><Code>AccessDenied</Code><Message>no</Message></Error></ErrorResponse>",
    )
    found, _ = doctor(project())
    assert found["caller"][0] == "unknown"
    assert "An error occurred (AccessDenied) when calling the AssumeRole operation: no" in found["caller"][1]


@pytest.mark.parametrize(
    ("variable", "value", "said", "fix"),
    [
        ("AWS_CA_BUNDLE", "/none.pem", "sts:GetCallerIdentity: .*", "AWS_CA_BUNDLE or REQUESTS_CA_BUNDLE must name a file"),
        ("AWS_CA_BUNDLE", __file__, "sts:GetCallerIdentity: SSL validation failed", "AWS_CA_BUNDLE or REQUESTS_CA_BUNDLE must name a file"),
        ("HTTPS_PROXY", "http://user:hunter2@127.0.0.1:1", "Failed to connect to proxy URL", "HTTPS_PROXY must name a proxy"),
        ("HTTPS_PROXY", "nonsense", "sts:GetCallerIdentity: ", "HTTPS_PROXY must name a proxy"),
    ],
)
def test_a_way_to_aws_that_is_none_is_told(cloud, project, doctor, monkeypatch, variable, value, said, fix):
    monkeypatch.setattr(_account, "ATTEMPTS", 1)
    for name in ("NO_PROXY", "no_proxy", "https_proxy", "REQUESTS_CA_BUNDLE"):
        monkeypatch.delenv(name, raising=False)
    place = "https://aws.example.org" if variable == "HTTPS_PROXY" else cloud.url.replace("http:", "https:")
    monkeypatch.setenv("AWS_ENDPOINT_URL", place)
    monkeypatch.setenv(variable, value)
    found, _ = doctor(project())
    outcome, message, advice = found["caller"]
    assert outcome == "unknown"
    assert re.search(said, message), message
    assert advice.startswith(fix), (message, advice)
    assert "hunter2" not in str(found)
    assert "error" not in {each for each, _, _ in found.values()}
