"""A call of the cloud goes wrong in the middle of an up: the up says which, and the next up completes it."""

import signal
import time

import pytest

from hipaa_stack.sandbox.config import Fault, FaultKind

from .stack import CLOUD, UP, wait_until

pytestmark = pytest.mark.engine

REFUSED = [
    ("dev", FaultKind.FAIL, 1, "InternalFailure"),
    ("dev", FaultKind.THROTTLE, 30, "ThrottlingException"),
    ("dev", FaultKind.FAIL, 70, "InternalFailure"),
    (CLOUD, FaultKind.THROTTLE, 90, "ThrottlingException"),
    (CLOUD, FaultKind.FAIL, 140, "InternalFailure"),
]
QUIET_SECONDS = 1.5
"""Time enough for everything that does not wait for a create that hangs."""

DIED = [("dev", 40), (CLOUD, 110)]
HUNG = [28, 53]


@pytest.mark.parametrize(("name", "kind", "nth", "answer"), REFUSED)
def test_a_refused_create_is_named_and_repeated(reference, undisturbed, name, kind, nth, answer):
    expected, stack = undisturbed(name), reference(name, faults=(Fault(kind=kind, nth=nth),))
    failed = stack.up(check=False)
    [refused] = [entry for entry in stack.journal() if entry["outcome"] == "error"]
    assert failed.returncode
    assert answer in failed.stdout
    assert_names(failed.stdout, refused)
    assert_completes(stack, expected, asked=[])


@pytest.mark.parametrize(("name", "nth"), DIED)
def test_a_provider_that_dies_after_it_made_something_is_named_and_makes_it_once(reference, undisturbed, name, nth):
    expected, stack = undisturbed(name), reference(name, faults=(Fault(kind=FaultKind.DIE, nth=nth),))
    failed = stack.up(check=False)
    [died] = [entry for entry in stack.journal() if entry["outcome"] == "died"]
    assert failed.returncode
    assert_names(failed.stdout, died)
    assert_completes(stack, expected, asked=[])
    assert [entry["id"] for entry in stack.journal() if entry["outcome"] == "recovered" and entry["urn"] == died["urn"]] == [died["id"]]


@pytest.mark.parametrize("nth", HUNG[:1])
def test_a_create_that_hangs_is_cancelled_by_an_interrupt_and_named(reference, expected, nth):
    stack = reference("dev", faults=(Fault(kind=FaultKind.HANG, nth=nth),))
    engine = hanging(stack, nth)
    engine.send_signal(signal.SIGINT)
    output, _ = engine.communicate()
    [hung] = [entry for entry in stack.journal() if entry["outcome"] == "hung"]
    assert engine.returncode > 0
    assert_names(output, hung)
    assert_completes(stack, expected, asked=[])


@pytest.mark.parametrize("nth", HUNG[1:])
def test_an_engine_that_hangs_can_be_killed(reference, expected, nth):
    stack = reference("dev", faults=(Fault(kind=FaultKind.HANG, nth=nth),))
    engine = hanging(stack, nth)
    engine.kill()
    engine.communicate()
    assert_completes(stack, expected, asked=["cancel", "refresh"])


def hanging(stack, nth):
    """The engine of an up that waits for the answer to its nth create, and for nothing else."""
    engine = stack.start(*UP)
    wait_until(lambda: stack.creates() >= nth, f"create {nth}")
    time.sleep(QUIET_SECONDS)
    assert engine.poll() is None
    return engine


def assert_names(output, entry):
    """Among the diagnostics is one of the resource of this call."""
    package, module, type_ = entry["type"].split(":")
    name = entry["urn"].rpartition("::")[2]
    assert f"\n  {package}:{module.partition('/')[0]}:{type_} ({name}):\n    error: " in output.partition("Diagnostics:")[2]


def assert_completes(stack, expected, asked):
    """The next up completes the stack; everything exists once, and a further up has nothing to do."""
    assert stack.up_again_as_pulumi_asks() == asked
    stack.assert_holds_exactly(expected)
    assert stack.simulated(also_deleted=True) == stack.simulated()
    stack.up("--expect-no-changes")
