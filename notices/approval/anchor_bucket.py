"""Anchors in a bucket with Object Lock: whoever owns the database and the anchor file can add to it, and take nothing back.

An anchor is an object whose name holds its place and hash, so a listing alone is what the chain is held against; names count down, so
that the newest is listed first. It is put only where no such name is (If-None-Match) and kept in COMPLIANCE mode: until then nobody can
remove its version, and a delete marker over it is told.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import boto3
from boto3.exceptions import Boto3Error
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from engine.core.errors import InputError, SettingsError
from engine.core.settings import Settings
from notices.approval.anchors import Anchor, line_of

_SETTING = "audit.bucket"
_COUNTED_FROM = 10**12
_TAKEN = {"PreconditionFailed", "ConditionalRequestConflict"}


class AnchorUnreachable(InputError):
    """The bucket of anchors does not answer, or refuses."""

    code = "anchor_unreachable"


@dataclass(frozen=True, kw_only=True)
class Listed:
    """Every anchor ever put, and how many somebody tried to remove."""

    anchors: tuple[Anchor, ...]
    removed: int


class AnchorBucket:
    """The anchors of one municipality in `audit.bucket`, reached as `[s3]` says. Every call raises AnchorUnreachable."""

    def __init__(self, settings: Settings, *, timeout_seconds: float | None = None) -> None:
        """Calls nothing yet. `timeout_seconds` is for who has time: else it is the one of a decision that waits.

        Raises SettingsError when the setting is no s3://bucket/prefix.
        """
        parts = urlsplit(settings.audit.bucket)
        if parts.scheme != "s3" or not parts.netloc:
            raise SettingsError(f"{_SETTING} {settings.audit.bucket}: give s3://bucket/prefix")
        self._bucket, prefix = parts.netloc, parts.path.strip("/")
        self._municipality = settings.municipality.code
        self._root = f"{prefix}/{self._municipality}/".lstrip("/")
        self._kept = timedelta(days=settings.audit.retention_days)
        wait = timeout_seconds or settings.audit.timeout_seconds
        config = Config(connect_timeout=wait, read_timeout=wait, retries={"total_max_attempts": 1, "mode": "standard"})
        s3 = settings.s3
        self._client: Any = boto3.client(
            "s3", endpoint_url=s3.endpoint_url or None, region_name=s3.region, config=config
        )

    @property
    def name(self) -> str:
        """As a message names it."""
        return f"s3://{self._bucket}"

    def write(self, anchor: Anchor) -> None:
        """Puts the anchor where no object of its name is; one that stands there already says the same."""
        body = line_of(anchor, self._municipality).encode()
        with self._calling():
            try:
                self._client.put_object(
                    Bucket=self._bucket,
                    Key=self._key(anchor),
                    Body=body,
                    IfNoneMatch="*",
                    ObjectLockMode="COMPLIANCE",
                    ObjectLockRetainUntilDate=anchor.at + self._kept,
                )
            except ClientError as error:
                if error.response.get("Error", {}).get("Code") not in _TAKEN:
                    raise

    def newest(self) -> Anchor | None:
        """The one that stands furthest in the chain."""
        with self._calling():
            page = self._client.list_objects_v2(Bucket=self._bucket, Prefix=self._root, MaxKeys=1)
        return next((self._anchor(one) for one in page.get("Contents", ())), None)

    def listed(self) -> Listed:
        """Every version of every object, those behind a delete marker too."""
        anchors, removed = [], 0
        with self._calling():
            pages = self._client.get_paginator("list_object_versions").paginate(Bucket=self._bucket, Prefix=self._root)
            for page in pages:
                anchors += [self._anchor(one) for one in page.get("Versions", ())]
                removed += len(page.get("DeleteMarkers", ()))
        return Listed(anchors=tuple(sorted(anchors, key=lambda one: one.sequence)), removed=removed)

    def require_lock(self) -> None:
        """Raises AnchorUnreachable when the bucket is not there or keeps no Object Lock."""
        with self._calling():
            found = self._client.get_object_lock_configuration(Bucket=self._bucket)
        if found.get("ObjectLockConfiguration", {}).get("ObjectLockEnabled") != "Enabled":
            raise AnchorUnreachable(f"{_SETTING} {self.name}: the bucket keeps no Object Lock")

    def close(self) -> None:
        """Closes the connections."""
        self._client.close()

    def _key(self, anchor: Anchor) -> str:
        return f"{self._root}{_COUNTED_FROM - anchor.sequence:012d}-{anchor.hash}"

    def _anchor(self, entry: dict[str, Any]) -> Anchor:
        """Raises AnchorUnreachable for an object that is no anchor: nothing else belongs there."""
        number, _, digest = str(entry["Key"]).removeprefix(self._root).partition("-")
        if not number.isdecimal() or not digest:
            raise AnchorUnreachable(f"{_SETTING} {self.name}: an object there is no anchor; look who put it")
        return Anchor(sequence=_COUNTED_FROM - int(number), hash=digest, at=entry["LastModified"])

    @contextmanager
    def _calling(self) -> Iterator[None]:
        try:
            yield
        except ClientError as error:
            code = error.response.get("Error", {}).get("Code", "an error")
            raise AnchorUnreachable(f"{_SETTING} {self.name}: the service answered {code}") from None
        except (BotoCoreError, Boto3Error) as error:
            raise AnchorUnreachable(f"{_SETTING} {self.name} was not reached: {type(error).__name__}") from None
