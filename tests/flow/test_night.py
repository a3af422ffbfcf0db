"""One night through every stage on real stores: repeated, killed, halted, fed with bad files."""

import csv
import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from engine.core.dates import days, is_business_day
from fixtures.demo_settings import BASELINE
from tests.support.faults import FAULTS, Feeds, deliver
from tests.support.site import REPOSITORY, Site, build

pytestmark = pytest.mark.xdist_group("flow-night")

DONE_NIGHTS = 3
TONIGHT = BASELINE + timedelta(days=DONE_NIGHTS + 1)
STAGES = (
    "load_records",
    "publish_safety",
    "check_integrity",
    "derive_changes",
    "release_holds",
    "detect_events",
    "match_programmes",
    "prepare_notices",
    "publish_snapshot",
)

#: runs tonight's stages up to one, then dies the way a power cut does
KILLER = """
import os, signal, sys
from datetime import date
from pathlib import Path
import todoke
from engine.core.settings import read_settings
from engine.night import Stage

def die(night):
    os.kill(os.getpid(), signal.SIGKILL)

settings = read_settings(Path(sys.argv[1]))
todoke.notices.commands.open_queue(settings)
stages = todoke.the_night()
place = [stage.name for stage in stages].index(sys.argv[3]) + 1
todoke.the_night = lambda: (*stages[:place], Stage(name="die", run=die), *stages[place:])
todoke.scan(settings, settings.clock(), date.fromisoformat(sys.argv[2]))
"""


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


@pytest.mark.parametrize("stage", STAGES)
def test_killed_after_a_stage_and_run_again_it_ends_in_the_same_rows(stage: str, site: Site, after: Site) -> None:
    settings = str(site.folder / "todoke.toml")
    killed = subprocess.run(
        [sys.executable, "-c", KILLER, settings, TONIGHT.isoformat(), stage],
        cwd=REPOSITORY,
        capture_output=True,
        check=False,
        timeout=120,
    )
    assert killed.returncode == -9, killed.stderr[-2000:]
    site.night(TONIGHT)
    assert site.dump() == after.dump()


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


def test_a_measure_that_ended_yesterday_still_blocks(site: Site) -> None:
    """Every end date of every measure is set to yesterday; the blocks stay what they were."""
    path = site.feeds(TONIGHT) / "support_measures.csv"
    with path.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    for row in rows:
        row["hist_no"] = str(int(row["hist_no"]) + 1)
        row["to_on"] = (TONIGHT - timedelta(days=1)).isoformat()
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, fieldnames=list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    _without_manifest(site)
    blocked = {row[0] for row in site.queue("SELECT resident_id FROM recipients_block")}
    site.night(TONIGHT)
    assert blocked
    assert blocked <= {row[0] for row in site.queue("SELECT resident_id FROM recipients_block")}


def test_a_wrong_header_rejects_one_file_and_the_rest_loads(site: Site) -> None:
    path = site.feeds(TONIGHT) / "nhi.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("acquired_reason", "reason", 1), encoding="utf-8")
    _without_manifest(site)
    summary = site.night(TONIGHT)
    rejected = json.dumps(summary["feeds"]["rejected"], ensure_ascii=False)
    assert "nhi" in rejected
    assert "acquired_reason" in rejected
    assert any("residents" in str(name) for name in summary["feeds"]["accepted"])
    assert list((site.folder / "landing").rglob("*.csv"))


def test_a_bad_row_goes_to_quarantine_and_the_rest_loads(site: Site) -> None:
    path = site.feeds(TONIGHT) / "residents.csv"
    with path.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    rows[0]["move_reason"] = "NO_SUCH_REASON"
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, fieldnames=list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    _without_manifest(site)
    summary = site.night(TONIGHT)
    assert summary["rows"]["quarantined"] == 1
    assert summary["rows"]["loaded"] > 0
    listed = [json.loads(line) for line in site.ok("records", "quarantine", "--json").splitlines()]
    assert any("move_reason" in row["reason"] for row in listed)
    assert "NO_SUCH_REASON" not in json.dumps(listed)


def test_a_refused_register_halts_the_night_as_bad_input(site: Site) -> None:
    (site.feeds(TONIGHT) / "residents.csv").write_bytes(b"")
    _without_manifest(site)
    halted = site.todoke("night", "--date", TONIGHT.isoformat(), "--json")
    assert halted.returncode == 2
    assert "residents.csv is empty" in halted.stderr
    assert len(halted.stderr.strip().splitlines()) == 1
    assert json.loads(halted.stdout)["notices"]["prepared"] == 0


