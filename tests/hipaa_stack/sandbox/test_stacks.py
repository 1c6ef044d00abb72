import base64

import pytest
import yaml
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from hipaa_stack.sandbox.stacks import Stacks, environment_stack, short_name
from hipaa_stack.sandbox.vault import SIMULATED_SECRET, Vault


def decrypt(vault, ciphertext):
    version, nonce, sealed = ciphertext.split(":")
    assert version == "v1"
    return AESGCM(base64.b64decode(vault.key)).decrypt(base64.b64decode(nonce), base64.b64decode(sealed), None).decode()


@pytest.fixture
def configuration(tmp_path):
    """Copies a stack file of the given text into a sandbox."""
    source = tmp_path / "Pulumi.dev.yaml"

    def copy(text):
        if text is not None:
            source.write_text(text)
        copied, changes = Stacks(tmp_path, tmp_path / "pulumi").configuration("trial", "dev", source)
        return copied, yaml.safe_load(copied.read_text()), changes

    return copy


@pytest.mark.parametrize(
    ("text", "config", "changes"),
    [
        (None, None, []),
        ("", None, []),
        ("config: {}", {}, []),
        ("config: {aws:region: us-east-1}", {"aws:region": "us-east-1"}, []),
        ("config: {a:list: [1, true, {b: c}]}", {"a:list": [1, True, {"b": "c"}]}, []),
        ("environment: [shared/dev, {other: {}}]", None, ["environments cannot be opened here and were left out: shared/dev, other"]),
    ],
)
def test_values_are_copied_as_they_are(configuration, text, config, changes):
    _, content, said = configuration(text)
    assert content.get("config") == config
    assert said == changes


def test_encrypted_values_become_simulated_secrets_wherever_they_are(configuration, tmp_path):
    _, content, said = configuration("config: {a:x: {secure: AAA}, a:deep: {list: [{secure: BBB}], plain: 1}, a:y: {secure: {not: one}}}")
    vault = Vault.open(tmp_path)
    assert decrypt(vault, content["config"]["a:x"]["secure"]) == SIMULATED_SECRET
    assert decrypt(vault, content["config"]["a:deep"]["list"][0]["secure"]) == SIMULATED_SECRET
    assert content["config"]["a:deep"]["plain"] == 1
    assert content["config"]["a:y"] == {"secure": {"not": "one"}}
    assert said == ["encrypted values were replaced by a simulated secret: a:x, a:deep.list[0]"]


@pytest.mark.parametrize("setting", ["secretsprovider: awskms://alias/x", "encryptedkey: AAA", "encryptionsalt: v1:abc:def"])
def test_settings_of_other_secrets_providers_are_replaced(configuration, tmp_path, setting):
    _, content, _ = configuration(f"{setting}\nconfig: {{}}")
    assert content == {"config": {}, "encryptionsalt": Vault.open(tmp_path).salt}


def test_the_source_is_never_written(configuration, tmp_path):
    text = "config: {a:x: {secure: AAA}}\nsecretsprovider: awskms://alias/x\n"
    configuration(text)
    assert (tmp_path / "Pulumi.dev.yaml").read_text() == text


def test_edits_in_the_sandbox_stay_until_the_source_changes(configuration):
    copied, content, _ = configuration("config: {a:x: first}")
    copied.write_text(yaml.safe_dump(content | {"config": {"a:x": "edited"}}))
    assert configuration(None)[1]["config"] == {"a:x": "edited"}
    assert configuration("config: {a:x: second}")[1]["config"] == {"a:x": "second"}


def test_a_vault_stays_the_same_in_its_directory(tmp_path):
    vault = Vault.open(tmp_path)
    assert Vault.open(tmp_path) == vault
    assert (tmp_path / "vault.json").stat().st_mode & 0o077 == 0
    assert decrypt(vault, ":".join(vault.salt.split(":")[2:])) == "pulumi"


@pytest.mark.parametrize(("given", "short"), [("dev", "dev"), ("acme/dev", "dev"), ("acme/platform/dev", "dev")])
def test_a_private_back_end_knows_no_organisation(given, short):
    assert short_name(given) == short


@pytest.mark.parametrize(
    ("environment", "stack"),
    [({}, None), ({"PULUMI_STACK": "acme/dev"}, "dev"), ({"PULUMI_OPTION_STACK": "prod", "PULUMI_STACK": "dev"}, "prod")],
)
def test_the_environment_may_name_the_stack(environment, stack):
    assert environment_stack(environment) == stack
