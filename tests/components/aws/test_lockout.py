"""Whoever deploys a cluster can administer it, or nothing is made."""

import grpc
import pulumi_aws as aws
import pytest

from hipaa_components.aws import EksCluster, LockOutError
from hipaa_components.aws._lockout import refuse_lock_out

ADMIN = "arn:aws:iam::123456789012:role/admin"
PATH_ADMIN = "arn:aws:iam::123456789012:role/aws-reserved/sso.amazonaws.com/admin"
SESSION = "arn:aws:sts::123456789012:assumed-role/admin/jane@example.com"


@pytest.mark.parametrize(
    ("caller", "role", "roles"),
    [
        pytest.param(SESSION, ADMIN, ["arn:aws:iam::123456789012:role/other", ADMIN], id="named"),
        pytest.param(SESSION, PATH_ADMIN, [PATH_ADMIN], id="named with its path"),
        pytest.param(SESSION, None, [PATH_ADMIN], id="role not readable, account and name agree"),
        pytest.param(SESSION.replace("aws:sts", "aws-us-gov:sts"), None, [ADMIN.replace("arn:aws:", "arn:aws-us-gov:")], id="GovCloud"),
        pytest.param(SESSION.replace("/admin/", "/hipaa-stack-simulated-caller/"), None, [ADMIN], id="simulated account"),
    ],
)
def test_admits(caller, role, roles):
    refuse_lock_out("EksCluster 'prod'", caller, role, roles)


@pytest.mark.parametrize(
    ("caller", "role", "roles", "said"),
    [
        pytest.param(SESSION, ADMIN, [], f"{ADMIN} is not admitted", id="no list"),
        pytest.param(SESSION, ADMIN, [f"{ADMIN}s"], f"{ADMIN} is not admitted", id="another role"),
        pytest.param(SESSION, PATH_ADMIN, [ADMIN], f"{PATH_ADMIN} is not admitted", id="path left out"),
        pytest.param(SESSION, None, [ADMIN.replace("1234", "9876")], f"{SESSION} is not admitted", id="same name, other account"),
        pytest.param(SESSION, None, [f"{ADMIN}s"], f"{SESSION} is not admitted", id="role not readable, other name"),
        pytest.param("arn:aws:iam::123456789012:root", None, [ADMIN], "123456789012:root is not a role", id="root"),
        pytest.param("arn:aws:iam::123456789012:user/jane", None, [ADMIN], "user/jane is not a role", id="user"),
        pytest.param("arn:aws:sts::123456789012:federated-user/jane", None, [ADMIN], "federated-user/jane is not a role", id="federation"),
    ],
)
def test_refuses(caller, role, roles, said):
    with pytest.raises(LockOutError, match=f"^EksCluster 'prod': you would lock yourself out: .*{said}.*or set caller_not_admin$"):
        refuse_lock_out("EksCluster 'prod'", caller, role, roles)


class Denied(grpc.RpcError):
    """What the engine answers when AWS refuses a look-up."""

    def code(self):
        return grpc.StatusCode.UNKNOWN

    def details(self):
        return "not authorized to perform: iam:GetRole"


class Lookups(dict):
    """Look-ups, of which those without an answer are refused."""

    def __getitem__(self, token):
        if (answer := super().__getitem__(token)) is None:
            raise Denied
        return answer


@pytest.fixture
def lookups(lookups):
    return Lookups(lookups)


def cluster(admin, **change):
    key = "arn:aws:kms:us-east-1:123456789012:key/1"
    args = {
        "cluster_name": "clinic",
        "vpc_id": "vpc-1",
        "subnet_ids": ["subnet-1", "subnet-2"],
        "secrets_key_arn": key,
        "volume_key_arn": key,
        "log_group_arn": "arn:aws:logs:us-east-1:123456789012:log-group:/aws/eks/clinic/cluster",
        "admin_principal_arns": [admin],
    }
    return EksCluster("prod", {**args, **change})


def locked_out(register, program):
    """Runs a program that must be refused; True when no cluster was registered either."""
    with pytest.raises(LockOutError, match="you would lock yourself out"):
        register(program)
    return not register.last.of_type("aws:eks/cluster:Cluster")


def test_a_cluster_is_not_made_without_its_deployer(register):
    assert locked_out(register, lambda: cluster(ADMIN))


def test_a_role_of_the_stack_is_compared_when_its_arn_is_known(register):
    assert locked_out(register, lambda: cluster(aws.iam.Role("new", assume_role_policy="{}").arn))


@pytest.mark.parametrize("field", ["admin_principal_arns", "deployer_principals"])
def test_either_list_admits_the_deployer(register, field):
    roles = {"admin_principal_arns": [ADMIN], field: ["arn:aws:iam::123456789012:role/deployer"]}
    register(lambda: cluster(ADMIN, **roles)).one("aws:eks/cluster:Cluster")


def test_an_access_entry_admits_nobody_who_deploys(register):
    entry = {"principal_arn": "arn:aws:iam::123456789012:role/deployer", "groups": ["clinic"]}
    assert locked_out(register, lambda: cluster(ADMIN, access_entries=[entry]))


def test_names_decide_where_the_role_cannot_be_read(register, lookups):
    lookups["aws:iam/getSessionContext:getSessionContext"] = None
    register(lambda: cluster("arn:aws:iam::123456789012:role/some/path/deployer")).one("aws:eks/cluster:Cluster")
    assert locked_out(register, lambda: cluster(ADMIN))


def test_the_weakening_deploys_without_being_admitted(register):
    weakening = {"how_still_met": "Two administrators hold the role and are on call every day.", "approver": "CISO"}
    registered = register(lambda: cluster(ADMIN, caller_not_admin=weakening))
    assert registered.one("aws:eks/cluster:Cluster").inputs["tags"]["hipaa-stack:exceptions"] == "caller_not_admin"
