"""History only grows: each source key once, each state by its versions, and what a full file no longer holds is gone."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.support.feed_folder import OTHER, PERSON, FeedFolder, allowance, measure, resident

MON = date(2026, 11, 9)
TUE, WED, THU = (MON + timedelta(days=days) for days in (1, 2, 3))
VERSIONS = "SELECT night, person_id, gone, benefit_status FROM history.child_allowance ORDER BY night, person_id"


@pytest.fixture
def feeds(tmp_path: Path) -> FeedFolder:
    return FeedFolder(tmp_path)


def keys(feeds: FeedFolder, table: str = "residents") -> list[tuple[str, date]]:
    rows = feeds.read(f"SELECT source_key, night FROM history.{table} ORDER BY ALL")
    return [(row["source_key"], row["night"]) for row in rows]


def test_a_key_of_an_earlier_night_is_not_written_again_even_with_other_words(feeds: FeedFolder) -> None:
    feeds.write(MON, "residents", [resident()])
    feeds.load(MON)
    feeds.write(TUE, "residents", [resident(name="other"), resident(hist_no=2)])
    feeds.load(TUE)
    assert keys(feeds) == [(f"{PERSON}|1|0", MON), (f"{PERSON}|2|0", TUE)]
    assert feeds.read("SELECT name FROM history.residents WHERE hist_no = 1") == [{"name": None}]


def test_a_key_twice_in_one_file_is_quarantined_or_written_once(feeds: FeedFolder) -> None:
    feeds.write(MON, "residents", [resident(), resident(), resident(OTHER)])
    loaded = feeds.load(MON)
    assert len(keys(feeds)) + loaded.quarantined == 3
    assert len(set(keys(feeds))) == len(keys(feeds))


def test_loading_a_night_again_replaces_what_it_wrote(feeds: FeedFolder) -> None:
    feeds.write(MON, "residents", [resident()])
    feeds.load(MON)
    feeds.write(MON, "residents", [resident(), resident(OTHER)])
    feeds.load(MON)
    assert [key for key, _ in keys(feeds)] == [f"{PERSON}|1|0", f"{OTHER}|1|0"]


def test_a_deleted_row_is_flagged_not_removed(feeds: FeedFolder) -> None:
    feeds.write(MON, "residents", [resident(), resident(hist_no=2, is_deleted="true")])
    feeds.load(MON)
    rows = feeds.read("SELECT hist_no, gone FROM history.residents ORDER BY hist_no")
    assert rows == [{"hist_no": 1, "gone": False}, {"hist_no": 2, "gone": True}]


def test_a_state_gets_a_version_only_where_it_differs(feeds: FeedFolder) -> None:
    feeds.write(MON, "child_allowance", [allowance(benefit_status="APPLIED")])
    feeds.load(MON)
    feeds.write(TUE, "child_allowance", [allowance(benefit_status="APPLIED")])
    feeds.load(TUE)
    feeds.write(WED, "child_allowance", [allowance(benefit_status="RECEIVING")])
    feeds.load(WED)
    found = [(row["night"], row["benefit_status"]) for row in feeds.read(VERSIONS)]
    assert found == [(MON, "APPLIED"), (WED, "RECEIVING")]


def test_only_a_full_file_makes_a_state_gone_and_it_can_come_back(feeds: FeedFolder) -> None:
    feeds.write(MON, "child_allowance", [allowance(), allowance(OTHER, PERSON)])
    feeds.load(MON)
    feeds.write(TUE, "child_allowance", [allowance()], kind="delta")
    feeds.load(TUE)
    assert not any(row["gone"] for row in feeds.read(VERSIONS))
    feeds.write(WED, "child_allowance", [allowance()], kind="full")
    feeds.load(WED)
    feeds.write(THU, "child_allowance", [allowance(), allowance(OTHER, PERSON)], kind="full")
    feeds.load(THU)
    other = [(row["night"], row["gone"]) for row in feeds.read(VERSIONS) if row["person_id"] == OTHER]
    assert other == [(MON, False), (WED, True), (THU, False)]


@pytest.mark.parametrize(
    "bad", [allowance(OTHER, PERSON, benefit_status="?"), {"claimant_id": OTHER, "child_id": None}]
)
def test_a_row_set_aside_in_a_full_file_is_not_gone(bad: dict[str, Any], feeds: FeedFolder) -> None:
    feeds.write(MON, "child_allowance", [allowance(), allowance(OTHER, PERSON)])
    feeds.load(MON)
    feeds.write(TUE, "child_allowance", [allowance(), bad], kind="full")
    assert feeds.load(TUE).quarantined == 1
    assert not any(row["gone"] for row in feeds.read(VERSIONS))


def test_a_state_that_goes_back_to_an_earlier_one_is_news(feeds: FeedFolder) -> None:
    for day, said in ((MON, "APPLIED"), (TUE, "RECEIVING"), (WED, "APPLIED"), (THU, "APPLIED")):
        feeds.write(day, "child_allowance", [allowance(benefit_status=said)], kind="full")
        feeds.load(day)
    found = [(row["night"], row["benefit_status"]) for row in feeds.read(VERSIONS)]
    assert found == [(MON, "APPLIED"), (TUE, "RECEIVING"), (WED, "APPLIED")]


def test_absence_from_a_full_file_of_support_measures_lifts_nothing(feeds: FeedFolder) -> None:
    feeds.write(MON, "support_measures", [measure(), measure(OTHER)])
    feeds.load(MON)
    feeds.write(TUE, "support_measures", [measure()], kind="full")
    feeds.load(TUE)
    rows = feeds.read("SELECT person_id, gone FROM history.support_measures ORDER BY person_id")
    assert rows == [{"person_id": PERSON, "gone": False}, {"person_id": OTHER, "gone": False}]
