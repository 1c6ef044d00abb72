"""What counts as a literal credential, what does not, and at which price."""

from __future__ import annotations

import json
import time
from collections.abc import Callable

import pytest

from hipaa_stack.rules._credentials import Credential, credential, credential_in

AWS_KEY = "AKIA" + "IOSFODNN7EXAMPLE"
WEB_TOKEN = "eyJ" + "hbGciOiJIUzI1NiJ9" + ".eyJ" + "zdWIiOiIxMjM0In0" + ".c2lnbmF0dXJlLXRleHQ"
GITHUB_TOKEN = "ghp" + "_" + "a1B2" * 9
GITLAB_TOKEN = "glpat" + "-" + "x1y2z3" * 4
SLACK_TOKEN = "xoxb" + "-123456789012-abcdefGHIJ"
PRIVATE_KEY = "-----BEGIN " + "RSA PRIVATE KEY-----\nMIIB\n-----END RSA PRIVATE KEY-----"


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        (AWS_KEY, Credential.AWS_KEY),
        ("ASIA" + AWS_KEY[4:], Credential.AWS_KEY),
        (f"key = {AWS_KEY}\n", Credential.AWS_KEY),
        (PRIVATE_KEY, Credential.PRIVATE_KEY),
        (PRIVATE_KEY.replace("RSA ", ""), Credential.PRIVATE_KEY),
        (PRIVATE_KEY.replace("RSA ", "OPENSSH "), Credential.PRIVATE_KEY),
        (PRIVATE_KEY.replace("RSA PRIVATE KEY", "PGP PRIVATE KEY BLOCK"), Credential.PRIVATE_KEY),
        (f'{{"private_key": "{PRIVATE_KEY}"}}', Credential.PRIVATE_KEY),
        (WEB_TOKEN, Credential.WEB_TOKEN),
        (f"Bearer {WEB_TOKEN}", Credential.WEB_TOKEN),
        (GITHUB_TOKEN, Credential.GITHUB_TOKEN),
        ("github_pat_" + "A1_b" * 20, Credential.GITHUB_TOKEN),
        (GITLAB_TOKEN, Credential.GITLAB_TOKEN),
        (SLACK_TOKEN, Credential.SLACK_TOKEN),
        ("xapp-1-A0123456789-0123456789", Credential.SLACK_TOKEN),
        ("postgres://app:hunter2@db:5432/app", Credential.URL_PASSWORD),
        ("redis://:hunter2@cache", Credential.URL_PASSWORD),
        ("a://$(USER):$(PASS)@b c://u:hunter2@d", Credential.URL_PASSWORD),
    ],
)
def test_a_value_is_recognised_by_its_form_under_any_name(value: str, kind: Credential) -> None:
    assert credential("data", value) is kind
    assert credential_in(value) is kind


