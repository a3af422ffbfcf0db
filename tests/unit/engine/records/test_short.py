"""Files too short to be believed, through a real load: refused or told, and let in when an operator accepts them."""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from engine.core.dates import days, is_business_day
from engine.core.requests import ACCEPT_FILE
from engine.core.settings import Feeds
from engine.records.feeds import support_feed_fault
from engine.records.integrity import check_integrity
from engine.records.load import STAGE, Loaded, load_records
from engine.records.short import refused_before, short_deltas, take_acceptances, without_short_ones
from tests.support.feed_folder import FeedFolder, allowance, measure, resident
from tests.support.requests import MemoryRequests
from tests.support.small_site import CODE
from tests.support.truth import opened

MON = date(2026, 11, 9)
TUE, WED = MON + timedelta(days=1), MON + timedelta(days=2)
OFFICE = [day for day in days(MON, MON + timedelta(days=20)) if is_business_day(day)]


def allowances(count: int, first: int = 0) -> list[dict[str, Any]]:
    return [allowance(f"1{number:010}", f"2{number:010}") for number in range(first, first + count)]


def residents(count: int, first: int = 0, **more: Any) -> list[dict[str, Any]]:
    return [resident(f"1{number:010}", **more) for number in range(first, first + count)]


def load(feeds: FeedFolder, on: date, requests: MemoryRequests | None = None) -> Loaded:
    """A night's first stage with what operators asked for."""
    with opened(feeds.settings) as warehouse:
        night = feeds.night(warehouse, on)
        loaded = load_records(replace(night, requests=requests or MemoryRequests()))
        warehouse.mark(STAGE, CODE, on, {})
    return loaded


def standing(feeds: FeedFolder, table: str) -> int:
    """How many keys of a state table stand."""
    sql = f"SELECT source_key FROM history.{table} GROUP BY source_key HAVING NOT arg_max(gone, night)"
    return len(feeds.read(sql))


@pytest.fixture
def feeds(tmp_path: Path) -> FeedFolder:
    return FeedFolder(tmp_path)


@pytest.mark.parametrize(
    ("before", "rows", "refused"),
    [
        pytest.param(100, 100, False, id="whole"),
        pytest.param(100, 81, False, id="a few ended"),
        pytest.param(100, 80, False, id="a fifth, as the settings allow"),
        pytest.param(100, 79, True, id="more than a fifth"),
        pytest.param(100, 1, True, id="one row left"),
        pytest.param(100, 0, True, id="only the header"),
        pytest.param(100, 130, False, id="grown"),
        pytest.param(24, 5, False, id="nineteen rows are too few to tell"),
        pytest.param(24, 4, True, id="twenty are enough"),
        pytest.param(3, 0, False, id="a small table may end"),
    ],
)
def test_a_full_file_that_lost_a_large_part_is_refused(
    before: int, rows: int, refused: bool, feeds: FeedFolder
) -> None:
    feeds.write(MON, "child_allowance", allowances(before), kind="full")
    load(feeds, MON)
    feeds.write(TUE, "child_allowance", allowances(rows), kind="full")
    loaded = load(feeds, TUE)
    assert bool(loaded.rejected) is refused
    assert standing(feeds, "child_allowance") == (before if refused else rows)


@pytest.mark.parametrize("cut", [0.0, 0.05, 0.3, 0.5, 0.79, 0.95, 1.0])
@pytest.mark.parametrize("seed", [1, 2])
def test_a_file_cut_anywhere_is_refused_or_loses_little(cut: float, seed: int, feeds: FeedFolder) -> None:
    """Bytes are cut off, so the last line is often half a line; without a manifest nothing else would find it."""
    feeds.write(MON, "child_allowance", allowances(200, first=seed * 1000), kind="full")
    load(feeds, MON)
    path = feeds.write(TUE, "child_allowance", allowances(200, first=seed * 1000), kind="full")
    (path.parent / "manifest.json").write_text('{"files": {"child_allowance.csv": {"kind": "full"}}}', encoding="utf-8")
    whole = path.read_bytes()
    path.write_bytes(whole[: round(len(whole) * (1 - cut)) + seed])
    loaded = load(feeds, TUE)
    assert bool(loaded.rejected) is (cut > 0.2)
    assert standing(feeds, "child_allowance") >= 200 * 0.8


