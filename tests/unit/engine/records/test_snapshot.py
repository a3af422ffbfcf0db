"""The snapshot is whole or not there, is swapped by rename, and keeps the last three."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from engine.core.errors import InputError
from engine.records.snapshot import publish_snapshot, read_snapshot
from tests.support.feed_folder import PERSON, FeedFolder, resident
from tests.support.truth import opened

MON = date(2026, 11, 9)


def publish(feeds: FeedFolder, on: date) -> int:
    feeds.load(on)
    with opened(feeds.settings) as warehouse:
        return publish_snapshot(feeds.night(warehouse, on)).tables


def test_what_reads_outside_the_night_finds_history_and_now(tmp_path: Path) -> None:
    feeds = FeedFolder(tmp_path)
    feeds.write(MON, "residents", [resident(), resident(hist_no=2, status="DEAD", move_reason="DEATH")])
    assert publish(feeds, MON) > 20
    snapshot = read_snapshot(feeds.settings)
    assert snapshot.table("history.residents").height == 2
    assert snapshot.table("now.residents")["status"].to_list() == ["DEAD"]
    assert snapshot.has("now.nhi")
    assert not snapshot.has("warehouse.marks")
    with pytest.raises(InputError, match=r"has no table now\.nothing"):
        snapshot.table("now.nothing")


def test_before_the_first_night_there_is_none(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="todoke night"):
        read_snapshot(FeedFolder(tmp_path).settings)


def test_the_newest_is_current_and_the_last_three_are_kept(tmp_path: Path) -> None:
    feeds = FeedFolder(tmp_path)
    for number in range(5):
        on = MON + timedelta(days=number)
        feeds.write(on, "residents", [resident(hist_no=number + 1)])
        publish(feeds, on)
    kept = sorted(path.name for path in (tmp_path / "snapshot").iterdir() if path.is_dir())
    assert kept == ["2026-11-11", "2026-11-12", "2026-11-13"]
    assert read_snapshot(feeds.settings).table("now.residents")["hist_no"].to_list() == [5]


def test_publishing_a_night_again_replaces_it_and_leaves_no_rest(tmp_path: Path) -> None:
    feeds = FeedFolder(tmp_path)
    feeds.write(MON, "residents", [resident()])
    publish(feeds, MON)
    (tmp_path / "snapshot" / f".{MON}.partial").mkdir()  # a run that was killed
    (tmp_path / "snapshot" / f".{MON}.partial" / "half.parquet").touch()
    feeds.write(MON, "residents", [resident(), resident(PERSON, hist_no=2)])
    publish(feeds, MON)
    assert read_snapshot(feeds.settings).table("history.residents").height == 2
    assert sorted(path.name for path in (tmp_path / "snapshot").iterdir()) == [str(MON), "current"]
