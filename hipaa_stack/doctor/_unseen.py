"""What could not be seen of an account, and why."""

from __future__ import annotations

LOG_IN = "Log in again, such as with `aws sso login`; `aws sts get-caller-identity` shows whether it worked."
PROXY = "Is a proxy between here and AWS?"


class Unseen(Exception):  # noqa: N818 - an answer, not a mistake
    """What could not be seen, and why: without credentials, without a right, or without an answer."""

    def __init__(self, why: str, fix: str = "Run it again; if it stays so, look at https://health.aws.amazon.com.") -> None:
        """Takes why, and what would make it visible."""
        super().__init__(why)
        self.fix = fix


def line(said: object) -> str:
    """The beginning of what somebody else said, in one line."""
    return " ".join(str(said).split())[:200]