def test_as_many_rows_of_other_people_are_refused_too(feeds: FeedFolder) -> None:
    feeds.write(MON, "child_allowance", allowances(50), kind="full")
    load(feeds, MON)
    feeds.write(TUE, "child_allowance", allowances(50, first=900), kind="full")
    assert "50 of the 50 that stand in child_allowance are missing" in load(feeds, TUE).rejected[0]


def test_rows_that_changed_or_were_set_aside_are_not_lost(feeds: FeedFolder) -> None:
    feeds.write(MON, "child_allowance", allowances(50), kind="full")
    load(feeds, MON)
    changed = [row | {"benefit_status": "?" if place % 2 else "ENDED"} for place, row in enumerate(allowances(50))]
    feeds.write(TUE, "child_allowance", changed, kind="full")
    assert load(feeds, TUE).rejected == ()


def test_the_share_is_a_setting(feeds: FeedFolder) -> None:
    assert Feeds().most_lost == 0.2
    feeds.write(MON, "child_allowance", allowances(100), kind="full")
    load(feeds, MON)
    feeds.write(TUE, "child_allowance", allowances(60), kind="full")
    with opened(feeds.settings) as warehouse:
        night = feeds.night(warehouse, TUE)
        loose = night.settings.model_copy(update={"feeds": Feeds(most_lost=0.5)})
        assert load_records(replace(night, settings=loose)).rejected == ()


@pytest.mark.parametrize(("rows", "stops"), [(8, False), (0, True)], ids=["whole", "empty"])
def test_support_measures_that_name_nobody_any_more_stop_the_night(rows: int, stops: bool, feeds: FeedFolder) -> None:
    """Eight are too few for a share, but a list of blocks that is empty is in doubt (L2)."""
    people = [measure(f"1{number:010}") for number in range(8)]
    feeds.write(MON, "support_measures", people)
    load(feeds, MON)
    feeds.write(TUE, "support_measures", people[:rows])
    load(feeds, TUE)
    with opened(feeds.settings) as warehouse:
        fault = support_feed_fault(warehouse, CODE, TUE)
    assert (fault is not None and "was rejected" in fault) is stops


def deltas(feeds: FeedFolder, table: str, counts: Sequence[int]) -> Loaded:
    """A baseline, then a delta of so many rows on each office day; the report of the last night."""
    make = residents if table == "residents" else allowances
    feeds.write(OFFICE[0], table, make(5))
    loaded = load(feeds, OFFICE[0])
    for place, (on, count) in enumerate(zip(OFFICE[1:], counts, strict=False), start=1):
        feeds.write(on, table, make(count, first=place * 1000))
        loaded = load(feeds, on)
    return loaded


@pytest.mark.parametrize(
    ("counts", "said"),
    [
        pytest.param((40, 35, 45, 40, 60, 38), "", id="as usual"),
        pytest.param((40, 35, 45, 40, 60, 4), "", id="a tenth of it"),
        pytest.param((40, 35, 45, 40, 60, 3), "3 rows, usually 40", id="less than a tenth"),
        pytest.param((40, 35, 45, 40, 60, 0), "0 rows, usually 40", id="empty"),
        pytest.param((40, 35, 45, 60, 0), "", id="four deliveries tell nothing"),
        pytest.param((10, 12, 9, 10, 14, 0), "", id="of a table that brings few nothing can be told"),
    ],
)
def test_a_delta_far_below_the_usual_is_loaded_and_told(counts: tuple[int, ...], said: str, feeds: FeedFolder) -> None:
    loaded = deltas(feeds, "child_allowance", counts)
    assert loaded.rejected == ()
    assert [said in one for one in loaded.short] == ([True] if said else [])
    on = OFFICE[len(counts)]
    with opened(feeds.settings) as warehouse:
        night = feeds.night(warehouse, on)
        assert [str(one) for one in short_deltas(night)] == list(loaded.short)
        report = check_integrity(night)
    assert [(one.table, one.detail, one.number) for one in report.of("short")] == (
        [("child_allowance", on.isoformat(), 40 - counts[-1])] if said else []
    )
    assert ("short" in json.loads(json.dumps(report.summary()))["integrity"]) is bool(said)


