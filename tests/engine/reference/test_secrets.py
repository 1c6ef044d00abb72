"""No secret lies in clear in what a stack leaves behind: state, history, backups, journals, output and logs."""

import json
from pathlib import Path

import pytest

from .stack import UP

pytestmark = pytest.mark.engine

MARKS = {"a bearer token for EKS": "k8s-aws-v1.", "a private key": "PRIVATE KEY-----"}


@pytest.fixture(scope="module")
def stack(open_reference):
    """The dev stack, up; `said` is what the engine printed and logged at its most verbose."""
    with open_reference("dev") as opened:
        result = opened.pulumi(*UP, "--logtostderr", "-v=9")
        opened.output, opened.log = result.stdout, result.stderr
        yield opened


@pytest.fixture(scope="module")
def credentials(stack):
    """What gives access to something, by what it is."""
    kubernetes = stack.kubernetes.audit_log.parent
    tokens = json.loads((kubernetes / "pki" / "tokens.json").read_text())
    vault = json.loads((stack.directory / "vault.json").read_text())
    return MARKS | {f"the token of {user}": token for user, token in tokens.items()} | {name: vault[name] for name in ("passphrase", "key")}


@pytest.fixture(scope="module")
def kubeconfig(stack):
    """The secret output of the stack, as it stands in JSON."""
    plain = stack.pulumi("stack", "output", "kubeconfig", "--show-secrets").stdout.strip()
    assert json.loads(plain)["kind"] == "Config"
    return json.dumps(plain).strip('"')


def found(text, secrets):
    """The names of the secrets that the text holds, also where JSON holds JSON."""
    return {name for name, secret in secrets.items() if secret in text or json.dumps(secret).strip('"') in text}


def files_of(directory):
    texts = {file: file.read_text(errors="replace") for file in Path(directory).rglob("*") if file.is_file()}
    assert texts
    return texts


def test_the_search_finds_what_is_there(stack, credentials, kubeconfig):
    places = (stack.directory, stack.kubernetes.audit_log.parent / "pki")
    clear = "".join(text for place in places for file, text in files_of(place).items() if file.suffix in {".json", ".key"})
    assert found(clear, credentials) == set(credentials) - {"a bearer token for EKS"}
    assert found(stack.session.environment["PULUMI_CONFIG_PASSPHRASE"], credentials) == {"passphrase"}
    shown = stack.pulumi("stack", "export", "--show-secrets").stdout
    assert found(shown, {"the kubeconfig": kubeconfig}) == {"the kubeconfig"}


def test_states_hold_no_secret(stack, credentials, kubeconfig):
    secrets = credentials | {"the kubeconfig": kubeconfig}
    states = files_of(stack.directory / "backend") | {"exported": stack.pulumi("stack", "export").stdout}
    assert {file.name for file in states if file != "exported"} >= {"dev.json", "dev.json.bak"}
    assert {str(place): names for place, text in states.items() if (names := found(text, secrets))} == {}


def test_the_journal_of_the_simulation_and_the_output_hold_no_secret(stack, credentials, kubeconfig):
    secrets = credentials | {"the kubeconfig": kubeconfig}
    places = {"journal": (stack.directory / "journal.jsonl").read_text(), "output": stack.output}
    accounts = b"".join(file.read_bytes() for file in stack.directory.glob("accounts.sqlite*"))
    places["accounts"] = accounts.decode(errors="replace")
    assert {place: names for place, text in places.items() if (names := found(text, secrets))} == {}


def test_the_most_verbose_log_gives_no_access(stack, credentials):
    """At this level the engine logs all that it sends to providers, the kubeconfig too; what it holds gives no access."""
    assert "RegisterResource" in stack.log
    assert found(stack.log, credentials) == set()
