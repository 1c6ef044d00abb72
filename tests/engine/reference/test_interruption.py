"""The engine is killed in the middle of an up: the next up completes it, and nothing is lost or made twice."""

import signal
import subprocess
import time

import pytest

from hipaa_stack.sandbox.supervisor import marked

from .stack import CLOUD, UP, wait_until

pytestmark = pytest.mark.engine

KILLS = [
    ("dev", "cloud", 1, "at once"),
    ("dev", "cloud", 20, "answers lost"),
    ("dev", "cloud", 50, "at once"),
    ("dev", "cloud", 90, "answers lost"),
    ("dev", "cluster", 1, "at once"),
    ("dev", "cluster", 12, "answers lost"),
    (CLOUD, "cloud", 60, "at once"),
    (CLOUD, "cloud", 130, "answers lost"),
]
"""The stack, which objects are counted, after how many the engine is killed, and whether it still hears of those under way."""


@pytest.mark.parametrize(("name", "where", "number", "how"), KILLS)
def test_the_next_up_completes_what_a_killed_engine_began(reference, undisturbed, name, where, number, how):
    expected, stack = undisturbed(name), reference(name)
    with stack.follow(where) as made:
        engine = stack.start(*UP)
        wait_until(lambda: made() >= number or engine.poll() is not None, f"{number} objects in the {where}", pause=0.001)
    if how == "answers lost":
        engine.send_signal(signal.SIGSTOP)
        time.sleep(0.5)  # providers complete what they were asked for
    engine.kill()
    assert engine.wait() == -signal.SIGKILL
    engine.communicate()
    wait_until(lambda: not simulated_clouds(stack), "the simulated clouds of a killed engine end")
    assert {resource["urn"] for resource in stack.resources()} < expected

    asked = stack.up_again_as_pulumi_asks()
    assert asked in (["cancel"], ["cancel", "refresh"])
    stack.assert_holds_exactly(expected)
    assert stack.simulated(also_deleted=True) == stack.simulated()
    assert stack.owners() == ({"hipaa-stack/hipaa-platform/dev"} if name == "dev" else set())
    stack.up("--expect-no-changes")


def simulated_clouds(stack):
    """The provider processes of the sandbox. Pulumi's own Kubernetes provider takes minutes to see that its engine is gone."""
    commands = [
        subprocess.run(["ps", "-o", "command=", "-p", str(pid)], check=False, text=True, capture_output=True)
        for pid in marked(stack.directory)
    ]
    return [command.stdout for command in commands if "hipaa_stack.sandbox.provider" in command.stdout]
