"""The account, through boto3: every call is a read, ends in time, and says why where it answers nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from hipaa_stack.doctor._platform import Platform

CONNECT_SECONDS = 5
READ_SECONDS = 20
ATTEMPTS = 3
"""Bounds of one call: three attempts of 25 s at most."""


class Unseen(Exception):  # noqa: N818 - an answer, not a mistake
    """What could not be seen, and why: without credentials, without a right, or without an answer."""


class Account:
    """Calls of AWS in one region. Raises Unseen for everything that is not an answer."""

    def __init__(self, region: str | None) -> None:
        """Opens a session with the credentials that every AWS program finds. Raises Unseen without boto3 or a region."""
        if region is None:
            raise Unseen("no region is named")
        try:
            import boto3  # noqa: PLC0415 - takes half a second, and only this verb needs it
            from botocore.config import Config  # noqa: PLC0415
            from botocore.exceptions import BotoCoreError  # noqa: PLC0415
        except ImportError:
            raise Unseen("boto3 is not installed: pip install 'hipaa-stack[aws]'") from None
        self._config = Config(
            connect_timeout=CONNECT_SECONDS, read_timeout=READ_SECONDS, retries={"total_max_attempts": ATTEMPTS, "mode": "standard"}
        )
        try:
            self._session = boto3.session.Session(region_name=region)
        except BotoCoreError as error:
            raise Unseen(str(error)) from None
        self.region = region

    def call(self, service: str, operation: str, /, missing: tuple[str, ...] = (), **arguments: Any) -> Mapping[str, Any] | None:
        """The answer of one operation, all pages of it; None where AWS answers with one of the codes of `missing`."""
        from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError, NoCredentialsError  # noqa: PLC0415

        action = f"{_PREFIXES.get(service, service)}:{''.join(part.title() for part in operation.split('_'))}"
        try:
            client = self._session.client(service, config=self._config)
            if client.can_paginate(operation):
                answer: Mapping[str, Any] = client.get_paginator(operation).paginate(**arguments).build_full_result()
                return answer
            return dict(getattr(client, operation)(**arguments))
        except NoCredentialsError:
            raise Unseen("no credentials of AWS were found") from None
        except ClientError as error:
            code = str(error.response.get("Error", {}).get("Code", ""))
            if code in missing:
                return None
            if "AccessDenied" in code or code in ("UnauthorizedOperation", "AuthorizationError"):
                raise Unseen(f"the caller may not {action}") from None
            raise Unseen(f"{action}: {code or 'no code'}: {error.response.get('Error', {}).get('Message', '')}".rstrip(": ")) from None
        except (BotoCoreError, HTTPClientError) as error:
            raise Unseen(f"{action}: {error}") from None
        except (ValueError, KeyError, TypeError) as error:  # an answer that is none of AWS
            raise Unseen(f"{action}: the answer cannot be read: {error}") from None


_PREFIXES = {"service-quotas": "servicequotas"}
"""Prefix of IAM actions where it is not the name of the service in boto3."""

Look = Callable[["Account", "Platform"], Any]
