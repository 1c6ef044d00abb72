"""The account, through boto3: every call is a read, ends in time, and says why where it answers nothing."""

from __future__ import annotations

from typing import Any

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

    def call(
        self, service: str, operation: str, key: str, /, missing: tuple[str, ...] = (), absent: str | None = None, **arguments: Any
    ) -> Any:
        """What an operation answers under a key, of all its pages; None where AWS answers with one of the codes of `missing`.

        An answer without the key is none of AWS: it is never taken for an empty one, unless `absent` says what it means.
        """
        from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError, NoCredentialsError  # noqa: PLC0415
        from botocore.parsers import ResponseParserError  # noqa: PLC0415

        asked = action(service, operation)
        try:
            client = self._session.client(service, config=self._config)
            if client.can_paginate(operation):
                pages = [page[key] for page in client.get_paginator(operation).paginate(**arguments)]
                return [item for page in pages for item in page]
            answer = getattr(client, operation)(**arguments)
            return answer[key] if absent is None else answer.get(key, absent)
        except NoCredentialsError:
            raise Unseen("no credentials of AWS were found") from None
        except ClientError as error:
            code = str(error.response.get("Error", {}).get("Code", ""))
            if code in missing:
                return None
            if "AccessDenied" in code or code in ("UnauthorizedOperation", "AuthorizationError"):
                raise Unseen(f"the caller may not {asked}") from None
            raise Unseen(f"{asked}: {code or 'no code'}: {error.response.get('Error', {}).get('Message', '')}".rstrip(": ")) from None
        except (BotoCoreError, HTTPClientError) as error:
            raise Unseen(f"{asked}: {error}") from None
        except (ResponseParserError, SyntaxError, ValueError, LookupError, TypeError, AttributeError):
            raise Unseen(f"{asked}: what answers is not AWS, or speaks another version") from None


_ACTIONS = {
    "s3:GetBucketEncryption": "s3:GetEncryptionConfiguration",
    "service-quotas:GetAwsDefaultServiceQuota": "servicequotas:GetAWSDefaultServiceQuota",
    "service-quotas:GetServiceQuota": "servicequotas:GetServiceQuota",
}
"""Actions of IAM where they are not the name of the operation (service authorization reference)."""


def action(service: str, operation: str) -> str:
    """The action of IAM that allows an operation of boto3."""
    name = f"{service}:{''.join(part.title() for part in operation.split('_'))}"
    return _ACTIONS.get(name, name)
