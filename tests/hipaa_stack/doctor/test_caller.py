"""Who looks, who deploys, and whether the cluster admits them: as its component decides before it is made."""

import json
import re

import pytest

from hipaa_components.aws._lockout import LockOutError, refuse_lock_out

ROLE = "arn:aws:iam::123456789012:role/deployer"
BELOW = "arn:aws:iam::123456789012:role/hipaa-stack/deployer"
DENIED = (403, "<ErrorResponse><Error><Code>AccessDenied</Code></Error></ErrorResponse>")


@pytest.fixture
def look(cloud, project, doctor, only):
    """What is said of the caller and the administrators."""
    only("caller")
    return lambda cluster=None, **more: doctor(project({"cluster": cluster or {}}, **more))[0]


@pytest.mark.parametrize("field", ["admin_principal_arns", "deployer_principals"])
@pytest.mark.parametrize(
    ("path", "admitted", "outcome", "said"),
    [
        ("/", ROLE, "pass", f"{ROLE} is one"),
        ("/hipaa-stack/", BELOW, "pass", f"{BELOW} is one"),
        ("/hipaa-stack/", ROLE, "fail", f"{BELOW} is in neither list; {ROLE} is another role"),
        ("/", BELOW, "fail", f"{ROLE} is in neither list; {BELOW} is another role"),
        ("/", ROLE.replace("123456789012", "210987654321"), "fail", f"{ROLE} is in neither list: nobody"),
        ("/", ROLE + "s", "fail", "in neither list: nobody who deploys could repair the cluster"),
    ],
)
def test_a_role_is_compared_with_its_path(cloud, look, monkeypatch, field, path, admitted, outcome, said):
    cloud.session_of(monkeypatch, "deployer", path)
    found = look({field: [admitted]})
    assert found["administrators"][0] == outcome
    assert said in found["administrators"][1]
    refused = False
    try:
        refuse_lock_out("here", found["caller"][1], ROLE if path == "/" else BELOW, [admitted])
    except LockOutError:
        refused = True
    assert refused is (outcome == "fail")


@pytest.mark.parametrize(("admitted", "outcome"), [(ROLE, "unknown"), (BELOW, "unknown"), (ROLE + "s", "fail")])
def test_a_role_that_may_not_be_read_is_unknown_at_best(cloud, look, monkeypatch, admitted, outcome):
    cloud.session_of(monkeypatch, "deployer")
    cloud.faults["Action=GetRole"] = DENIED
    found = look({"admin_principal_arns": [admitted]})
    assert found["administrators"][0] == outcome
    if outcome == "unknown":
        assert (
            found["administrators"][1] == "the role deployer is one by its name, and its path is not seen: the caller may not iam:GetRole"
        )
        assert "Allow iam:GetRole" in found["administrators"][2]


@pytest.mark.parametrize(
    ("cluster", "outcome", "said"),
    [
        ({}, "fail", "user/moto is not a role, and only roles are admitted.*cluster.admin_principal_arns or cluster.deployer_principals"),
        ({"admin_principal_arns": ["x", 7, "arn:x"]}, "fail", "is not a role"),
        ({"caller_not_admin": {"approver": "x"}}, "pass", "caller_not_admin"),
    ],
)
def test_a_user_is_no_administrator(look, cluster, outcome, said):
    found = look(cluster)
    assert found["caller"][:2] == ("pass", "arn:aws:sts::123456789012:user/moto")
    assert found["administrators"][0] == outcome
    assert re.search(said, " ".join(found["administrators"][1:]))


ROLES = [{"roleArn": ROLE}]


@pytest.mark.parametrize(
    "config",
    [
        {"aws:assumeRoles": ROLES},
        {"aws:assumeRoles": json.dumps(ROLES)},
        {"aws:assumeRole": ROLES[0]},
        {"aws:assumeRoleWithWebIdentity": ROLES[0]},
    ],
)
def test_a_role_that_the_provider_takes_is_not_the_caller(look, config):
    found = look({"admin_principal_arns": [ROLE]}, config=config)
    assert found["caller"][0] == "pass"
    assert (found["administrators"][0], found["administrators"][2]) == ("unknown", "Run this with the credentials of that role.")


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ({"config": {"aws:assumeRoles": [{"roleArn": "arn:aws:iam::210987654321:role/x"}]}}, "deploys into the account 210987654321"),
        ({"config": {"aws:assumeRoles": [{}]}}, "deploys into an account that is not said"),
        (
            {"config": {"aws:accessKey": "A", "aws:secretKey": {"secure": "v1:x"}}},
            "aws:accessKey, aws:secretKey: the program deploys with other",
        ),
        ({"environment": ["aws/prod"]}, "environments of Pulumi ESC"),
    ],
)
def test_another_account_is_not_judged_by_this_one(cloud, project, doctor, monkeypatch, keys, said):
    monkeypatch.setenv("PULUMI_BACKEND_URL", "s3://states")
    found, _ = doctor(project({}, **keys))
    for name in ("caller", "GuardDuty", "trail", "zones", "log groups", "quota: VPCs", "cluster"):
        assert found[name][0] == "unknown", found[name]
        assert said in found[name][1]
    assert found["state bucket"][:2] == ("fail", "states does not exist")  # Pulumi itself reads it, with these credentials


def test_a_project_says_it_for_all_its_stacks(look, tmp_path, project, doctor):
    directory = project()
    with (directory / "Pulumi.yaml").open("a") as file:
        file.write("  aws:accessKey: {value: A}\n")
    assert doctor(directory)[0]["caller"][0] == "unknown"


@pytest.mark.parametrize(
    ("config", "outcome"),
    [
        ({"aws:allowedAccountIds": ["123456789012"]}, "pass"),
        ({"aws:allowedAccountIds": ["210987654321"]}, "fail"),
        ({"aws:allowedAccountIds": '["210987654321"]'}, "fail"),
        ({"aws:forbiddenAccountIds": [123456789012]}, "fail"),
    ],
)
def test_an_account_that_the_provider_refuses_is_told(look, config, outcome):
    assert look(config=config)["caller"][0] == outcome
