"""Calls of services outside: a client that tries nothing twice, and what a fault says of whether they took it."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectTimeoutError,
    EndpointConnectionError,
    NoCredentialsError,
    ParamValidationError,
    PartialCredentialsError,
)

from notices.dispatch.channel import Refused, Unsure

_NEVER_LEFT = (
    ConnectTimeoutError,
    EndpointConnectionError,
    NoCredentialsError,
    ParamValidationError,
    PartialCredentialsError,
)
_CLIENT_FAULT = range(400, 500)


def service(name: str, *, region: str, endpoint_url: str, timeout_seconds: float, attempts: int = 1) -> Any:
    """A boto3 client. `attempts` stays 1 for services without an idempotency token: a repeat would be a second message."""
    config = Config(
        connect_timeout=timeout_seconds,
        read_timeout=timeout_seconds,
        retries={"total_max_attempts": attempts, "mode": "standard"},
    )
    return boto3.client(name, endpoint_url=endpoint_url or None, region_name=region, config=config)


@contextmanager
def calling(what: str, *, final: frozenset[str] = frozenset()) -> Iterator[None]:
    """Raises Refused for what certainly changed nothing, for good with a code in `final`; Unsure for everything else.

    Words of the service are left out of the message: they could repeat an address.
    """
    try:
        yield
    except ClientError as error:
        code = str(error.response.get("Error", {}).get("Code", "an error"))
        if status_of(error) in _CLIENT_FAULT:
            raise Refused(f"{what} answered {code}", final=code in final) from None
        raise Unsure(f"{what} answered {code}") from None
    except _NEVER_LEFT as error:
        raise Refused(f"{what} was not reached: {type(error).__name__}") from None
    except BotoCoreError as error:
        raise Unsure(f"{what} did not answer: {type(error).__name__}") from None


def status_of(error: ClientError) -> int:
    """The HTTP status of a service's answer."""
    return int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))
