"""What a statement of a policy opens, to whom, and that what is not known is never taken for closed."""

import json

import pytest

from hipaa_stack.resources import Resource, Undecided, Unknown, Unparsable
from hipaa_stack.rules.aws._policies import (
    allows_action,
    any_principal,
    condition_values,
    identity_statements,
    matches,
    on_everything,
    open_to_all,
    principals,
    statements,
)

POLICY = "aws:iam/policy:Policy"


def only(statement):
    """A statement as rules see it."""
    (found,) = statements(Resource("urn", POLICY, "p", {"policy": {"Statement": statement}}).root, "policy")
    return found


def opened(condition=None, principal="*", **more):
    given = {"Effect": "Allow", "Principal": principal, "Action": "s3:*", "Resource": "*", **more}
    return open_to_all(only(given | ({"Condition": condition} if condition is not None else {})))


@pytest.mark.parametrize("written", [dict, json.dumps], ids=["object", "JSON"])
@pytest.mark.parametrize("listed", [False, True])
def test_statements_of_every_form(written, listed):
    statement = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    document = written({"Statement": [statement] if listed else statement})
    (found,) = statements(Resource("urn", POLICY, "p", {"policy": document}).root, "policy")
    assert found.path() == ("policy.Statement[0]" if listed else "policy.Statement")
    assert on_everything(found)


def test_what_is_no_policy():
    with pytest.raises(Unparsable):
        list(statements(Resource("urn", POLICY, "p", {"policy": "{"}).root, "policy"))
    with pytest.raises(Undecided):
        list(statements(Resource("urn", POLICY, "p", {"policy": Unknown()}).root, "policy"))
    assert list(statements(Resource("urn", POLICY, "p", {}).root, "policy")) == []


def test_inline_policies_of_a_role_are_identity_policies():
    inline = [{"name": "a", "policy": json.dumps({"Statement": {"Effect": "Allow"}})}, {"name": "b"}]
    role = Resource("urn", "aws:iam/role:Role", "r", {"inlinePolicies": inline, "assumeRolePolicy": "{}"})
    assert [found.path() for found in identity_statements(role.root)] == ["inlinePolicies[0].policy.Statement"]


@pytest.mark.parametrize("principal", ["*", {"AWS": "*"}, {"AWS": ["arn:aws:iam::123456789012:root", "*"]}, {"Federated": "*"}])
def test_everybody_in_every_form(principal):
    assert opened(principal=principal)


def test_all_but_some_are_everybody():
    statement = {"Effect": "Allow", "NotPrincipal": {"AWS": "arn:aws:iam::123456789012:root"}, "Action": "*", "Resource": "*"}
    assert open_to_all(only(statement))


@pytest.mark.parametrize(
    "principal", [{"AWS": "123456789012"}, {"Service": "logs.amazonaws.com"}, {"AWS": ["arn:aws:iam::123456789012:role/*"]}]
)
def test_somebody_is_not_everybody(principal):
    assert not opened(principal=principal)
    assert not any_principal(only({"Principal": principal}))


def test_a_denial_opens_nothing():
    assert not opened(Effect="Deny")


@pytest.mark.parametrize(
    "condition",
    [
        {"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}},
        {"stringequals": {"AWS:principalorgid": ["o-a1b2c3d4e5"]}},
        {"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": "o-a1b2c3d4e5/r-ab12/*"}},
        {"ArnLike": {"aws:SourceArn": "arn:aws:cloudtrail:*:123456789012:trail/*"}},
        {"ArnEquals": {"aws:SourceArn": "arn:aws:s3:::records"}},
        {"StringEquals": {"kms:CallerAccount": "123456789012", "kms:ViaService": "ec2.us-east-1.amazonaws.com"}},
        {"StringEquals": {"aws:SourceVpce": ["vpce-1", "vpce-2"]}, "Bool": {"aws:SecureTransport": True}},
    ],
    ids=str,
)
def test_a_condition_on_known_callers_limits(condition):
    assert not opened(condition)


