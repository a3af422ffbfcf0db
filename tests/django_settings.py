"""Django settings for mypy and pytest-django: a throw-away queue store with throw-away keys."""

import os
import tempfile
from pathlib import Path

from engine.core.settings import Desk, Municipality, Office, Paths, Settings
from notices.sealing import make_keys
from notices.site import database, django_values

FOLDER = Path(tempfile.mkdtemp(prefix="todoke-tests-"))


OFFICES = (
    "citizen",
    "child_benefits",
    "maternal_health",
    "insurance",
    "long_term_care",
    "elderly_medical",
    "disability",
    "tax",
    "public_assistance",
    "property_tax",
    "health",
    "education",
    "childcare",
    "senior_welfare",
    "welfare",
)


def settings_in(folder: Path) -> Settings:
    """Demo-mode settings whose stores are all in one folder."""
    make_keys(folder / "keys.json")
    office = Office(
        name_ja="市民課", name_en="Citizen Section", place_ja="市役所1階", place_en="City Hall 1F", phone="0742-00-0000"
    )
    return Settings(
        mode="demo",
        municipality=Municipality(code="292010", name_ja="奈良市", name_en="Nara City", site_url="https://city.example"),
        paths=Paths(
            feeds=str(folder / "feeds"),
            records=folder / "records.duckdb",
            landing=folder / "landing",
            snapshot=folder / "snapshot",
            catalogue=folder / "catalogue",
            outbox=folder / "outbox",
            keys=folder / "keys.json",
            anchor=folder / "audit.anchor",
            scratch=folder / "scratch",
        ),
        queue_url=f"sqlite:///{folder / 'queue.sqlite3'}",
        offices=dict.fromkeys(OFFICES, office),
        desk=Desk(counts_seconds=0),
    )  # fmt: skip


TODOKE_SETTINGS = settings_in(FOLDER)
_VALUES = django_values(TODOKE_SETTINGS)
# a file, not memory: threads of a test must wait for each other's locks as processes do
_VALUES["DATABASES"]["default"]["TEST"] = {"NAME": str(FOLDER / "test_queue.sqlite3")}
# what a test writes need not survive a power cut, and its accounts guard nothing: both cost most of the tests' time
_VALUES["DATABASES"]["default"]["OPTIONS"] = _VALUES["DATABASES"]["default"]["OPTIONS"] | {
    "init_command": "PRAGMA journal_mode=WAL;PRAGMA synchronous=OFF;PRAGMA foreign_keys=ON;"
}
#: the same tests on another queue store: tests/flow/test_postgres.py sets it
OTHER_STORE = os.environ.get("TODOKE_TEST_QUEUE_URL", "")
if OTHER_STORE:
    _VALUES["DATABASES"] = {"default": database(OTHER_STORE) | {"OPTIONS": {}, "TEST": {"NAME": "todoke_tests"}}}
_VALUES["PASSWORD_HASHERS"] = ["tests.support.hasher.QuickArgon2"]
globals().update(_VALUES)
