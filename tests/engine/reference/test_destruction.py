"""What a reference stack needs to come into being, and what is left when it is destroyed."""

import json
import re

import pytest

from .stack import DESTROY, summary, with_dependencies

pytestmark = pytest.mark.engine

PROTECTED = re.compile(r'resource "([^"]+)" cannot be deleted\s+because it is protected')


def test_a_preview_needs_nothing_and_makes_nothing(reference):
    stack = reference("dev")
    preview = json.loads(stack.pulumi("preview", "--json").stdout)
    assert set(preview["changeSummary"]) == {"create"}
    assert stack.state().get("resources", []) == []
    assert stack.simulated() == []
    assert stack.in_cluster() == set()


def test_the_ephemeral_stack_is_destroyed_without_residue_and_comes_up_again(reference, expected):
    stack = reference("dev")
    stack.up()
    result = stack.pulumi(*DESTROY)
    assert set(summary(result.stdout)) == {"deleted"}
    assert stack.state().get("resources", []) == []
    assert stack.simulated() == []
    assert stack.in_cluster() == set()

    stack.up()
    stack.assert_holds_exactly(expected)
    stack.up("--expect-no-changes")


def test_a_protected_stack_refuses_to_be_destroyed_until_every_protected_resource_was_named_and_released(reference):
    """Pulumi stops at the resources that nothing else stands on, and comes to the next ones when those are unprotected."""
    stack = reference("small-production")
    stack.up()
    before = stack.resources(), stack.simulated(), stack.in_cluster()
    protected = {resource["urn"] for resource in stack.resources() if resource.get("protect")}
    refused = stack.pulumi("destroy", "--yes", check=False)
    assert refused.returncode
    assert (stack.resources(), stack.simulated(), stack.in_cluster()) == before

    named = set()
    while refused.returncode:
        found = {urn for urn in PROTECTED.findall(refused.stdout) if urn not in named}
        assert found, refused.stdout + refused.stderr
        named |= found
        stack.pulumi("state", "unprotect", "--yes", *found)
        refused = stack.pulumi("destroy", "--preview-only", check=False)
    assert named == protected != set()


def test_what_is_protected_and_what_it_depends_on_outlives_the_destruction_of_the_rest(reference):
    stack = reference("small-production")
    stack.up()
    resources, urns = stack.resources(), stack.urns()
    kept = with_dependencies(resources, {resource["urn"] for resource in resources if resource.get("protect")})
    retained = {resource["urn"] for resource in resources if resource.get("retainOnDelete")}

    stack.pulumi(*DESTROY, "--exclude-protected")
    assert set() < kept == stack.urns() < urns
    stack.assert_exist_alone(resource for resource in resources if resource["urn"] in kept | retained)

    stack.up()
    stack.assert_holds_exactly(urns)
    stack.up("--expect-no-changes")
