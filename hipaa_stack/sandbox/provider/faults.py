"""Injected faults: the Nth create of a session, over all its providers, goes wrong in a chosen way."""

from __future__ import annotations

from hipaa_stack.sandbox.config import Fault, FaultKind, SandboxConfig

from .accounts import Accounts

_CREATES = "creates"


class Faults:
    """Counts the creates of the session (previews do not count) and says which of them go wrong."""

    def __init__(self, session: SandboxConfig, accounts: Accounts) -> None:
        self._by_number = {fault.nth: fault for fault in session.faults}
        self._accounts = accounts

    def next(self) -> Fault | None:
        """The fault of the create that begins now."""
        return self._by_number.get(self._accounts.count(_CREATES))


def refusal(fault: Fault, provider: str) -> str:
    """What the cloud answers when a create fails or is throttled."""
    note = f"(injected fault: create {fault.nth} of this sandbox)"
    if fault.kind is FaultKind.THROTTLE:
        error = "ThrottlingException: Rate exceeded" if provider == "aws" else "googleapi: Error 429: Quota exceeded, rateLimitExceeded"
    else:
        error = (
            "InternalFailure: The request processing has failed"
            if provider == "aws"
            else "googleapi: Error 500: Internal error, backendError"
        )
    return f"{error} {note}"
