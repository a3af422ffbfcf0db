"""A versioned bucket with Object Lock on a real S3 server, and a site whose audit chain is anchored in it."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx

from engine.core.settings import S3, Audit, Settings
from tests.support.services import REGION, aws, client

BUCKET = "city-audit"


@contextmanager
def empty_aws() -> Iterator[str]:
    """The address of a server of S3 that has nothing: within a process they share what was put."""
    with aws() as url:
        httpx.post(f"{url}/moto-api/reset").raise_for_status()
        yield url


@contextmanager
def locked_bucket(url: str, name: str = BUCKET, *, lock: bool = True) -> Iterator[Any]:
    """The client of a new bucket."""
    with client("s3", url) as s3:
        where = {"LocationConstraint": REGION}
        s3.create_bucket(Bucket=name, CreateBucketConfiguration=where, ObjectLockEnabledForBucket=lock)
        yield s3


def anchored_in(settings: Settings, url: str, name: str = BUCKET) -> Settings:
    """The same site with a bucket."""
    audit = Audit(bucket=f"s3://{name}/todoke", timeout_seconds=2)
    return settings.model_copy(update={"audit": audit, "s3": S3(endpoint_url=url)})
