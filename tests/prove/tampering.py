"""`make prove`: an anchored audit chain is falsified at random, again and again; prints one JSON line, exit 1 when any is not found."""

import argparse
import json
import os
import sys
from contextlib import closing
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.django_settings")
django.setup()

from notices import site  # noqa: E402 - the models are there once Django is set up
from notices.approval import audit  # noqa: E402
from notices.approval.anchor_bucket import AnchorBucket, Listed  # noqa: E402
from notices.approval.anchors import AnchorFile  # noqa: E402
from tests.support.anchor_bucket import anchored_in, empty_aws, locked_bucket  # noqa: E402
from tests.support.approvals import CITY  # noqa: E402
from tests.support.tampering import build_chain, tamper_often  # noqa: E402


def in_bucket(path: Path) -> Listed:
    """What a bucket with Object Lock, on a real S3 server, holds of the anchors of a file."""
    os.environ |= {"AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing"}
    with (
        empty_aws() as url,
        locked_bucket(url),
        closing(AnchorBucket(anchored_in(site.installed(), url), timeout_seconds=60)) as bucket,
    ):
        for anchor in AnchorFile(path=path, municipality=CITY).all():
            bucket.write(anchor)
        return bucket.listed()


def main() -> None:
    """Builds a chain of --rows, falsifies it --count times."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=1_000)
    parser.add_argument("--rows", type=int, default=120)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--bucket", action="store_true", help="who falsifies owns the anchor file too; a locked bucket is left"
    )
    asked = parser.parse_args()
    site.migrate()
    path = build_chain(asked.rows, anchor_every=8)
    listed = in_bucket(path) if asked.bucket else None
    tried, missed = tamper_often(asked.count, rows=asked.rows, seed=asked.seed, listed=listed)
    whole = audit.verify(CITY, path, listed=listed).intact
    line = {
        "seed": asked.seed,
        "rows": asked.rows,
        "anchors_in_bucket": len(listed.anchors) if listed is not None else 0,
        "tampered": sum(tried.values()),
        "found": sum(tried.values()) - len(missed),
    }
    print(json.dumps(line | {"ways": tried, "intact_afterwards": whole, "missed": missed}), flush=True)
    if missed or not whole:
        sys.exit(1)


if __name__ == "__main__":
    main()
