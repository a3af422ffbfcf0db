"""Feeds that stand in a bucket: the files a night wants are copied to a scratch folder, all of them or none.

`s3://bucket/prefix/<YYYY-MM-DD>/<file>`. Credentials come from where boto3 looks for them (instance role, environment, profile), never
from todoke's settings; an endpoint in the settings serves a VPC endpoint or another S3.
"""

import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import boto3
from boto3.exceptions import Boto3Error
from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from engine.core.errors import InputError
from engine.core.settings import S3
from engine.records.landing import Wanted, date_of

PART_BYTES = 8 * 1024 * 1024
_SCHEME = "s3://"


@contextmanager
def as_folder(feeds: str, settings: S3, wanted: Wanted, *, scratch: Path) -> Iterator[str]:
    """The feeds as a local folder while the block lasts: a local one is itself, of a bucket the files that are wanted.

    Raises InputError that names the bucket when it cannot be read: then nothing of the night was loaded.
    """
    if "://" not in feeds:
        yield feeds
        return
    if not feeds.startswith(_SCHEME):
        raise InputError(f"paths.feeds {feeds}: give a local folder or s3://bucket/prefix")
    scratch.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="feeds-", dir=scratch) as folder:
        try:
            _copy(feeds, settings, Path(folder), wanted)
        except (BotoCoreError, ClientError, Boto3Error) as error:
            raise InputError(f"paths.feeds {feeds} cannot be read: {_said(error)}") from None
        yield folder


def reachable(feeds: str, settings: S3) -> None:
    """Raises InputError that names the bucket when it cannot be listed."""
    parts = urlsplit(feeds)
    if parts.scheme != "s3":
        raise InputError(f"paths.feeds {feeds}: give a local folder or s3://bucket/prefix")
    with closing(_client(settings)) as client:
        try:
            client.list_objects_v2(Bucket=parts.netloc, Prefix=parts.path.strip("/"), MaxKeys=1)
        except (BotoCoreError, ClientError, Boto3Error) as error:
            raise InputError(f"paths.feeds {feeds} cannot be read: {_said(error)}") from None


def _copy(feeds: str, settings: S3, folder: Path, wanted: Wanted) -> None:
    parts = urlsplit(feeds)
    bucket, prefix = parts.netloc, parts.path.strip("/")
    root = f"{prefix}/" if prefix else ""
    client = _client(settings)
    transfer = TransferConfig(multipart_threshold=PART_BYTES, multipart_chunksize=PART_BYTES, max_concurrency=4)
    for key in _keys(client, bucket, root):
        dated, _, name = key.removeprefix(root).partition("/")
        day = date_of(dated)
        if day is None or not name or "/" in name or not wanted(day, name):
            continue
        place = folder / dated / name
        place.parent.mkdir(exist_ok=True)
        client.download_file(bucket, key, str(place), Config=transfer)


def _client(settings: S3) -> Any:
    """Retries throttling and dropped connections with growing pauses, as often as the settings say."""
    config = Config(
        retries={"total_max_attempts": settings.attempts, "mode": "standard"},
        connect_timeout=settings.timeout_seconds,
        read_timeout=settings.timeout_seconds,
    )
    return boto3.client("s3", endpoint_url=settings.endpoint_url or None, region_name=settings.region, config=config)


def _keys(client: Any, bucket: str, root: str) -> Iterator[str]:
    for page in client.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=root):
        for entry in page.get("Contents", ()):
            yield entry["Key"]


def _said(error: Exception) -> str:
    """What went wrong in one line; a service's own answer by its code."""
    if isinstance(error, ClientError):
        answer = error.response.get("Error", {})
        return f"the service answered {answer.get('Code', 'an error')}"
    return " ".join(str(error).split())
