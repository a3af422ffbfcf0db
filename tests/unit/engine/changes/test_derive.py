"""What changed, beside what stood before: classed by the source's own reason, with its four dates apart."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.support.feed_folder import OTHER, FeedFolder, allowance, resident

MON = date(2026, 11, 9)
TUE, WED = MON + timedelta(days=1), MON + timedelta(days=2)


@pytest.fixture
def feeds(tmp_path: Path) -> FeedFolder:
    made = FeedFolder(tmp_path)
    made.write(MON, "residents", [resident()])
    made.write(MON, "child_allowance", [allowance()])
    assert made.derive(MON).counts == {}  # a first load is a baseline
    return made


def changes(feeds: FeedFolder, table: str = "residents") -> list[dict[str, Any]]:
    return feeds.read(f"SELECT * FROM changes.{table} ORDER BY night, subject_id, position")


@pytest.mark.parametrize(
    ("reason", "expected"),
    [
        ("MOVE_WITHIN", "changed"),
        ("DEATH", "changed"),
        ("CANCEL_MINUS", "cancelled"),
        ("CANCEL_PLUS", "cancelled"),
        ("CANCEL_FIX", "cancelled"),
        ("TYPO_FIX", "corrected"),
        ("MINOR_FIX", "corrected"),
        ("JUKI_CODE_CHANGE", "corrected"),
        ("MYNUMBER_CHANGE", "corrected"),
    ],
)
def test_the_sources_reason_classes_a_change(reason: str, expected: str, feeds: FeedFolder) -> None:
    feeds.write(TUE, "residents", [resident(hist_no=2, move_reason=reason)])
    assert feeds.derive(TUE).counts == {expected: 1}


def test_somebody_new_appears_and_holds_nothing_before(feeds: FeedFolder) -> None:
    feeds.write(TUE, "residents", [resident(OTHER, move_reason="BIRTH")])
    feeds.derive(TUE)
    (change,) = changes(feeds)
    assert (change["class"], change["subject_id"], change["before"]) == ("appeared", OTHER, None)
    assert change["after"]["move_reason"] == "BIRTH"
    assert "birth_date" in change["moved"]
    assert "alias" not in change["moved"]


def test_a_change_names_the_columns_that_moved_and_keeps_four_dates_apart(feeds: FeedFolder) -> None:
    moved = resident(
        hist_no=2, move_reason="MOVE_WITHIN", addr_line="9-9",
        effective_date="2026-11-05", notified_date="2026-11-07", processed_date="2026-11-10",
    )  # fmt: skip
    feeds.write(TUE, "residents", [moved])
    feeds.derive(TUE)
    (change,) = changes(feeds)
    assert {"addr_line", "move_reason", "effective_date"} <= set(change["moved"])
    assert not {"birth_date", "status"} & set(change["moved"])
    dates = ("effective_date", "notified_date", "processed_date", "file_date")
    assert [change[name].day for name in dates] == [5, 7, 10, 10]
    assert change["before"]["addr_line"] is None


def test_several_rows_of_one_night_are_paired_in_the_order_of_history(feeds: FeedFolder) -> None:
    feeds.write(
        TUE,
        "residents",
        [resident(hist_no=3, household_id="50000000033"), resident(hist_no=2, household_id="50000000022")],
    )
    feeds.derive(TUE)
    found = [
        (row["before"]["household_id"], row["after"]["household_id"], row["last_of_night"]) for row in changes(feeds)
    ]
    assert found == [("50000000011", "50000000022", False), ("50000000022", "50000000033", True)]


def test_a_late_row_is_paired_where_it_belongs_in_history(feeds: FeedFolder) -> None:
    feeds.write(TUE, "residents", [resident(hist_no=3, household_id="50000000033")])
    feeds.derive(TUE)
    feeds.write(WED, "residents", [resident(hist_no=2, household_id="50000000022")])
    feeds.derive(WED)
    late = changes(feeds)[-1]
    assert (late["before"]["hist_no"], late["after"]["hist_no"], late["position"]) == (1, 2, 2)
    assert late["last_of_night"] is False


def test_a_state_that_vanishes_from_a_full_file_is_gone(feeds: FeedFolder) -> None:
    feeds.write(TUE, "child_allowance", [], kind="full")
    assert feeds.derive(TUE).counts == {"gone": 1}
    feeds.write(WED, "child_allowance", [allowance()], kind="full")
    assert feeds.derive(WED).counts == {"appeared": 1}


def test_deriving_a_night_again_gives_the_same_rows(feeds: FeedFolder) -> None:
    feeds.write(TUE, "residents", [resident(hist_no=2, move_reason="DEATH", status="DEAD")])
    feeds.derive(TUE)
    first = changes(feeds)
    feeds.derive(TUE)
    assert changes(feeds) == first


def test_a_table_that_joins_later_is_a_baseline_too(feeds: FeedFolder) -> None:
    feeds.write(TUE, "support_measures", [])
    feeds.write(TUE, "pension", [])
    assert feeds.derive(TUE).counts == {}


def test_the_summary_is_the_contracts(feeds: FeedFolder) -> None:
    feeds.write(TUE, "residents", [resident(hist_no=2, move_reason="DEATH"), resident(OTHER, move_reason="BIRTH")])
    assert feeds.derive(TUE).summary() == {"changes": {"appeared": 1, "changed": 1}}
