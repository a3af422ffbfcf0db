"""Whether the feeds that came are the ones that were due."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from engine.records.feeds import data_date, gaps, mandatory_feed_fault, stopped_by_rejection, support_feed_fault
from tests.support.feed_folder import OTHER, FeedFolder, allowance, measure, resident
from tests.support.small_site import CODE
from tests.support.truth import opened

FRI = date(2026, 11, 20)
SAT, MON, TUE = (FRI + timedelta(days=days) for days in (1, 3, 4))  #: Monday the 23rd is a holiday


@pytest.fixture
def feeds(tmp_path: Path) -> FeedFolder:
    made = FeedFolder(tmp_path)
    made.write(FRI, "residents", [resident()])
    made.write(FRI, "support_measures", [measure()])
    made.load(FRI)
    return made


def faults(feeds: FeedFolder, on: date) -> tuple[str | None, str | None]:
    with opened(feeds.settings) as warehouse:
        return support_feed_fault(warehouse, CODE, on), mandatory_feed_fault(warehouse, CODE, on)


def test_feeds_of_the_last_office_day_are_good_until_the_next_one(feeds: FeedFolder) -> None:
    for on in (FRI, SAT, SAT + timedelta(days=1), MON):
        assert faults(feeds, on) == (None, None)
    assert "stale: the newest is of 2026-11-20, but one of 2026-11-24 was due" in str(faults(feeds, TUE)[0])


def test_a_feed_that_never_came_is_missing(tmp_path: Path) -> None:
    feeds = FeedFolder(tmp_path)
    feeds.write(FRI, "residents", [resident()])
    feeds.load(FRI)
    support, first = faults(feeds, FRI)
    assert support == first == "the support_measures feed is missing: none was ever accepted"


def test_support_measures_are_named_before_other_mandatory_feeds(feeds: FeedFolder) -> None:
    feeds.write(TUE, "support_measures", [measure()])
    feeds.load(TUE)
    support, first = faults(feeds, TUE)
    assert support is None
    assert "residents feed is stale" in str(first)


def test_a_refused_register_is_bad_input_and_a_refused_list_of_measures_a_safety_stop(feeds: FeedFolder) -> None:
    def by_input() -> bool:
        with opened(feeds.settings) as warehouse:
            return stopped_by_rejection(warehouse, CODE, TUE)

    feeds.write(TUE, "support_measures", [measure()])
    register = feeds.write(TUE, "residents", [resident()])
    register.write_bytes(b"")
    feeds.load(TUE)
    assert by_input()
    (register.parent / "support_measures.csv").write_bytes(b"")
    feeds.load(TUE)
    assert not by_input()


def test_a_rejected_feed_is_a_fault_until_a_newer_one_is_accepted(feeds: FeedFolder) -> None:
    path = feeds.write(TUE, "support_measures", [measure()])
    path.write_text(path.read_text(encoding="utf-8").replace("case_no", "case"), encoding="utf-8")
    feeds.load(TUE)
    assert "support_measures feed was rejected" in str(faults(feeds, TUE)[0])
    feeds.write(TUE, "support_measures", [measure()])
    feeds.write(TUE, "residents", [])
    feeds.load(TUE)
    assert faults(feeds, TUE) == (None, None)


def test_one_row_in_quarantine_is_a_fault_until_it_is_brought_right(feeds: FeedFolder) -> None:
    feeds.write(TUE, "residents", [])
    feeds.write(TUE, "support_measures", [measure(), measure(OTHER, measure_kind="9")])
    feeds.load(TUE)
    fault = faults(feeds, TUE)[0]
    assert fault is not None
    assert fault.startswith(
        "the support_measures feed has 1 row(s) in quarantine, the first row 3 of the file of 2026-11-24, unknown_code"
    )
    wednesday = TUE + timedelta(days=1)
    feeds.write(wednesday, "residents", [])
    feeds.write(wednesday, "support_measures", [measure(), measure(OTHER)])
    feeds.load(wednesday)
    assert faults(feeds, wednesday) == (None, None)
    assert faults(feeds, TUE)[0] is not None  # as it was known then


def test_the_data_date_is_the_files_not_the_nights(feeds: FeedFolder) -> None:
    with opened(feeds.settings) as warehouse:
        assert data_date(warehouse, CODE, MON) == FRI
        assert data_date(warehouse, CODE, FRI - timedelta(days=1)) is None


def test_only_a_delivery_older_than_its_calendar_allows_is_a_gap(feeds: FeedFolder) -> None:
    feeds.write(FRI, "child_allowance", [allowance()])
    feeds.load(FRI)
    with opened(feeds.settings) as warehouse:
        soon, later = gaps(warehouse, CODE, TUE), gaps(warehouse, CODE, TUE + timedelta(days=9))
    assert "residents: newest of 2026-11-20" in soon
    assert not any(gap.startswith("child_allowance") for gap in soon)
    assert "child_allowance: newest of 2026-11-20" in later
    assert "nhi: never delivered" in soon
