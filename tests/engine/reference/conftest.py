"""Fixtures that open the reference stacks in sandboxes, one at a time, on one API server.

def test_up(reference, expected):
    stack = reference("dev")
    stack.up()
    stack.assert_holds_exactly(expected)
"""

import contextlib
from collections.abc import Callable, Iterator

import pytest

from hipaa_stack.sandbox.config import Fault
from hipaa_stack.sandbox.kubernetes import LocalKubernetes
from hipaa_stack.sandbox.session import Api, Options, Session
from hipaa_stack.sandbox.supervisor import marked

pytest.register_assert_rewrite("tests.engine.reference.stack")

from .stack import Reference, empty  # noqa: E402 - its assertions are rewritten first


@pytest.fixture(scope="session")
def api_server(tmp_path_factory) -> Iterator[LocalKubernetes]:
    """One API server for this folder: a reference stack takes the whole cluster, so only one stack is up at a time."""
    with LocalKubernetes.start(tmp_path_factory.mktemp("reference-kubernetes")) as running:
        yield running


@pytest.fixture(scope="session")
def open_reference(api_server, tmp_path_factory) -> Callable[..., contextlib.AbstractContextManager[Reference]]:
    """Opens a sandbox around a reference stack: `with open_reference("dev", faults=()) as stack`. The cluster begins empty."""

    @contextlib.contextmanager
    def opened(stack: str, *, faults: tuple[Fault, ...] = (), api: Api = Api.REACHABLE) -> Iterator[Reference]:
        empty(api_server)
        options = Options(directory=tmp_path_factory.mktemp(stack), faults=faults, api=api)
        with Session(options, api_server) as session:
            yield Reference(session, stack)
        assert not marked(options.directory)

    return opened


@pytest.fixture
def reference(open_reference) -> Iterator[Callable[..., Reference]]:
    """Opens reference stacks that last until the test ends: `reference("dev", faults=(), api=Api.REACHABLE)`."""
    with contextlib.ExitStack() as ends:
        yield lambda stack, **options: ends.enter_context(open_reference(stack, **options))


@pytest.fixture(scope="session")
def expected(open_reference) -> set[str]:
    """The URNs of the dev stack after an undisturbed up."""
    with open_reference("dev") as stack:
        stack.up()
        stack.assert_holds_exactly(stack.urns())
        return stack.urns()
