"""A reference stack that is up stays as it is: nothing changes by itself, and nothing of it has drifted."""

import json

import pytest

from .stack import summary

pytestmark = pytest.mark.engine


@pytest.fixture(scope="module", params=["dev", "small-production"])
def stack(request, open_reference):
    """Each reference stack that is a whole platform, up; the layers of the other are in test_layers."""
    with open_reference(request.param) as opened:
        result = opened.up()
        assert summary(result.stdout) == {"created": opened.counted()}
        yield opened


def test_everything_in_the_state_exists_once_and_nothing_else_does(stack):
    stack.assert_holds_exactly(stack.urns())


def test_a_second_up_changes_nothing(stack):
    before = stack.simulated(also_deleted=True), stack.in_cluster()
    result = stack.up("--expect-no-changes")
    assert summary(result.stdout) == {"unchanged": stack.counted()}
    assert (stack.simulated(also_deleted=True), stack.in_cluster()) == before


def test_a_preview_shows_no_difference(stack):
    preview = json.loads(stack.pulumi("preview", "--json", "--expect-no-changes").stdout)
    assert preview["changeSummary"] == {"same": stack.counted()}


def test_a_refresh_finds_nothing_changed(stack):
    result = stack.pulumi("refresh", "--yes", "--skip-preview", "--expect-no-changes")
    assert summary(result.stdout) == {"unchanged": stack.counted()}
