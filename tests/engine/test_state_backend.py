"""The state backend through the real engine, as its page tells: made on disk, moved into another place, unchanged, protected."""

import json
import re
from pathlib import Path

import pytest

pytestmark = pytest.mark.engine

PAGE = (Path(__file__).parents[2] / "docs/state-backend.md").read_text()
PROGRAM = re.search(r"```python\n(.*?)```", PAGE, re.DOTALL)[1]
STACKS = {"account": 'config:\n  aws:region: us-east-1\n  trial:admins: ["arn:aws:iam::123456789012:role/platform-admin"]\n'}
SECRET = 'pulumi.export("token", pulumi.Output.secret("opensesame"))\n'


@pytest.fixture
def box(sandbox, make_project):
    opened = sandbox(make_project({"__main__.py": PROGRAM + SECRET}, stacks=STACKS))
    opened.pulumi("stack", "init", "account")
    return opened


def test_it_moves_from_a_folder_into_another_place_and_is_unchanged(box, tmp_path):
    box.pulumi("up", "--yes")
    outputs = json.loads(box.pulumi("stack", "output", "--json").stdout)
    assert re.fullmatch(r"s3://platform-state-[\w-]+\?region=us-east-1", outputs["backend_url"])
    assert re.fullmatch(r"awskms://[0-9a-f-]{36}\?region=us-east-1", outputs["secrets_provider"])
    assert outputs["deployer_role_arn"].startswith("arn:aws:iam::123456789012:role/hipaa-stack-bootstrap/platform-deployer-")
    assert outputs["boundary_arn"].startswith("arn:aws:iam::123456789012:policy/hipaa-stack-bootstrap/platform-boundary-")

    exported = tmp_path / "account.json"
    box.pulumi("stack", "export", "--file", str(exported))
    assert "opensesame" not in exported.read_text()
    (tmp_path / "elsewhere").mkdir()
    there = {"PULUMI_BACKEND_URL": f"file://{tmp_path / 'elsewhere'}"}
    box.pulumi("stack", "init", "account", env=there)
    box.pulumi("stack", "import", "--file", str(exported), env=there)
    box.pulumi("up", "--yes", "--expect-no-changes", env=there)
    moved = json.loads(box.pulumi("stack", "output", "--json", "--show-secrets", env=there).stdout)
    assert moved == {**outputs, "token": "opensesame"}

    refused = box.pulumi("destroy", "--yes", "--skip-preview", check=False, env=there)
    assert refused.returncode
    assert "protected" in refused.stdout + refused.stderr


def test_the_rights_name_what_was_made(box):
    box.pulumi("up", "--yes", "--skip-preview")
    outputs = json.loads(box.pulumi("stack", "output", "--json").stdout)
    policies = {item["urn"].rpartition("::")[2]: json.loads(item["inputs"]["policy"]) for item in box.resources("aws:iam/policy:Policy")}
    (bounded,) = (each for each in policies["platform-identities"]["Statement"] if each["Sid"] == "BoundedRoles")
    assert bounded["Condition"]["StringEquals"] == {"iam:PermissionsBoundary": outputs["boundary_arn"]}
    bucket = outputs["backend_url"].removeprefix("s3://").partition("?")[0]
    (state,) = (each for each in policies["platform-guard"]["Statement"] if each["Sid"] == "State")
    assert state["Resource"] == [f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/*"]
    (role,) = box.resources("aws:iam/role:Role")
    (trust,) = json.loads(role["inputs"]["assumeRolePolicy"])["Statement"]
    assert trust["Principal"]["Federated"].endswith(":oidc-provider/token.actions.githubusercontent.com")
    assert trust["Condition"] == {
        "StringEquals": {
            "token.actions.githubusercontent.com:aud": "sts.amazonaws.com",
            "token.actions.githubusercontent.com:sub": ["repo:clinic/platform:environment:production"],
        }
    }
