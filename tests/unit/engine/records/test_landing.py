"""Files come to rest by their checksum, whole or not at all, and are never changed."""

import json
from datetime import date
from pathlib import Path

import pytest

from engine.core.errors import FeedError, FeedRejected, InputError
from engine.records.landing import (
    FeedFile,
    Promise,
    Wanted,
    check_promise,
    checksum,
    feed_files,
    land,
    landed_id,
    resting_place,
)

ON = date(2026, 11, 20)


def feeds(root: Path, *days: int, names: tuple[str, ...] = ("residents.csv",)) -> str:
    for day in days:
        folder = root / f"2026-11-{day}"
        folder.mkdir()
        for name in names:
            (folder / name).write_text("x", encoding="utf-8")
    return str(root)


def days_of(files: list[FeedFile]) -> list[int]:
    return [file.business_date.day for file in files]


def test_only_tonights_files_are_read_when_nothing_was_loaded_before(tmp_path: Path) -> None:
    assert days_of(feed_files(feeds(tmp_path, 19, 20, 21), Wanted(on=ON))) == [20]


def test_missed_dates_are_read_oldest_first_and_nothing_of_the_future(tmp_path: Path) -> None:
    root = feeds(tmp_path, 17, 18, 19, 20, 21)
    (tmp_path / "notes").mkdir()
    (tmp_path / "2026-11-16").write_text("a file, no folder", encoding="utf-8")
    assert days_of(feed_files(root, Wanted(on=ON, after=date(2026, 11, 17)))) == [18, 19, 20]


def test_a_file_that_came_late_is_read_once_and_nothing_older_than_the_limit(tmp_path: Path) -> None:
    root = feeds(tmp_path, 16, 17, 18, 19, 20, names=("residents.csv", "nhi.csv"))
    met = {(date(2026, 11, day), name) for day in (17, 18, 19) for name in ("residents.csv", "nhi.csv")}
    wanted = Wanted(
        on=ON,
        after=date(2026, 11, 19),
        late_since=date(2026, 11, 17),
        met=frozenset(met - {(date(2026, 11, 18), "nhi.csv")}),
    )
    found = [(file.business_date.day, file.name) for file in feed_files(root, wanted)]
    assert found == [(18, "nhi.csv"), (20, "nhi.csv"), (20, "residents.csv")]


def test_a_feeds_folder_that_is_not_there_is_said() -> None:
    with pytest.raises(InputError, match="/no/such/folder"):
        feed_files("/no/such/folder", Wanted(on=ON))


def test_files_carry_what_the_manifest_promises(tmp_path: Path) -> None:
    root = feeds(tmp_path, 20, names=("residents.csv", "nhi.csv", ".nhi.csv.part"))
    manifest = {"files": {"residents.csv": {"rows": 4}}}
    (tmp_path / "2026-11-20" / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    found = {file.name: file.promised for file in feed_files(root, Wanted(on=ON))}
    assert found == {"nhi.csv": Promise(), "residents.csv": Promise(rows=4)}


@pytest.mark.parametrize(
    "text",
    ["not JSON", "[]", '{"rows": 1}', '{"files": 3}', '{"files": {"a": [1]}}', '{"files": {"a": {"rows": "x"}}}'],
)
def test_a_manifest_that_is_none_is_said(text: str, tmp_path: Path) -> None:
    root = feeds(tmp_path, 20)
    (tmp_path / "2026-11-20" / "manifest.json").write_text(text, encoding="utf-8")
    with pytest.raises(FeedError, match=r"manifest\.json is not a manifest"):
        feed_files(root, Wanted(on=ON))


def file_with(folder: Path, text: str, **promised: object) -> FeedFile:
    path = folder / "residents.csv"
    path.write_text(text, encoding="utf-8")
    return FeedFile(path=path, name=path.name, business_date=ON, promised=Promise.model_validate(promised))


def test_a_file_lands_at_its_checksum_and_stays_when_the_feed_folder_changes(tmp_path: Path) -> None:
    file = file_with(tmp_path, "first")
    place = land(file, checksum(file.path), tmp_path / "landing")
    assert place == resting_place(checksum(file.path), ".csv", tmp_path / "landing")
    file.path.write_text("second", encoding="utf-8")
    other = land(file, checksum(file.path), tmp_path / "landing")
    assert place.read_text(encoding="utf-8") == "first"
    assert other.read_text(encoding="utf-8") == "second"
    assert not list((tmp_path / "landing").rglob("*.partial"))


def test_content_that_has_landed_is_not_written_again(tmp_path: Path) -> None:
    file = file_with(tmp_path, "first")
    place = land(file, checksum(file.path), tmp_path / "landing")
    written = place.stat().st_mtime_ns
    assert land(file, checksum(file.path), tmp_path / "landing") == place
    assert place.stat().st_mtime_ns == written


def test_a_copy_that_broke_off_is_made_again(tmp_path: Path) -> None:
    file = file_with(tmp_path, "whole")
    place = resting_place(checksum(file.path), ".csv", tmp_path / "landing")
    place.parent.mkdir(parents=True)
    place.with_suffix(".partial").write_text("who", encoding="utf-8")
    assert land(file, checksum(file.path), tmp_path / "landing").read_text(encoding="utf-8") == "whole"


def test_a_file_that_did_not_arrive_whole_is_refused(tmp_path: Path) -> None:
    file = file_with(tmp_path, "text", sha256="0" * 64, rows=3)
    with pytest.raises(FeedRejected, match=r"residents\.csv: its SHA-256"):
        check_promise(file, checksum(file.path))
    whole = file_with(tmp_path, "text", sha256=checksum(file.path), rows=3)
    check_promise(whole, checksum(file.path))
    check_promise(whole, checksum(file.path), rows=3)
    with pytest.raises(FeedRejected, match=r"2 rows, but manifest\.json says 3"):
        check_promise(whole, checksum(file.path), rows=2)


@pytest.mark.parametrize(
    ("beginning", "said"),
    [
        ("0123abcd", ""),
        ("0123abcdef", "no landed file"),
        ("0123", "no landed file"),
        ("../../..", "no landed file"),
        ("4567abcd", "more than one"),
    ],
)
def test_a_landed_file_is_named_by_how_its_checksum_begins(beginning: str, said: str, tmp_path: Path) -> None:
    for file_id in ("0123abcd99", "4567abcd1", "4567abcd2"):
        (tmp_path / file_id[:2]).mkdir(exist_ok=True)
        (tmp_path / file_id[:2] / f"{file_id}.csv").write_bytes(b"")
    if said:
        with pytest.raises(InputError, match=said):
            landed_id(beginning, tmp_path)
    else:
        assert landed_id(beginning, tmp_path) == "0123abcd99"
