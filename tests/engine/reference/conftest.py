"""Fixtures that open the reference stacks in sandboxes, one at a time, on one API server.

def test_up(reference, expected):
    stack = reference("dev")
    stack.up()
    stack.assert_holds_exactly(expected)
"""

import contextlib
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import pytest

from hipaa_stack.sandbox.kubernetes import LocalKubernetes
from hipaa_stack.sandbox.session import Options, Session
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
    """Opens a sandbox around a reference stack: `with open_reference("dev", faults=()) as stack`. The cluster begins empty.

    With `kubernetes=False`, the sandbox has none, or one of its own where the options say so.
    """

    @contextlib.contextmanager
    def opened(stack: str, *, kubernetes: bool = True, **options: Any) -> Iterator[Reference]:
        if kubernetes:
            empty(api_server)
        chosen = Options(**{"directory": tmp_path_factory.mktemp(stack)} | options)
        with Session(chosen, api_server if kubernetes else None) as session:
            yield Reference(session, stack)
        assert not marked(chosen.directory)

    return opened


@pytest.fixture
def reference(open_reference) -> Iterator[Callable[..., Reference]]:
    """Opens reference stacks that last until the test ends: `reference("dev", faults=())`."""
    with contextlib.ExitStack() as ends:
        yield lambda stack, **options: ends.enter_context(open_reference(stack, **options))


@pytest.fixture(scope="session")
def undisturbed(open_reference) -> Callable[[str], set[str]]:
    """The URNs of a reference stack after an undisturbed up: `undisturbed("dev")`."""

    @cache
    def urns(name: str) -> set[str]:
        with open_reference(name) as stack:
            stack.up()
            stack.assert_holds_exactly(stack.urns())
            return stack.urns()

    return urns


@pytest.fixture
def expected(undisturbed) -> set[str]:
    """The URNs of the dev stack after an undisturbed up."""
    return undisturbed("dev")
