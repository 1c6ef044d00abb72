import pytest

from hipaa_stack.sandbox import environment
from hipaa_stack.sandbox.vault import Vault

VAULT = Vault(passphrase="passphrase", key="", salt="")


@pytest.mark.parametrize(
    "name",
    [
        "AWS_ACCESS_KEY_ID",
        "AWS_SECRET_ACCESS_KEY",
        "AWS_SESSION_TOKEN",
        "AWS_PROFILE",
        "AWS_WEB_IDENTITY_TOKEN_FILE",
        "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
        "GOOGLE_APPLICATION_CREDENTIALS",
        "GOOGLE_CREDENTIALS",
        "GOOGLE_OAUTH_ACCESS_TOKEN",
        "CLOUDSDK_AUTH_ACCESS_TOKEN",
        "ARM_CLIENT_SECRET",
        "AZURE_CLIENT_SECRET",
        "KUBERNETES_SERVICE_HOST",
        "KUBERNETES_MASTER",
        "PULUMI_ACCESS_TOKEN",
        "PULUMI_CONFIG_PASSPHRASE_FILE",
        "PULUMI_DEBUG_PROVIDERS",
    ],
)
def test_no_credential_and_no_way_around_the_simulation_is_inherited(tmp_path, name):
    assert name not in environment.of_session(tmp_path, VAULT, {name: "real"})


@pytest.mark.parametrize("name", ["AWS_REGION", "GOOGLE_PROJECT", "HTTPS_PROXY", "NO_PROXY", "HOME", "PYTHONPATH", "PULUMI_STACK"])
def test_places_and_settings_are_inherited(tmp_path, name):
    assert environment.of_session(tmp_path, VAULT, {name: "given"})[name] == "given"


@pytest.mark.parametrize(
    "name", ["PULUMI_HOME", "PULUMI_BACKEND_URL", "KUBECONFIG", "AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE", "CLOUDSDK_CONFIG"]
)
def test_what_names_a_place_of_the_user_names_one_of_the_sandbox(tmp_path, name):
    assert environment.of_session(tmp_path, VAULT, {name: "/home/user/real"})[name].removeprefix("file://").startswith(str(tmp_path))


def test_the_sandbox_comes_first_on_path(tmp_path):
    assert environment.of_session(tmp_path, VAULT, {"PATH": "/usr/bin"})["PATH"] == f"{tmp_path}/bin:/usr/bin"


def test_the_passphrase_is_the_sandboxs_own(tmp_path):
    assert environment.of_session(tmp_path, VAULT, {"PULUMI_CONFIG_PASSPHRASE": "real"})["PULUMI_CONFIG_PASSPHRASE"] == "passphrase"