@pytest.mark.parametrize(("rows", "refused"), [(30, False), (0, True), (2, True)])
def test_a_register_that_tells_next_to_nothing_is_refused(rows: int, refused: bool, feeds: FeedFolder) -> None:
    """Who died last night would be written to: the night cannot do without it."""
    loaded = deltas(feeds, "residents", (40, 35, 45, 40, 60, rows))
    assert bool(loaded.rejected) is refused
    if refused:
        assert f"{rows} rows, and residents usually brings 40" in loaded.rejected[0]
        assert len(feeds.read("SELECT 1 FROM history.residents WHERE person_id LIKE '1000000600%'")) == 0


def test_on_a_closed_day_few_rows_are_no_sign(feeds: FeedFolder) -> None:
    deltas(feeds, "residents", (40, 35, 45, 40, 60))
    saturday = next(day for day in days(OFFICE[5], OFFICE[5] + timedelta(days=9)) if not is_business_day(day))
    feeds.write(saturday, "residents", [])
    assert load(feeds, saturday).rejected == ()


def refused_then_accepted(feeds: FeedFolder) -> MemoryRequests:
    """A full file refused on Tuesday, and an operator who says it is right."""
    feeds.write(MON, "child_allowance", allowances(100), kind="full")
    load(feeds, MON)
    feeds.write(TUE, "child_allowance", allowances(40), kind="full")
    (reason,) = load(feeds, TUE).rejected
    (row,) = feeds.read("SELECT file_id FROM history.files WHERE state = 'rejected'")
    assert f"todoke records accept {row['file_id'][:12]}" in reason
    asked = MemoryRequests()
    asked.ask(ACCEPT_FILE, {"file_id": row["file_id"]}, by="op", reason="the scheme ended")
    return asked


@pytest.mark.parametrize("on", [TUE, WED], ids=["the same night again", "the next night"])
def test_a_file_that_an_operator_accepts_is_read_as_it_is(on: date, feeds: FeedFolder) -> None:
    asked = refused_then_accepted(feeds)
    loaded = load(feeds, on, asked)
    assert (loaded.rejected, loaded.fresh) == ((), True)
    assert standing(feeds, "child_allowance") == 40
    (kept,) = feeds.read("SELECT officer, reason FROM history.acceptances")
    assert (kept["officer"], kept["reason"]) == ("op", "the scheme ended")
    assert "read as it is" in asked.outcomes[1]
    again = load(feeds, on, asked)
    assert (again.rejected, again.fresh, again.accepted) == ((), False, loaded.accepted)
    feeds.write(on + timedelta(days=1), "child_allowance", allowances(39), kind="full")
    assert load(feeds, on + timedelta(days=1)).rejected == ()
    assert standing(feeds, "child_allowance") == 39


def test_a_file_nobody_accepted_stays_out(feeds: FeedFolder) -> None:
    asked = refused_then_accepted(feeds)
    for on in (TUE, WED):
        load(feeds, on)
        assert standing(feeds, "child_allowance") == 100
    with opened(feeds.settings) as warehouse:
        night = replace(feeds.night(warehouse, WED), requests=asked)
        assert refused_before(night) == []
        assert len(take_acceptances(night)) == 1
        assert take_acceptances(night) == take_acceptances(replace(night, requests=MemoryRequests()))
        assert len(refused_before(night)) == 1
        assert without_short_ones(night, [], frozenset()) == []
