"""The API server is private: an up from outside makes what needs no API server, and one from within completes it."""

import pytest

from hipaa_stack.sandbox.session import Api

from .stack import with_dependencies

pytestmark = pytest.mark.engine


def test_an_up_without_a_path_to_the_api_server_is_completed_by_one_with(open_reference, expected, tmp_path):
    with open_reference("dev", kubernetes=False, directory=tmp_path, api=Api.UNREACHABLE) as stack:
        failed = stack.up(check=False)
        assert failed.returncode
        assert "clinic-dev-system-coredns):\n    error: configured Kubernetes cluster is unreachable: " in failed.stdout
        outside = stack.urns()
        assert not stack.state().get("pending_operations")
        stack.assert_cloud_holds_exactly(stack.resources())

    with open_reference("dev", kubernetes=False, directory=tmp_path, local_kubernetes=True) as stack:
        assert stack.up_again_as_pulumi_asks() == []
        stack.assert_holds_exactly(expected)
        resources = stack.resources()
        for urn in expected - outside:
            needed = with_dependencies(resources, {urn})
            assert any("$kubernetes:" in other for other in needed), f"{urn} needs nothing in the cluster"
        assert not any("$kubernetes:" in urn for urn in outside)
        stack.up("--expect-no-changes")
