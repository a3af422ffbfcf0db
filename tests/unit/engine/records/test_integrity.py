"""The integrity report counts what stands, what is new since the night before, and who lacks their other half."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from engine.core.errors import InputError
from engine.records.integrity import Integrity, check_integrity, read_integrity
from tests.support.feed_folder import OTHER, PERSON, FeedFolder, allowance, resident
from tests.support.small_site import CODE
from tests.support.truth import opened

MON = date(2026, 11, 9)
TUE = MON + timedelta(days=1)
CHILD = "10000000033"


@pytest.fixture
def feeds(tmp_path: Path) -> FeedFolder:
    return FeedFolder(tmp_path)


def report(feeds: FeedFolder, on: date) -> Integrity:
    feeds.load(on)
    with opened(feeds.settings) as warehouse:
        made = check_integrity(feeds.night(warehouse, on))
        assert read_integrity(warehouse, CODE, on) == read_integrity(warehouse, CODE)
        assert set(read_integrity(warehouse, CODE, on).findings) == set(made.findings)
    return made


def number(found: Integrity, kind: str, table: str = "") -> tuple[int, int | None]:
    (one,) = [one for one in found.of(kind) if one.table == table]
    return one.number, one.before


def test_rows_are_counted_against_the_night_before(feeds: FeedFolder) -> None:
    feeds.write(MON, "residents", [resident(rel1="HEAD"), resident(OTHER)])
    feeds.write(MON, "child_allowance", [allowance(), allowance(OTHER, PERSON)])
    first = report(feeds, MON)
    assert number(first, "standing", "residents") == (2, None)
    feeds.write(TUE, "residents", [resident(OTHER, hist_no=2, is_deleted="true")])
    feeds.write(TUE, "child_allowance", [allowance()], kind="full")
    second = report(feeds, TUE)
    assert number(second, "standing", "residents") == (1, 2)
    assert number(second, "standing", "child_allowance") == (1, 2)
    assert number(second, "delivered", "child_allowance")[0] == 1


def person(number: str, **more: Any) -> dict[str, Any]:
    return resident(number, **more)


def test_people_and_households_that_lack_their_other_half_are_counted(feeds: FeedFolder) -> None:
    feeds.write(
        MON,
        "residents",
        [
            person(PERSON, household_id="1"),
            person(OTHER, household_id="2", rel1="HEAD"),
            person("10000000041", household_id="2", rel1="HEAD"),
            person(CHILD, household_id="2", birth_date="2008-11-10"),
            person("10000000058", household_id="2", birth_date="2008-11-09"),
            person("10000000066", household_id="3", status="MOVED_OUT"),
        ],
    )
    feeds.write(MON, "child_allowance", [allowance("10000009999", PERSON)])
    found = report(feeds, MON)
    assert number(found, "household_without_head")[0] == 1
    assert number(found, "household_with_heads")[0] == 1
    assert number(found, "not_registered", "child_allowance")[0] == 1
    assert number(found, "child_without_guardian")[0] == 1  # seventeen still, until tomorrow
    feeds.write(TUE, "guardianship", [{"child_id": CHILD, "adult_id": OTHER, "guardian_kind": "PARENT"}])
    assert number(report(feeds, TUE), "child_without_guardian")[0] == 0


def test_rows_set_aside_are_counted_by_reason_and_the_summary_tells_what_is_amiss(feeds: FeedFolder) -> None:
    feeds.write(
        MON, "residents", [resident(rel1="HEAD"), resident(OTHER, status="GHOST"), resident(CHILD, status="GHOST")]
    )
    found = report(feeds, MON)
    (aside,) = found.of("quarantined")
    assert (aside.table, aside.detail, aside.number) == ("residents", "unknown_code: status", 2)
    assert found.summary() == {"integrity": {"quarantined": 2}}


def test_no_report_is_said(feeds: FeedFolder) -> None:
    feeds.write(MON, "residents", [resident()])
    feeds.load(MON)
    with opened(feeds.settings) as warehouse, pytest.raises(InputError, match="no integrity report"):
        read_integrity(warehouse, CODE)