@pytest.mark.parametrize(
    "value",
    [
        "",
        "AKIA",
        AWS_KEY[:-1],
        AWS_KEY + "A",
        "X" + AWS_KEY,
        "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----",
        "-----BEGIN PUBLIC KEY-----\nMIIB\n-----END PUBLIC KEY-----",
        "the PRIVATE KEY is elsewhere",
        "eyJhbGciOiJIUzI1NiJ9",
        WEB_TOKEN.rpartition(".")[0],
        "ghp_short",
        "highlight-" + "a1B2" * 9,
        "glpat-short",
        "https://example.org/a:b@c",
        "https://user@example.org",
        "https://example.org:8443/path",
        "postgres://app:$(DB_PASSWORD)@db/app",
        "postgres://app:${DB_PASSWORD}@db/app",
        "postgres://{{ .user }}:{{ .password }}@db/app",
        "postgres://user:<password>@db/app",
    ],
)
def test_other_values_are_not_recognised_by_their_form(value: str) -> None:
    assert credential("data", value) is None


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PASSWORD", "hunter2"),
        ("password", "password"),
        ("PGPASSWORD", "hunter2"),
        ("MYSQL_ROOT_PASSWORD_1", "hunter2"),
        ("dbPasswd", "hunter2"),
        ("DB_PWD", "hunter2"),
        ("DB_PASSWORD_STAGING", "hunter2"),
        ("adminPassword", "123456"),
        ("adminPassword", 123456),
        ("SSH_PASSPHRASE", "correct horse"),
        ("SECRET_KEY", "k3y"),
        ("SECRET_KEY_BASE", "0123456789abcdef"),
        ("clientSecret", "5f7c1a9e-0000-4000-8000-123456789abc"),
        ("client_secret", "s3cr3t/with+slash="),
        ("API_KEY", "abc123"),
        ("api-key", "abc123"),
        ("apiKey", "abc123"),
        ("TOKEN_SIGNING_KEY", "abc123"),
        ("private.key", "MIIB"),
        ("AWS_SECRET_ACCESS_KEY", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"),
        ("authToken", "abc123"),
        ("credentials", "user pass"),
        ("password.txt", "hunter2"),
        ("ConnectionString", "Server=db;Password=hunter2"),
        ("CONN_STR", "AccountName=a;AccountKey=bGtq"),
        ("DATABASE_PASSWORD_URL_TOKEN", "abc123"),
        ("TOKEN", "https://hooks.example.org/x?token=abc"),
    ],
)
def test_a_literal_under_the_name_of_a_credential(name: str, value: object) -> None:
    assert credential(name, value) is Credential.NAMED


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PASSWORD", ""),
        ("PASSWORD", "  "),
        ("PASSWORD", None),
        ("PASSWORD", True),
        ("PASSWORD", ["hunter2"]),
        ("PASSWORD", "$(DB_PASSWORD)"),
        ("PASSWORD", "${DB_PASSWORD}"),
        ("PASSWORD", "{{ .Values.password }}"),
        ("PASSWORD", "<your password>"),
        ("PASSWORD", "/run/secrets/password"),
        ("PASSWORD", "./password"),
        ("PASSWORD", "C:\\secrets\\password"),
        ("PASSWORD_FILE", "anything"),
        ("passwordSecretName", "db"),
        ("passwordKey", "pw"),
        ("passwordPolicy", "strict"),
        ("usePasswordFiles", "true"),
        ("tokenReviewUrl", "https://auth.example.org/review"),
        ("TOKEN_ENDPOINT", "auth.example.org"),
        ("TOKEN", "https://auth.example.org"),
        ("tokenTTL", "1h"),
        ("TOKEN_EXPIRATION_SECONDS", 3600),
        ("MAX_TOKENS", "4096"),
        ("maxTokens", 4096),
        ("tokenizer", "bert"),
        ("TOKENIZER_MODEL", "bert"),
        ("secretary", "jane"),
        ("secretName", "tls"),
        ("existingSecret", "db"),
        ("imagePullSecrets", "regcred"),
        ("tlsSecret", "app-tls-secret"),
        ("secretKey", "password"),
        ("secretKey", "admin-password"),
        ("SECRET_ARN", "anything"),
        ("dbCredentials", "arn:aws:secretsmanager:us-east-1:123456789012:secret:db-AbCdEf"),
        ("secret", "projects/p/secrets/db/versions/1"),
        ("secret", "op://vault/item"),
        ("automountServiceAccountToken", "false"),
        ("AWS_ACCESS_KEY_ID", "see the documentation"),
        ("CONNECTION_STRING", "postgres://db/app"),
        ("CONNECTION_STRING", "Server=db;Database=app"),
        ("PWD", "app"),
        ("name", "hunter2"),
        ("", "hunter2"),
    ],
)
def test_what_is_no_literal_credential(name: str, value: object) -> None:
    assert credential(name, value) is None


def test_no_description_of_a_credential_holds_its_value() -> None:
    assert "hunter2" not in str(credential("PASSWORD", "hunter2"))


HOSTILE = {
    "web tokens without an end": "eyJ" * 700_000,
    "web tokens one after the other": "eyJabcdefgh." * 170_000,
    "schemes": "://" * 700_000,
    "users": "://a:" * 400_000,
    "a password without an end": "://a:" + "b" * 2_000_000,
    "keys": "-----BEGIN " * 180_000 + "PRIVATE KEY",
    "key types": "-----BEGIN A A " * 130_000 + "PRIVATE KEY",
    "AWS keys": "AKIA" * 500_000,
    "GitHub tokens": "ghp_" * 500_000,
    "GitHub tokens of the other form": "github_pat_" * 180_000,
    "GitLab tokens": "glpat-" * 330_000,
    "Slack tokens": "xoxb-" * 400_000,
    "Slack tokens within tokens": "xoxb.xoxb" * 220_000,
    "variables": "$" * 2_000_000,
    "placeholders": "<" * 2_000_000,
    "dots": "." * 2_000_000,
    "slashes": "/" * 2_000_000,
    "labels": "a-" * 1_000_000,
    "assignments": "password" + " " * 2_000_000,
    "capitals": "A" * 2_000_000,
    "blanks": " " * 2_000_000,
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_two_million_hostile_characters_take_seconds_at_most(text: str) -> None:
    """A quadratic expression would take hours."""
    start = time.process_time()
    for name in ("password", "secret", "connectionString", text):
        credential(name, text)
    assert time.process_time() - start < 10


@pytest.mark.parametrize(
    ("name", "value"), [("LOG_LEVEL", "info"), ("HOST", "db.example.org"), ("image", "registry.example.org/team/application:1.27.4")]
)
def test_an_ordinary_value_costs_about_as_much_as_reading_it_from_json(name: str, value: str) -> None:
    """As a ratio to work done in the same moment: it holds on a machine that does other work too."""
    document = json.dumps({name: value})
    ratio = min(_seconds(lambda: credential(name, value)) / _seconds(lambda: json.loads(document)) for _ in range(5))
    assert ratio < 2


def _seconds(work: Callable[[], object]) -> float:
    start = time.process_time()
    for _ in range(5_000):
        work()
    return time.process_time() - start
