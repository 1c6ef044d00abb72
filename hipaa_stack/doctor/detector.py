"""The detector of GuardDuty: an account and region has one, and it detects only while it is enabled."""

from __future__ import annotations

from collections.abc import Iterator

from hipaa_stack.doctor._account import Account, text
from hipaa_stack.doctor._finding import OWN, Finding, beside, failed, passed
from hipaa_stack.doctor._platform import Platform

NAME = "GuardDuty"


def detector(account: Account, platform: Platform) -> Iterator[Finding]:
    """One detector, of this stack or of somebody else."""
    if platform.at("cluster", "without_guardduty"):
        yield beside(NAME, message="cluster.without_guardduty is in force")
        return
    given = platform.at("threat_detection", "existing_detector_id")
    found = [str(each) for each in account.every("guardduty", "list_detectors", "DetectorIds")]
    made = platform.made("aws:guardduty/detector:Detector")
    if given:
        yield _detects(account, platform, str(given)) if given in found else _missing(given, found)
    elif own := sorted(made & set(found)):
        yield _detects(account, platform, own[0])
    elif made:
        yield failed(NAME, message="the detector of this stack is in its state, and not in the account", fix="pulumi refresh")
    elif found:
        message = f"the account and region has the detector {found[0]} already, and can have one"
        yield failed(NAME, message=message, fix=f"Set threat_detection.existing_detector_id to {found[0]}." + OWN)
    else:
        yield passed(NAME, message="no detector yet: one is made")


def _missing(given: object, found: list[str]) -> Finding:
    fix = "Remove threat_detection.existing_detector_id, or name " + (", ".join(found) or "one that exists") + "."
    return failed(NAME, message=f"the detector {given} is not in this account and region", fix=fix)


def _detects(account: Account, platform: Platform, detector_id: str) -> Finding:
    """Whether it is enabled, with the features that somebody else is said to keep switched on."""
    action = "guardduty:GetDetector"
    answer = account.get("guardduty", "get_detector", "", DetectorId=detector_id)
    if text(answer, "Status", action) != "ENABLED":
        fix = f"aws guardduty update-detector --detector-id {detector_id} --enable"
        return failed(NAME, message=f"the detector {detector_id} is suspended: nothing detects threats", fix=fix)
    claimed = platform.strings("threat_detection", "existing_features")
    on = {text(each, "Name", action) for each in answer.get("Features") or [] if text(each, "Status", action) == "ENABLED"}
    if off := sorted(set(claimed) - on):
        message = f"the detector {detector_id} has {', '.join(off)} switched off, and existing_features says that it is on"
        return failed(NAME, message=message, fix="Remove it from threat_detection.existing_features: the stack switches it on.")
    return passed(NAME, message=f"the detector {detector_id} is enabled")
