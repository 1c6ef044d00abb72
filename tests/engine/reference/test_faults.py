"""A call of the cloud goes wrong in the middle of an up: the up says which, and the next up completes it."""

import signal
import time

import pytest

from hipaa_stack.sandbox.config import Fault, FaultKind

from .stack import UP, wait_until

pytestmark = pytest.mark.engine

REFUSED = [
    (FaultKind.FAIL, 1, "InternalFailure"),
    (FaultKind.THROTTLE, 9, "ThrottlingException"),
    (FaultKind.FAIL, 21, "InternalFailure"),
    (FaultKind.THROTTLE, 33, "ThrottlingException"),
    (FaultKind.FAIL, 47, "InternalFailure"),
    (FaultKind.THROTTLE, 63, "ThrottlingException"),
]
DIED = [15, 40]
HUNG = [(28, signal.SIGINT, []), (53, signal.SIGKILL, ["cancel", "refresh"])]


@pytest.mark.parametrize(("kind", "nth", "answer"), REFUSED)
def test_a_refused_create_is_named_and_repeated(reference, expected, kind, nth, answer):
    stack = reference("dev", faults=(Fault(kind=kind, nth=nth),))
    failed = stack.up(check=False)
    [refused] = [entry for entry in stack.journal() if entry["outcome"] == "error"]
    assert failed.returncode
    assert answer in failed.stdout
    assert_names(failed.stdout, refused)
    assert_completes(stack, expected, asked=[])


@pytest.mark.parametrize("nth", DIED)
def test_a_provider_that_dies_after_it_made_something_is_named_and_makes_it_once(reference, expected, nth):
    stack = reference("dev", faults=(Fault(kind=FaultKind.DIE, nth=nth),))
    failed = stack.up(check=False)
    [died] = [entry for entry in stack.journal() if entry["outcome"] == "died"]
    assert failed.returncode
    assert_names(failed.stdout, died)
    assert_completes(stack, expected, asked=[])
    assert [entry["id"] for entry in stack.journal() if entry["outcome"] == "recovered" and entry["urn"] == died["urn"]] == [died["id"]]


@pytest.mark.parametrize(("nth", "number", "asked"), HUNG)
def test_an_up_that_hangs_can_be_ended(reference, expected, nth, number, asked):
    stack = reference("dev", faults=(Fault(kind=FaultKind.HANG, nth=nth),))
    engine = stack.start(*UP)
    wait_until(lambda: stack.creates() >= nth, f"create {nth}")
    time.sleep(1)
    assert engine.poll() is None
    engine.send_signal(number)
    output, _ = engine.communicate()
    assert engine.returncode
    if number == signal.SIGINT:
        print(output)
        [hung] = [entry for entry in stack.journal() if entry["outcome"] == "hung"]
        assert_names(output, hung)
    assert_completes(stack, expected, asked)


def assert_names(output, entry):
    """The output blames the resource of this call, by type and name."""
    type_, name = entry["type"], entry["urn"].rpartition("::")[2]
    assert f"{name})" in output.partition("Diagnostics:")[2]
    assert type_.split(":")[0] in output


def assert_completes(stack, expected, asked):
    """The next up completes the stack; everything exists once, and a further up has nothing to do."""
    assert stack.up_again_as_pulumi_asks() == asked
    stack.assert_holds_exactly(expected)
    assert stack.simulated(also_deleted=True) == stack.simulated()
    stack.up("--expect-no-changes")
