"""A detector of GuardDuty counts only while it is enabled."""

import json

import pytest


@pytest.fixture
def look(cloud, project, doctor, only):
    """What is said of GuardDuty."""
    only("GuardDuty")
    return lambda settings=None, *options: doctor(project(settings), *options)[0]["GuardDuty"]


def named(detector, *features):
    return {"threat_detection": {"existing_detector_id": detector, "existing_features": list(features)}}


def test_an_account_without_one_gets_one(look):
    assert look() == ("pass", "no detector yet: one is made", "")
    assert look(named("a" * 32))[:2] == ("fail", f"the detector {'a' * 32} is not in this account and region")


def test_one_that_exists_is_named(cloud, look):
    detector = cloud.client("guardduty").create_detector(Enable=True)["DetectorId"]
    outcome, _, fix = look()
    assert outcome == "fail"
    assert f"Set threat_detection.existing_detector_id to {detector}." in fix
    assert look(named(detector))[:2] == ("pass", f"the detector {detector} is enabled")
    assert look({"cluster": {"without_guardduty": {"approver": "x"}}})[0] == "not_applicable"


def test_that_of_the_stack_is_no_collision(cloud, look, exported):
    detector = cloud.client("guardduty").create_detector(Enable=True)["DetectorId"]
    assert look({}, *exported(detector=detector))[0] == "pass"


def test_one_that_is_suspended_detects_nothing(cloud, look, exported):
    detector = cloud.client("guardduty").create_detector(Enable=False)["DetectorId"]
    for outcome, message, fix in (look(named(detector)), look({}, *exported(detector=detector))):
        assert (outcome, message) == ("fail", f"the detector {detector} is suspended: nothing detects threats")
        assert fix == f"aws guardduty update-detector --detector-id {detector} --enable"


def test_one_that_is_gone_from_the_account_is_told(look, exported):
    assert look({}, *exported(detector="a" * 32))[:2] == ("fail", "the detector of this stack is in its state, and not in the account")


def test_features_that_others_keep_on_are_on(cloud, look):
    detector = cloud.client("guardduty").create_detector(Enable=True)["DetectorId"]
    features = [{"Name": "EKS_AUDIT_LOGS", "Status": "ENABLED"}, {"Name": "RUNTIME_MONITORING", "Status": "DISABLED"}]
    answer = {"status": "ENABLED", "features": [{"name": each["Name"], "status": each["Status"]} for each in features]}
    cloud.faults[f"/detector/{detector}"] = (200, json.dumps(answer))
    assert look(named(detector, "EKS_AUDIT_LOGS"))[0] == "pass"
    outcome, message, fix = look(named(detector, "EKS_AUDIT_LOGS", "RUNTIME_MONITORING"))
    assert outcome == "fail"
    assert "has RUNTIME_MONITORING switched off" in message
    assert "threat_detection.existing_features" in fix


@pytest.mark.parametrize("answer", [(403, '{"__type": "AccessDeniedException"}'), (200, "{}")])
def test_one_that_does_not_say_is_unknown(cloud, look, answer):
    detector = cloud.client("guardduty").create_detector(Enable=True)["DetectorId"]
    cloud.faults[f"/detector/{detector}"] = answer
    assert look(named(detector))[0] == "unknown"
