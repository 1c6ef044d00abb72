"""The trail of the account: calls to the AWS API are recorded once, and alerts on them need it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from hipaa_stack.doctor._account import Account, text
from hipaa_stack.doctor._finding import OWN, Finding, failed, passed, unknown
from hipaa_stack.doctor._platform import Platform
from hipaa_stack.doctor._unseen import PROXY, Unseen
from hipaa_stack.evaluation import Outcome

NAME = "trail"
MODES = ("CREATE", "EXISTING")
MOST = 5
"""Trails of a region, those of all regions among them (CloudTrail user guide, quotas)."""

EVERYTHING = frozenset({"reads", "writes"})
BESIDE = frozenset({"rdsdata.amazonaws.com"})
"""Services whose management events a trail may leave out: no safeguard depends on queries of the RDS Data API."""


class Trail(NamedTuple):
    """One trail."""

    name: str
    arn: str
    home: str
    """The region that it was made in, and that answers for it."""
    regional: bool
    """Whether it is one of all regions."""
    whole: bool
    """Whether it takes events of global services, such as IAM."""

    @classmethod
    def of(cls, said: Mapping[str, Any]) -> Trail:
        """Takes one item of an answer. Raises Unseen."""
        name, arn, home = (text(said, field, "cloudtrail:DescribeTrails") for field in ("Name", "TrailARN", "HomeRegion"))
        regional, whole = (said.get(field) is True for field in ("IsMultiRegionTrail", "IncludeGlobalServiceEvents"))
        return cls(name, arn, home, regional=regional, whole=whole)


def trail(account: Account, platform: Platform) -> Iterator[Finding]:
    """A trail of all regions that records, or room for the one that is made."""
    mode = platform.settings.get("trail", "CREATE")
    if mode not in MODES:
        yield failed(NAME, message=f"got {mode!r}; accepted: one of {', '.join(MODES)}", fix="Set trail to one of them.")
        return
    items = account.every("cloudtrail", "describe_trails", "trailList")
    found = [Trail.of(each) for each in items]
    made = platform.made("aws:cloudtrail/trail:Trail")
    own = [each for each in found if {each.name, each.arn} & made]
    regional = [each for each in found if each.regional and each not in own]
    if mode == "EXISTING":  # which deletes what the stack made
        fix = "Set trail to CREATE, or have the owner of the organisation make one."
        yield _best(account, regional) or failed(NAME, message="no trail of all regions", fix=fix)
    elif made:
        gone = failed(NAME, message="the trail of this stack is in its state, and not in the account", fix="pulumi refresh")
        yield _best(account, own) or gone
    elif len(found) >= MOST:
        message = f"the region has {len(found)} trails, and can have {MOST}; perhaps those of an organisation do not count"
        outcome = unknown if any(each.get("IsOrganizationTrail") for each in items) else failed
        yield outcome(NAME, message=message, fix="Set trail to EXISTING, or delete a trail that nobody needs." + OWN)
    else:
        yield _made(_best(account, regional))


def _best(account: Account, trails: Iterable[Trail]) -> Finding | None:
    """One trail that records is enough, and one that could not be seen may be it; None without any."""
    order = (Outcome.PASS, Outcome.UNKNOWN, Outcome.FAIL)
    return min((_recording(account, each) for each in trails), key=lambda finding: order.index(finding.outcome), default=None)


def _made(other: Finding | None) -> Finding:
    if other is None or other.outcome is Outcome.FAIL:
        return passed(NAME, message="one is made")
    if other.outcome is Outcome.UNKNOWN:
        return passed(NAME, message=f"one is made; {other.message}", fix=other.fix)
    message = f"one is made, though {other.message}: the same events are kept and paid for twice"
    return passed(NAME, message=message, fix="Set trail to EXISTING for one record." + OWN)


def _recording(account: Account, each: Trail) -> Finding:
    """Whether a trail records every management event of all regions, now."""
    if not each.regional:
        fix = f"aws cloudtrail update-trail --name {each.arn} --is-multi-region-trail"
        return failed(NAME, message=f"{each.name} records one region", fix=fix)
    try:
        status = account.get("cloudtrail", "get_trail_status", "", at=each.home, Name=each.arn)
        selectors = account.get("cloudtrail", "get_event_selectors", "", at=each.home, TrailName=each.arn)
        if not _logging(status):
            return failed(
                NAME, message=f"{each.name} is stopped: it records nothing", fix=f"aws cloudtrail start-logging --name {each.arn}"
            )
        if error := status.get("LatestDeliveryError"):
            fix = f"Mend the policy of its bucket or key; `aws cloudtrail get-trail-status --name {each.arn}` shows whether it helped."
            return failed(NAME, message=f"{each.name} cannot deliver what it records: {error}", fix=fix)
        if missing := _missing(each, selectors):
            fix = f"aws cloudtrail put-event-selectors --trail-name {each.arn}, with all management events; or set trail to CREATE."
            return failed(NAME, message=f"{each.name} does not record {missing}", fix=fix)
    except Unseen as unseen:
        return unknown(NAME, message=f"whether {each.name} records is not seen: {unseen}", fix=unseen.fix)
    return passed(NAME, message=f"{each.name} records all regions")


def _logging(status: Mapping[str, Any]) -> bool:
    found = status.get("IsLogging")
    if not isinstance(found, bool):
        raise Unseen("cloudtrail:GetTrailStatus: the answer has no IsLogging", PROXY)
    return found


def _missing(each: Trail, selectors: Mapping[str, Any]) -> str:
    """What a trail leaves out of management events; empty where it records all of them."""
    recorded = {
        kind
        for selector in selectors.get("EventSelectors") or []
        if selector.get("IncludeManagementEvents") is True and set(selector.get("ExcludeManagementEventSources") or []) <= BESIDE
        for kind in {"All": EVERYTHING, "ReadOnly": {"reads"}, "WriteOnly": {"writes"}}.get(selector.get("ReadWriteType"), ())
    }
    for selector in selectors.get("AdvancedEventSelectors") or []:
        recorded |= _advanced(selector.get("FieldSelectors") or [])
    if not recorded:
        return "management events, or not of every service"
    if left := EVERYTHING - recorded:
        return f"management events that are {', '.join(sorted(left))}"
    return "" if each.whole else "events of global services such as IAM"


def _advanced(fields: list[Mapping[str, Any]]) -> set[str]:
    """The management events that one advanced selector takes, of every service; nothing where it takes fewer."""
    recorded = set(EVERYTHING)
    management = False
    for each in fields:
        tests = {key: value for key, value in each.items() if key != "Field" and value}
        match each.get("Field"):
            case "eventCategory" if tests == {"Equals": ["Management"]}:
                management = True
            case "readOnly" if tests == {"Equals": ["true"]}:
                recorded &= {"reads"}
            case "readOnly" if tests == {"Equals": ["false"]}:
                recorded &= {"writes"}
            case "eventSource" if set(tests) == {"NotEquals"} and set(tests["NotEquals"]) <= BESIDE:
                pass
            case _:
                return set()
    return recorded if management else set()
