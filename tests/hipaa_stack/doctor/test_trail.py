"""A trail counts only while it records every management event of all regions."""

import json
import re

import pytest

CLOUDTRAIL = "com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101."
MANAGEMENT = {"Field": "eventCategory", "Equals": ["Management"]}


@pytest.fixture
def look(cloud, project, doctor, only):
    """What is said of the trail."""
    only("trail")
    return lambda mode, *options: doctor(project({"trail": mode}), *options)[0]["trail"]


@pytest.fixture
def make(cloud):
    """Makes a trail that records; arguments say where it is other than it should be."""
    client = cloud.client("cloudtrail")
    cloud.client("s3").create_bucket(Bucket="trails")

    def trail(name="org", *, logging=True, basic=None, advanced=None, error=None, **more):
        client.create_trail(Name=name, S3BucketName="trails", **{"IsMultiRegionTrail": True, **more})
        if logging:
            client.start_logging(Name=name)
        if advanced:
            client.put_event_selectors(TrailName=name, AdvancedEventSelectors=[{"FieldSelectors": fields} for fields in advanced])
        else:
            usual = {"ReadWriteType": "All", "IncludeManagementEvents": True}
            client.put_event_selectors(TrailName=name, EventSelectors=[{**usual, **(basic or {})}])
        if error:
            cloud.faults["GetTrailStatus"] = (200, json.dumps({"IsLogging": logging, "LatestDeliveryError": error}))

    return trail


@pytest.mark.parametrize(
    ("made", "said"),
    [
        ({"logging": False}, "org is stopped: it records nothing aws cloudtrail start-logging --name arn:aws:cloudtrail:us-east-1"),
        ({"error": "AccessDenied"}, "org cannot deliver what it records: AccessDenied"),
        ({"basic": {"IncludeManagementEvents": False}}, "does not record management events"),
        ({"basic": {"ReadWriteType": "WriteOnly"}}, "does not record management events that are reads aws cloudtrail put-event-selectors"),
        ({"basic": {"ReadWriteType": "ReadOnly"}}, "does not record management events that are writes"),
        ({"basic": {"ExcludeManagementEventSources": ["kms.amazonaws.com"]}}, "not of every service"),
        ({"advanced": [[{"Field": "eventCategory", "Equals": ["Data"]}]]}, "does not record management events"),
        ({"advanced": [[MANAGEMENT, {"Field": "readOnly", "Equals": ["false"]}]]}, "management events that are reads"),
        ({"advanced": [[MANAGEMENT, {"Field": "eventSource", "NotEquals": ["kms.amazonaws.com"]}]]}, "not of every service"),
        ({"advanced": [[MANAGEMENT, {"Field": "eventName", "Equals": ["StopLogging"]}]]}, "not of every service"),
        ({"IncludeGlobalServiceEvents": False, "IsMultiRegionTrail": False}, "no trail of all regions Set trail to CREATE"),
    ],
)
def test_a_trail_that_does_not_record_everything_is_none(look, make, made, said):
    make(**made)
    outcome, *words = look("EXISTING")
    assert outcome == "fail"
    assert re.search(said, " ".join(words))
    assert look("CREATE")[:2] == ("pass", "one is made")


@pytest.mark.parametrize(
    "made",
    [
        {},
        {"basic": {"ExcludeManagementEventSources": ["rdsdata.amazonaws.com"]}},
        {"advanced": [[MANAGEMENT]]},
        {"advanced": [[MANAGEMENT, {"Field": "readOnly", "Equals": [each]}] for each in ("true", "false")]},
    ],
)
def test_a_trail_that_records_everything_is_one(look, make, made):
    make(**made)
    assert look("EXISTING")[:2] == ("pass", "org records all regions")
    outcome, message, fix = look("CREATE")
    assert (outcome, message) == ("pass", "one is made, though org records all regions: the same events are kept and paid for twice")
    assert fix.startswith("Set trail to EXISTING")


def test_one_trail_that_records_is_enough(look, make):
    make("aaa", logging=False)
    make("org")
    assert look("EXISTING")[:2] == ("pass", "org records all regions")


@pytest.mark.parametrize("call", ["GetTrailStatus", "GetEventSelectors"])
def test_a_trail_that_may_not_be_asked_is_unknown(look, make, cloud, call):
    make()
    cloud.faults[f"{CLOUDTRAIL}{call}"] = (400, json.dumps({"__type": "AccessDeniedException"}))
    outcome, message, fix = look("EXISTING")
    assert (outcome, message) == ("unknown", f"whether org records is not seen: the caller may not cloudtrail:{call}")
    assert f"Allow cloudtrail:{call}" in fix


def test_an_answer_that_does_not_say_whether_it_records_is_unknown(look, make, cloud):
    make()
    cloud.faults["GetTrailStatus"] = (200, "{}")
    assert look("EXISTING")[0] == "unknown"


def test_no_trail_is_none(look, cloud):
    assert look("EXISTING") == ("fail", "no trail of all regions", "Set trail to CREATE, or have the owner of the organisation make one.")
    assert look("CREATE")[:2] == ("pass", "one is made")


@pytest.mark.parametrize("mode", ["existing", 7, None])
def test_a_mode_that_is_not_known_is_told(look, cloud, mode):
    assert look(mode)[:2] == ("fail", f"got {mode!r}; accepted: one of CREATE, EXISTING")


def test_a_region_that_is_full_takes_no_further_trail(look, make):
    for number in range(5):
        make(f"trail-{number}", logging=False)
    outcome, message, _ = look("CREATE")
    assert outcome == "fail"
    assert "the region has 5 trails, and can have 5" in message


def test_the_trail_of_the_stack_must_record_too(look, make, exported):
    make("mine", logging=False)
    assert look("CREATE", *exported(trail="mine"))[:2] == ("fail", "mine is stopped: it records nothing")
    assert look("CREATE", *exported(trail="other"))[:2] == ("fail", "the trail of this stack is in its state, and not in the account")


def test_the_trail_of_the_stack_must_span_all_regions(look, make, exported):
    make("mine", IsMultiRegionTrail=False)
    assert look("CREATE", *exported(trail="mine"))[:2] == ("fail", "mine records one region")


def test_a_trail_without_global_services_is_none(look, make, cloud):
    make()
    (said,) = cloud.client("cloudtrail").describe_trails()["trailList"]
    cloud.faults["DescribeTrails"] = (200, json.dumps({"trailList": [{**said, "IncludeGlobalServiceEvents": False}]}))
    assert look("EXISTING")[:2] == ("fail", "org does not record events of global services such as IAM")


def test_a_trail_that_the_stack_would_delete_is_none(look, make, exported):
    make("mine")
    assert look("CREATE", *exported(trail="mine"))[:2] == ("pass", "mine records all regions")
    assert look("EXISTING", *exported(trail="mine"))[:2] == ("fail", "no trail of all regions")
