import shutil
from datetime import date, timedelta
from pathlib import Path

import pytest

from engine.core.errors import InputError
from engine.core.settings import Settings
from engine.records.feeds import mandatory_feed_fault, support_feed_fault
from engine.records.load import Loaded, load_records
from fixtures.town import build_town
from tests.django_settings import settings_in
from tests.support.feed_folder import FeedFolder, resident
from tests.support.truth import night_of, opened

BASELINE = date(2026, 11, 9)
CITY = "292010"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("town")
    build_town(residents=1_000, seed=1, baseline=BASELINE, nights=3, folder=folder, profile="both")
    return folder


@pytest.fixture
def site(built: Path, tmp_path: Path) -> Settings:
    shutil.copytree(built / "feeds", tmp_path / "feeds")
    shutil.copytree(built / "feeds-standard", tmp_path / "feeds-standard")
    return settings_in(tmp_path)


def load(settings: Settings, on: date) -> Loaded:
    with opened(settings) as warehouse:
        report = load_records(night_of(settings, warehouse, on))
        warehouse.mark("load_records", CITY, on, {})
    return report


def rows(settings: Settings, table: str) -> list[tuple[object, ...]]:
    with opened(settings) as warehouse:
        found = warehouse.read(f"SELECT * EXCLUDE (file_id) FROM history.{table}", {})
    return sorted(found.rows(), key=repr)


def test_the_first_load_is_a_baseline_and_a_second_one_brings_nothing(site: Settings) -> None:
    first = load(site, BASELINE)
    assert first.rows > 1_000
    assert "residents" in first.baseline
    before = rows(site, "residents")
    again = load(site, BASELINE)
    assert (first.fresh, again.fresh) == (True, False)
    assert again.rows == first.rows
    assert rows(site, "residents") == before


def test_both_profiles_bring_the_same_history(site: Settings, tmp_path: Path) -> None:
    standard = settings_in(tmp_path / "standard")
    standard = standard.model_copy(
        update={
            "profile": "standard",
            "paths": standard.paths.model_copy(update={"feeds": str(tmp_path / "feeds-standard")}),
        }
    )
    for offset in range(3):
        canonical_report = load(site, BASELINE + timedelta(days=offset))
        standard_report = load(standard, BASELINE + timedelta(days=offset))
        assert standard_report.rejected == canonical_report.rejected == ()
        assert standard_report.rows == canonical_report.rows
    for table in ("residents", "nhi", "disability", "child_allowance"):
        kept = [tuple(row[:4] + row[5:]) for row in rows(site, table)]
        assert len(kept) == len(rows(standard, table))


def test_a_missed_night_loads_what_the_earlier_dates_brought(site: Settings) -> None:
    load(site, BASELINE)
    report = load(site, BASELINE + timedelta(days=2))
    assert {name.split("/")[0] for name in report.accepted} == {"2026-11-10", "2026-11-11"}


def test_a_late_file_makes_the_night_fresh_again(site: Settings) -> None:
    on = BASELINE + timedelta(days=1)
    late = Path(site.paths.feeds) / on.isoformat() / "nhi.csv"
    aside = late.rename(late.parents[2] / "nhi.csv")
    load(site, BASELINE)
    load(site, on)
    aside.rename(late)
    report = load(site, on)
    assert report.fresh
    assert f"{on}/nhi.csv" in report.accepted


def test_a_feeds_folder_that_is_not_there_is_named(site: Settings) -> None:
    lost = site.model_copy(update={"paths": site.paths.model_copy(update={"feeds": "/no/such/folder"})})
    with pytest.raises(InputError, match="/no/such/folder"):
        load(lost, BASELINE)


def test_the_support_feed_must_be_of_the_last_office_day(site: Settings) -> None:
    load(site, BASELINE)
    with opened(site) as warehouse:
        assert support_feed_fault(warehouse, CITY, BASELINE) is None
        assert mandatory_feed_fault(warehouse, CITY, BASELINE) is None
        fault = support_feed_fault(warehouse, CITY, BASELINE + timedelta(days=1))
        assert fault is not None
        assert "stale" in fault


def test_a_checksum_that_differs_rejects_the_file(site: Settings) -> None:
    path = Path(site.paths.feeds) / BASELINE.isoformat() / "voters.csv"
    path.write_text(path.read_text(encoding="utf-8") + "x\n", encoding="utf-8")
    report = load(site, BASELINE)
    assert len(report.rejected) == 1
    assert "voters.csv" in report.rejected[0]


def test_a_column_the_law_forbids_us_is_left_at_the_door_and_said(tmp_path: Path) -> None:
    feeds = FeedFolder(tmp_path)
    path = feeds.write(BASELINE, "pension", [{"resident_id": "10000000017", "acquired_on": "2020-04-01"}])
    header, row = path.read_text(encoding="utf-8").splitlines()
    path.write_text(f"{header},基礎年金番号\n{row},1234567890\n", encoding="utf-8")
    (path.parent / "manifest.json").unlink()
    loaded = feeds.load(BASELINE)
    assert loaded.summary()["feeds"]["dropped"] == ["2026-11-09/pension.csv: 基礎年金番号"]
    assert loaded.rows == 1
    assert "1234567890" not in str(feeds.read("SELECT * FROM history.pension"))


def test_a_file_that_came_late_is_read_by_the_next_night_in_the_order_of_history(tmp_path: Path) -> None:
    feeds = FeedFolder(tmp_path)
    tuesday, wednesday = BASELINE + timedelta(days=1), BASELINE + timedelta(days=2)
    feeds.write(BASELINE, "residents", [resident()])
    feeds.load(BASELINE)
    feeds.write(tuesday, "residents", [resident(hist_no=3, status="MOVED_OUT", move_reason="DOMESTIC_OUT")])
    feeds.load(tuesday)
    feeds.write(BASELINE, "nhi", [])
    (tmp_path / "feeds" / str(BASELINE) / "manifest.json").unlink()
    feeds.write(wednesday, "residents", [resident(hist_no=2, move_reason="MOVE_WITHIN")])
    loaded = feeds.load(wednesday)
    assert loaded.accepted == ("2026-11-09/nhi.csv", "2026-11-11/residents.csv")
    now = feeds.read("SELECT hist_no FROM now.residents")
    assert now == [{"hist_no": 3}]  # what came last is not what is newest
    assert feeds.load(wednesday).fresh is False
    assert feeds.load(wednesday + timedelta(days=1)).accepted == ()