def test_a_feed_with_an_individual_number_column_is_refused(site: Site) -> None:
    path = site.feeds(TONIGHT) / "nhi.csv"
    lines = path.read_text(encoding="utf-8").splitlines()
    path.write_text(
        "\n".join([lines[0] + ",個人番号", *(line + ",123456789018" for line in lines[1:])]) + "\n", encoding="utf-8"
    )
    _without_manifest(site)
    summary = site.night(TONIGHT)
    assert "個人番号" in json.dumps(summary["feeds"]["rejected"], ensure_ascii=False)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        pytest.param(["night", "--date", "2026-13-01"], "2026-13-01", id="wrong date"),
        pytest.param(
            ["night", "--date", TONIGHT.isoformat(), "--feeds", "/no/such/folder"], "/no/such/folder", id="wrong path"
        ),
    ],
)
def test_bad_usage_exits_2_in_one_line(arguments: list[str], said: str, site: Site) -> None:
    done = site.todoke(*arguments)
    assert done.returncode == 2
    assert said in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def _approve_everything(site: Site) -> int:
    """Approves what the demo's nights left, with as many officers as each notice needs; returns how many are approved."""
    script = REPOSITORY / "tests" / "support" / "approve_all.py"
    subprocess.run(
        [sys.executable, str(script), str(site.folder / "todoke.toml")], cwd=REPOSITORY, check=True, timeout=120
    )
    return int(site.queue("SELECT count(*) FROM approval_notice WHERE state IN ('approved', 'queued')")[0][0])


def test_a_held_kind_is_released_by_an_operator_and_settles_the_next_night(site: Site, tmp_path: Path) -> None:
    offices = tuple(day for day in days(BASELINE + timedelta(days=1), TONIGHT) if site.feeds(day).is_dir())
    feeds = Feeds(site.folder / "feeds", BASELINE, offices)
    deliver(feeds, TONIGHT, {FAULTS["renumbering typed as moves"]: 60}, np.random.default_rng(1), tmp_path / "faulty")
    shutil.rmtree(site.feeds(TONIGHT))
    shutil.copytree(tmp_path / "faulty" / TONIGHT.isoformat(), site.feeds(TONIGHT))
    assert list(site.night(TONIGHT)["held"]) == ["E09"]
    ask = ("events", "release", "E09", "--date", TONIGHT.isoformat(), "--by", "op", "--reason", "a block was finished")
    site.ok(*ask)
    again = site.todoke(*ask)
    assert (again.returncode, "op has asked for this already" in again.stderr) == (2, True)
    assert [row["done_at"] for row in _json_lines(site.ok("requests", "list", "--json"))] == [None]
    assert site.night(TONIGHT + timedelta(days=1))["released"]["E09"] >= 50
    listed = _json_lines(site.ok("events", "list", "--date", TONIGHT.isoformat(), "--json"))
    assert {row["status"] for row in listed if row["type"] == "E09"} == {"settled"}
    assert [row["done_at"] is None for row in _json_lines(site.ok("requests", "list", "--json"))] == [False]
    actions = "SELECT actor, action FROM approval_auditrow WHERE subject LIKE 'request:%' ORDER BY sequence"
    assert site.queue(actions) == [("op", "run_requested"), ("night", "run_performed")]
    site.ok("audit", "verify")


def _json_lines(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


def test_a_register_that_is_too_short_halts_the_night_until_an_operator_accepts_it(site: Site) -> None:
    """The town is too small for the usual number of rows to tell anything: the site's settings ask for one."""
    settings = site.folder / "todoke.toml"
    limits = "\n[feeds]\nleast_rows = 1\nleast_of_usual = 0.9\n"
    settings.write_text(settings.read_text(encoding="utf-8") + limits, encoding="utf-8")
    for day in days(TONIGHT, TONIGHT + timedelta(days=3)):  # over the weekend: the fifth delivery tells what is usual
        site.night(day)
    on = TONIGHT + timedelta(days=4)
    path = site.feeds(on) / "residents.csv"
    path.write_text(path.read_text(encoding="utf-8").splitlines()[0] + "\n", encoding="utf-8")
    (site.feeds(on) / "manifest.json").unlink(missing_ok=True)
    halted = site.todoke("night", "--date", on.isoformat(), "--json")
    assert halted.returncode == 2
    checksum = halted.stderr.partition("records accept ")[2].split()[0]
    site.ok("records", "accept", checksum, "--by", "op", "--reason", "the office was closed for a move")
    assert site.night(on)["halted"] is None
    site.ok("audit", "verify")


def test_what_was_approved_is_sent_once(site: Site) -> None:
    assert _approve_everything(site) > 0
    site.night(TONIGHT)
    first = json.loads(site.ok("dispatch"))
    pages = sorted(path.name for path in (site.folder / "outbox").glob("*.html"))
    again = json.loads(site.ok("dispatch"))
    assert first["accepted"] == len(pages) > 0
    assert again["accepted"] == 0
    assert sorted(path.name for path in (site.folder / "outbox").glob("*.html")) == pages


def test_the_baseline_is_no_news(before: Site) -> None:
    on = date.fromisoformat(BASELINE.isoformat())
    listed = before.ok("events", "list", "--date", on.isoformat(), "--json")
    assert listed.strip() == ""
