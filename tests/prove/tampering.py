"""`make prove`: an anchored audit chain is falsified at random, again and again; prints one JSON line, exit 1 when any is not found."""

import argparse
import json
import os
import sys

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.django_settings")
django.setup()

from notices import site  # noqa: E402 - the models are there once Django is set up
from notices.approval import audit  # noqa: E402
from tests.support.approvals import CITY  # noqa: E402
from tests.support.tampering import build_chain, tamper_often  # noqa: E402


def main() -> None:
    """Builds a chain of --rows, falsifies it --count times."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=1_000)
    parser.add_argument("--rows", type=int, default=120)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    site.migrate()
    path = build_chain(asked.rows, anchor_every=8)
    tried, missed = tamper_often(asked.count, rows=asked.rows, seed=asked.seed)
    whole = audit.verify(CITY, path).intact
    line = {
        "seed": asked.seed,
        "rows": asked.rows,
        "tampered": sum(tried.values()),
        "found": sum(tried.values()) - len(missed),
    }
    print(json.dumps(line | {"ways": tried, "intact_afterwards": whole, "missed": missed}), flush=True)
    if missed or not whole:
        sys.exit(1)


if __name__ == "__main__":
    main()
