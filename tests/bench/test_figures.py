"""Medians, ratios of pairs, goals and the order of measurements."""

import pytest
from figures import Figure, Goal, Unit, in_turns


@pytest.mark.parametrize(
    ("own", "other", "ratio"),
    [
        pytest.param([1.0], [2.0], 0.5, id="one pair"),
        pytest.param([1.2, 12.0, 1.3], [1.0, 10.0, 1.0], 1.2, id="a slow moment slows both of a pair"),
        pytest.param([3.0, 1.0], [1.0, 1.0], 2.0, id="an even number of pairs: the mean of the two in the middle"),
    ],
)
def test_a_ratio_is_the_median_of_the_ratios_of_the_pairs(own, other, ratio):
    baseline = Figure("flat", Unit.SECONDS, other)
    assert Figure("reference", Unit.SECONDS, own, baseline).ratio == pytest.approx(ratio)
    assert baseline.ratio is None


def test_values_without_a_partner_are_refused():
    baseline = Figure("flat", Unit.SECONDS, [1.0])
    with pytest.raises(ValueError, match="argument 2 is shorter"):
        _ = Figure("reference", Unit.SECONDS, [1.0, 2.0], baseline).ratio


def test_a_figure_as_data():
    baseline = Figure("flat", Unit.MEBIBYTES, [100.0, 110.0, 90.0])
    assert Figure("reference", Unit.MEBIBYTES, [110.0, 121.0, 135.0], baseline).to_json() == {
        "name": "reference",
        "unit": "MiB",
        "median": 121.0,
        "min": 110.0,
        "max": 135.0,
        "values": [110.0, 121.0, 135.0],
        "baseline": "flat",
        "ratio": pytest.approx(1.1),
    }


@pytest.mark.parametrize(("measured", "met"), [(1.29, True), (1.3, True), (1.31, False)])
def test_a_goal_is_met_up_to_its_limit(measured, met):
    goal = Goal("preview", Unit.TIMES, measured, 1.3)
    assert goal.met is met
    assert goal.to_json() == {"name": "preview", "unit": "times", "measured": measured, "limit": 1.3, "met": met}


def test_measurements_alternate_after_a_round_that_does_not_count():
    calls, told = [], []

    def measuring(name):
        return lambda: calls.append(name) or len(calls)

    taken = in_turns({"a": measuring("a"), "b": measuring("b")}, 2, told.append)
    assert calls == ["a", "b"] * 3
    assert taken == {"a": [3, 5], "b": [4, 6]}
    assert told == ["warm-up", "round 1 of 2", "round 2 of 2"]
