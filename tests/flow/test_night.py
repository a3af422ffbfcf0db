"""One night through every stage on real stores: repeated, killed, halted, fed with bad files."""

import csv
import json
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from engine.core.dates import is_business_day
from fixtures.demo_settings import BASELINE
from tests.support.site import REPOSITORY, Site, build

pytestmark = pytest.mark.xdist_group("flow-night")

DONE_NIGHTS = 3
TONIGHT = BASELINE + timedelta(days=DONE_NIGHTS + 1)


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """A site whose next night is TONIGHT, an office day."""
    assert is_business_day(TONIGHT)
    return build(tmp_path_factory.mktemp("site") / "demo", residents=4_000, nights=DONE_NIGHTS)


@pytest.fixture
def site(before: Site, tmp_path: Path) -> Site:
    """A fresh copy of that site."""
    return before.copy(tmp_path / "demo")


@pytest.fixture(scope="module")
def after(before: Site, tmp_path_factory: pytest.TempPathFactory) -> Site:
    """The same site once TONIGHT ran undisturbed."""
    site = before.copy(tmp_path_factory.mktemp("after") / "demo")
    summary = site.night(TONIGHT)
    assert summary["halted"] is None
    assert sum(summary["events"].values()) > 0
    return site


def test_the_same_night_twice_adds_nothing(after: Site, tmp_path: Path) -> None:
    site = after.copy(tmp_path / "again")
    first = site.dump()
    summary = site.night(TONIGHT)
    assert summary["resumed"] is True
    assert site.dump() == first


def remove_support_feed(site: Site) -> None:
    (site.feeds(TONIGHT) / "support_measures.csv").unlink()
    _without_manifest(site)


def send_yesterdays_support_feed(site: Site) -> None:
    """The folder exists, but its support measures stand in a folder of the day before."""
    (site.feeds(TONIGHT) / "support_measures.csv").rename(
        site.feeds(TONIGHT - timedelta(days=1)) / "support_measures_late.csv"
    )
    _without_manifest(site)


def break_support_header(site: Site) -> None:
    path = site.feeds(TONIGHT) / "support_measures.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("case_no", "case_number", 1), encoding="utf-8")
    _without_manifest(site)


def spoil_one_support_row(site: Site) -> None:
    path = site.feeds(TONIGHT) / "support_measures.csv"
    with path.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert rows, "the town always has support measures"
    rows[0]["measure_kind"] = "9"
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, fieldnames=list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    _without_manifest(site)


def _without_manifest(site: Site) -> None:
    (site.feeds(TONIGHT) / "manifest.json").unlink(missing_ok=True)


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(remove_support_feed, id="missing"),
        pytest.param(send_yesterdays_support_feed, id="stale"),
        pytest.param(break_support_header, id="rejected"),
        pytest.param(spoil_one_support_row, id="one row in quarantine"),
    ],
)
def test_without_a_good_support_feed_nothing_is_prepared_and_nothing_is_sent(
    spoil: Callable[[Site], None], site: Site
) -> None:
    spoil(site)
    approved = _approve_everything(site)
    assert approved > 0
    counted = site.queue("SELECT count(*) FROM approval_notice")
    halted = site.todoke("night", "--date", TONIGHT.isoformat(), "--json")
    assert halted.returncode == 3
    assert json.loads(halted.stdout)["halted"]
    assert len(halted.stderr.strip().splitlines()) == 1
    assert site.queue("SELECT count(*) FROM approval_notice") == counted
    refused = site.todoke("dispatch")
    assert refused.returncode == 3
    assert not list((site.folder / "outbox").glob("*.html"))


def _approve_everything(site: Site) -> int:
    """Approves what the demo's nights left, with as many officers as each notice needs; returns how many are approved."""
    script = REPOSITORY / "tests" / "support" / "approve_all.py"
    subprocess.run(
        [sys.executable, str(script), str(site.folder / "todoke.toml")], cwd=REPOSITORY, check=True, timeout=120
    )
    return int(site.queue("SELECT count(*) FROM approval_notice WHERE state IN ('approved', 'queued')")[0][0])
