"""A row that was set aside stays so until a file, or better rules, bring it right."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from engine.core.settings import Settings
from engine.records.load import STAGE, Loaded, load_records
from engine.records.profiles import FOLDER
from tests.support.feed_folder import OTHER, PERSON, FeedFolder, allowance, measure, resident
from tests.support.small_site import CODE
from tests.support.truth import night_of, opened

MON = date(2026, 11, 9)
TUE, WED = MON + timedelta(days=1), MON + timedelta(days=2)
OPEN = """SELECT q.table_name, q.row_number FROM history.quarantine AS q
WHERE q.quarantine_id NOT IN (SELECT quarantine_id FROM history.resolutions) ORDER BY ALL"""


@pytest.fixture
def feeds(tmp_path: Path) -> FeedFolder:
    return FeedFolder(tmp_path)


def still_open(feeds: FeedFolder) -> list[tuple[str, int]]:
    return [(row["table_name"], row["row_number"]) for row in feeds.read(OPEN)]


def test_the_same_key_again_brings_a_row_right(feeds: FeedFolder) -> None:
    feeds.write(MON, "child_allowance", [allowance(benefit_status="?"), allowance(OTHER, PERSON)])
    feeds.load(MON)
    assert still_open(feeds) == [("child_allowance", 2)]
    feeds.write(TUE, "child_allowance", [allowance()], kind="delta")
    feeds.load(TUE)
    assert still_open(feeds) == []


def test_a_whole_file_without_faults_brings_all_right_and_one_with_faults_does_not(feeds: FeedFolder) -> None:
    feeds.write(MON, "child_allowance", [allowance(benefit_status="?")])
    feeds.load(MON)
    feeds.write(TUE, "child_allowance", [allowance(OTHER, PERSON, benefit_status="?")], kind="full")
    feeds.load(TUE)
    assert len(still_open(feeds)) == 2
    feeds.write(WED, "child_allowance", [allowance(OTHER, PERSON)], kind="full")
    feeds.load(WED)
    assert still_open(feeds) == []


def load(settings: Settings, on: date) -> Loaded:
    with opened(settings) as warehouse:
        loaded = load_records(night_of(settings, warehouse, on))
        warehouse.mark(STAGE, CODE, on, {})
    return loaded


def with_code(settings: Settings, place: Path) -> Settings:
    """The settings with a profile that knows one code more."""
    text = (FOLDER / "canonical.yaml").read_text(encoding="utf-8")
    more = text.replace("codes: {}", 'codes: {support_measures.measure_kind: {"1": "1", "2": "2", "3": "3", "9": "2"}}')
    place.write_text(more, encoding="utf-8")
    return settings.model_copy(update={"profile": str(place)})


def test_rows_are_tried_again_when_the_code_list_is_mended(feeds: FeedFolder, tmp_path: Path) -> None:
    feeds.write(MON, "residents", [resident()])
    feeds.write(MON, "support_measures", [measure(), measure(OTHER, measure_kind="9")])
    feeds.load(MON)
    assert still_open(feeds) == [("support_measures", 3)]
    assert load(feeds.settings, TUE).rows == 0
    mended = with_code(feeds.settings, tmp_path / "ours.yaml")
    tried = load(mended, WED)
    assert (tried.accepted, tried.rows) == (("2026-11-09/support_measures.csv",), 1)
    assert still_open(feeds) == []
    kept = feeds.read("SELECT person_id, measure_kind, night FROM history.support_measures ORDER BY person_id")
    assert kept == [
        {"person_id": PERSON, "measure_kind": "1", "night": MON},
        {"person_id": OTHER, "measure_kind": "2", "night": WED},
    ]
    assert load(mended, WED).fresh is False
    assert load(mended, WED + timedelta(days=1)).accepted == ()


def test_the_same_night_is_read_again_when_the_rules_are_mended(feeds: FeedFolder, tmp_path: Path) -> None:
    feeds.write(MON, "support_measures", [measure(), measure(OTHER, measure_kind="9")])
    feeds.load(MON)
    again = load(with_code(feeds.settings, tmp_path / "ours.yaml"), MON)
    assert (again.fresh, again.rows, again.quarantined) == (True, 2, 0)
    assert still_open(feeds) == []


def test_a_row_that_stays_bad_stays_set_aside_and_its_file_is_not_read_every_night(
    feeds: FeedFolder, tmp_path: Path
) -> None:
    feeds.write(MON, "support_measures", [measure(), measure(OTHER, measure_kind="8")])
    feeds.load(MON)
    mended = with_code(feeds.settings, tmp_path / "ours.yaml")
    assert load(mended, TUE).accepted == ("2026-11-09/support_measures.csv",)
    assert load(mended, WED).accepted == ()
    assert still_open(feeds) == [("support_measures", 3)]
