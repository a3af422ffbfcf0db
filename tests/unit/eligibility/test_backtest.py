"""Past nights are asked on what they knew: what came in later changes nothing."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from eligibility import catalogue
from eligibility.backtest import backtest
from eligibility.match import match_programmes
from eligibility.programme import Programme, parse_programme, read_programme
from engine.core.clock import TOKYO
from engine.core.errors import InputError
from engine.records.reader import SnapshotReader
from engine.records.snapshot import publish_snapshot, read_snapshot
from tests.support.history import Records

BASELINE, FIRST, SECOND, LAST = (date(2026, 11, day) for day in (9, 16, 18, 20))
BORN = date(2026, 11, 12)
PROGRAMME = read_programme(catalogue.FOLDER / "child_allowance.yaml")


@pytest.fixture
def records(tmp_path: Path) -> Iterator[Records]:
    with (found := Records(tmp_path)).warehouse:
        at = datetime(2026, 11, 9, 9, tzinfo=TOKYO)
        folder = found.settings.paths.catalogue
        catalogue.publish(PROGRAMME, signed_off_by=["x"], at=at, folder=folder, demonstration=True)
        found.resident("head", BASELINE, rel1="HEAD", birth_date=date(1990, 5, 5))
        yield found


def _birth(records: Records, child: str, night: date, **more: Any) -> None:
    records.resident(child, night, birth_date=BORN, move_reason="BIRTH", effective_date=BORN)
    records.event("E01", [child], occurred_on=BORN, detected_on=night, **more)


def _asked(records: Records, programme: Programme = PROGRAMME) -> list[dict[str, Any]]:
    publish_snapshot(records.night(LAST))
    return backtest(read_snapshot(records.settings), programme, records.settings)


def _row(night: date, **verdicts: int) -> dict[str, Any]:
    told = {"eligible": 0, "possible": 0, "ineligible": 0} | verdicts
    return {"night": night.isoformat(), "cases": sum(told.values()), **told}


def test_a_night_is_judged_on_the_records_it_knew(records: Records) -> None:
    """Since then the child moved away and the allowance is paid: the night could not know."""
    _birth(records, "one", FIRST)
    _birth(records, "two", SECOND)
    records.resident("one", LAST, hist_no=2, birth_date=BORN, status="MOVED_OUT")
    records.put("child_allowance", LAST, claimant_id="head", child_id="one", benefit_status="RECEIVING")
    assert _asked(records) == [_row(FIRST, possible=1), _row(SECOND, possible=1)]


def test_it_says_what_the_nights_themselves_matched(records: Records) -> None:
    _birth(records, "one", FIRST)
    records.put(
        "child_allowance", FIRST - timedelta(days=1), claimant_id="head", child_id="two", benefit_status="APPLIED"
    )
    _birth(records, "two", SECOND)
    for night in (FIRST, SECOND):
        match_programmes(records.night(night))
    matched = [(row["night"].isoformat(), row["verdict"]) for row in records.rows("matches.matches")]
    assert matched == [("2026-11-16", "possible"), ("2026-11-18", "ineligible")]
    assert _asked(records) == [_row(FIRST, possible=1), _row(SECOND, ineligible=1)]


@pytest.mark.parametrize("state", ["void", "waiting", "held"])
def test_only_what_settled_counts(state: str, records: Records) -> None:
    _birth(records, "one", FIRST, state=state)
    assert _asked(records) == []


def test_before_the_programme_exists_nobody_is_let_in(records: Records) -> None:
    _birth(records, "one", FIRST)
    later = parse_programme(PROGRAMME.model_dump(mode="json") | {"valid_from": "2026-11-17", "examples": []})
    assert _asked(records, later) == [_row(FIRST, ineligible=1)]


def test_a_snapshot_without_history_is_named(records: Records, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="has no table history"):
        backtest(SnapshotReader(tmp_path), PROGRAMME, records.settings)