@pytest.mark.parametrize(
    "condition",
    [
        {},
        {"StringNotEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}},
        {"StringEqualsIfExists": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}},
        {"ForAllValues:StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}},
        {"StringLike": {"aws:PrincipalOrgID": "*"}},
        {"StringLike": {"aws:PrincipalArn": ["arn:aws:iam::123456789012:role/a", "*"]}},
        {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/admin"}},
        {"ArnLike": {"aws:SourceArn": "arn:aws:s3:::*"}},
        {"ArnLike": {"aws:SourceArn": "arn:aws:s3"}},
        {"StringEquals": {"kms:ViaService": "ec2.us-east-1.amazonaws.com"}},
        {"StringEquals": {"aws:PrincipalOrgID": []}},
        {"Bool": {"aws:SecureTransport": "true"}},
        {"IpAddress": {"aws:SourceIp": "0.0.0.0/0"}},
    ],
    ids=str,
)
def test_any_other_condition_lets_everybody_in(condition):
    assert opened(condition)


@pytest.mark.parametrize(
    "change",
    [
        {"Effect": Unknown()},
        {"Principal": Unknown()},
        {"Principal": {"AWS": ["arn:aws:iam::123456789012:root", Unknown()]}},
        {"Condition": Unknown()},
        {"Condition": {"StringEquals": Unknown()}},
        {"Condition": {"StringEquals": {"aws:PrincipalOrgID": Unknown()}}},
        {"Principal": ["*"]},
        {"Condition": {"StringEquals": {"aws:PrincipalOrgID": {}}}},
    ],
    ids=str,
)
def test_what_is_not_known_is_not_decided(change):
    with pytest.raises(Undecided):
        open_to_all(only({"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*", **change}))


def test_what_is_known_decides_beside_what_is_not():
    assert not opened({"StringEquals": {"aws:PrincipalOrgID": "o-1", "aws:SourceVpc": Unknown()}})
    assert opened({"StringLike": {"aws:PrincipalOrgID": ["*", Unknown()]}})
    assert any_principal(only({"Principal": {"AWS": [Unknown(), "*"]}}))


@pytest.mark.parametrize(
    ("elements", "action", "allowed"),
    [
        ({"Action": "iam:PassRole"}, "iam:PassRole", True),
        ({"Action": ["s3:*", "IAM:pass*"]}, "iam:PassRole", True),
        ({"Action": "*"}, "iam:PassRole", True),
        ({"Action": "iam:Pass?ole"}, "iam:PassRole", True),
        ({"Action": "iam:Get*"}, "iam:PassRole", False),
        ({"NotAction": "s3:*"}, "iam:PassRole", True),
        ({"NotAction": "iam:*"}, "iam:PassRole", False),
        ({"Effect": "Deny", "Action": "*"}, "iam:PassRole", False),
    ],
)
def test_what_an_action_covers(elements, action, allowed):
    assert allows_action(only({"Effect": "Allow", "Resource": "*"} | elements), action) is allowed


@pytest.mark.parametrize(
    ("elements", "everything"),
    [
        ({"Resource": "*"}, True),
        ({"Resource": ["arn:aws:s3:::a", "*"]}, True),
        ({"Resource": "arn:aws:*:*:*:*"}, True),
        ({"Resource": "arn:*"}, True),
        ({"NotResource": "arn:aws:s3:::a"}, True),
        ({"Resource": "arn:aws:s3:::a*"}, False),
        ({"Resource": "arn:aws:iam::123456789012:role/*"}, False),
    ],
)
def test_what_resources_leave_out(elements, everything):
    assert on_everything(only({"Effect": "Allow", "Action": "*"} | elements)) is everything


def test_tests_of_a_key_are_read_whatever_its_letters():
    statement = only(
        {"Condition": {"StringLike": {"oidc.example.com/id/A.1:Sub": ["system:*", "b"]}, "Bool": {"aws:MultiFactorAuthPresent": True}}}
    )
    assert list(condition_values(statement, "oidc.example.com/id/a.1:sub", "stringlike", "stringequals")) == ["system:*", "b"]
    assert list(condition_values(statement, "aws:multifactorauthpresent", "bool")) == ["true"]
    assert list(condition_values(statement, "aws:multifactorauthpresent", "boolifexists")) == []


def test_principals_of_a_kind():
    statement = only({"Principal": {"AWS": ["a", "b"], "Service": "ec2.amazonaws.com"}})
    assert list(principals(statement)) == ["a", "b", "ec2.amazonaws.com"]
    assert list(principals(statement, "Service")) == ["ec2.amazonaws.com"]
    assert list(principals(only({"Principal": "*"}), "Service")) == ["*"]
    assert list(principals(only({}))) == []


def test_a_pattern_is_no_regular_expression():
    assert matches("s3:Get(x)?", "s3:get(x)y")
    assert not matches("s3.Get", "s3:Get")
