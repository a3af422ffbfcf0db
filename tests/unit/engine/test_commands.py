"""`todoke records`: contracts, quarantine, and any table as of a past night."""

import json
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from engine.commands import records_app
from engine.core.console import Front
from engine.core.errors import InputError
from engine.records.contract import load_contracts
from engine.records.integrity import check_integrity
from engine.records.snapshot import publish_snapshot
from tests.support.feed_folder import OTHER, PERSON, FeedFolder, resident
from tests.support.truth import opened

MON = date(2026, 11, 9)
TUE = MON + timedelta(days=1)
Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    feeds = FeedFolder(tmp_path)
    feeds.write(MON, "residents", [resident(), resident(OTHER)])
    feeds.load(MON)
    feeds.write(TUE, "residents", [resident(hist_no=2, status="DEAD"), resident(OTHER, hist_no=2, status="GHOST")])
    feeds.load(TUE)
    with opened(feeds.settings) as warehouse:
        publish_snapshot(feeds.night(warehouse, TUE))
    front = Front(None)
    front.__dict__["settings"] = feeds.settings
    return lambda *arguments: CliRunner().invoke(records_app, list(arguments), obj=front)


def test_the_contract_of_every_table_is_told(run: Run) -> None:
    told = json.loads(run("contract", "--json").stdout)["tables"]
    assert set(told) == set(load_contracts())
    assert told["residents"]["interface"] == "001o005"
    assert told["residents"]["key"] == ["resident_id", "hist_no", "hist_sub"]
    assert told["residents"]["columns"]["status"]["codes"]["DEAD"] == "死亡"
    assert "住民記録" in run("contract").stdout


def test_quarantine_says_where_and_why_and_never_the_value(run: Run) -> None:
    (row,) = [json.loads(line) for line in run("quarantine", "--json").stdout.splitlines()]
    place = ("residents", 3, "2026-11-10")  # the line in the file
    assert (row["table_name"], row["row_number"], row["business_date"]) == place
    assert "status" in row["reason"]
    assert "GHOST" not in run("quarantine").stdout
    assert "住民状態" in run("quarantine", "--explain", row["quarantine_id"]).stdout
    (tried,) = [json.loads(line) for line in run("quarantine", "--retry", "--json").stdout.splitlines()]
    assert tried["today"] == "unknown_code: status"


def test_loading_alone_is_the_nights_first_stage_and_keeps_the_order_of_nights(run: Run, tmp_path: Path) -> None:
    wednesday = TUE + timedelta(days=1)
    FeedFolder(tmp_path).write(wednesday, "residents", [resident("10000000033")])
    loaded = json.loads(run("load", "--date", wednesday.isoformat(), "--json").stdout)
    assert loaded["rows"] == {"loaded": 1, "quarantined": 0}
    early = run("load", "--date", MON.isoformat())
    assert isinstance(early.exception, InputError)
    assert "nights run in order" in str(early.exception)


def test_the_integrity_report_is_a_table_and_json(run: Run, tmp_path: Path) -> None:
    missing = run("integrity")
    assert isinstance(missing.exception, InputError)
    feeds = FeedFolder(tmp_path)
    with opened(feeds.settings) as warehouse:
        check_integrity(feeds.night(warehouse, TUE))
    told = json.loads(run("integrity", "--date", TUE.isoformat(), "--json").stdout)
    assert {
        "kind": "quarantined",
        "table": "residents",
        "detail": "unknown_code: status",
        "number": 1,
        "before": None,
    } in told["findings"]
    shown = run("integrity").stdout
    assert "night of 2026-11-10" in shown
    assert "household without head: 1" in shown


def test_a_table_is_shown_as_it_was_known(run: Run) -> None:
    def statuses(on: date) -> dict[str, str]:
        lines = run("as-of", on.isoformat(), "residents", "--json").stdout.splitlines()
        return {row["resident_id"]: row["status"] for row in map(json.loads, lines)}

    assert statuses(MON) == {PERSON: "RESIDENT", OTHER: "RESIDENT"}
    assert statuses(TUE) == {PERSON: "DEAD", OTHER: "RESIDENT"}
    assert statuses(MON - timedelta(days=1)) == {}


@pytest.mark.parametrize(
    ("arguments", "said"), [(("today", "residents"), "YYYY-MM-DD"), (("2026-11-10", "people"), "records contract")]
)
def test_a_date_or_table_there_is_not_is_said(arguments: tuple[str, str], said: str, run: Run) -> None:
    done = run("as-of", *arguments)
    assert isinstance(done.exception, InputError)
    assert said in str(done.exception)
