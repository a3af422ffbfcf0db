"""The outbox folder: whole files, once, of one notice each."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from engine.core.errors import InputError
from notices.dispatch.channel import Parcel, Refused
from notices.dispatch.folder import FolderChannel

TEXT = {
    "language": "ja",
    "title": "手続きのご案内",
    "number": "N-2026-004201",
    "opening": "届出がありました。",
    "cards": [],
    "details": [],
    "clauses": [],
    "push": "お知らせがあります。",
}
PARCEL = Parcel(
    key="k1", number="N-2026-004201", municipality="292010", language="ja", content_hash="c" * 64, text=TEXT,
    name="試験 <b>子</b>", postal="630-8580", address="奈良市二条大路南一丁目1番1号",
)  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> FolderChannel:
    channel = FolderChannel(tmp_path / "outbox")
    channel.open()
    return channel


def test_it_writes_a_page_and_a_json_that_only_the_owner_reads(folder: FolderChannel, tmp_path: Path) -> None:
    assert folder.send(PARCEL) == "N-2026-004201.json"
    written = sorted((tmp_path / "outbox").iterdir())
    assert [path.name for path in written] == ["N-2026-004201.html", "N-2026-004201.json"]
    assert {path.stat().st_mode & 0o777 for path in written} == {0o600}
    assert "<b>" not in written[0].read_text(encoding="utf-8")
    content = json.loads(written[1].read_text(encoding="utf-8"))
    assert content["to"] == {"name": "試験 <b>子</b>", "postal": "630-8580", "address": "奈良市二条大路南一丁目1番1号"}


def test_a_second_hand_over_changes_nothing(folder: FolderChannel, tmp_path: Path) -> None:
    folder.send(PARCEL)
    before = (tmp_path / "outbox" / "N-2026-004201.json").stat().st_mtime_ns
    assert folder.send(replace(PARCEL, name="another name")) == "N-2026-004201.json"
    assert (tmp_path / "outbox" / "N-2026-004201.json").stat().st_mtime_ns == before


def test_two_notices_with_one_number_are_refused_for_good(folder: FolderChannel) -> None:
    folder.send(PARCEL)
    with pytest.raises(Refused, match="another notice") as refused:
        folder.send(replace(PARCEL, key="k2"))
    assert refused.value.final


@pytest.mark.parametrize("number", ["../N-1", "", "N 1", ".N", "N/1", "N" * 21])
def test_a_number_that_is_no_file_name_is_refused(number: str, folder: FolderChannel) -> None:
    with pytest.raises(Refused, match="file name"):
        folder.send(replace(PARCEL, number=number))


def test_a_file_that_cannot_be_read_is_never_written_over(folder: FolderChannel, tmp_path: Path) -> None:
    (tmp_path / "outbox" / "N-2026-004201.json").write_text("half a fi")
    with pytest.raises(Refused, match="cannot be read"):
        folder.send(PARCEL)


def test_a_folder_that_went_away_is_a_refusal_to_be_tried_again(folder: FolderChannel, tmp_path: Path) -> None:
    (tmp_path / "outbox").rmdir()
    with pytest.raises(Refused) as refused:
        folder.send(PARCEL)
    assert not refused.value.final


def test_what_was_left_half_done_is_removed_and_what_is_whole_stays(folder: FolderChannel, tmp_path: Path) -> None:
    outbox = tmp_path / "outbox"
    for name in ("N-2026-004201.html", ".N-2026-004201.json.77.part", "N-2026-004202.html", "N-2026-004202.json"):
        (outbox / name).write_text("x")
    folder.clear("N-2026-004201")
    folder.clear("N-2026-004202")
    assert sorted(path.name for path in outbox.iterdir()) == ["N-2026-004202.html", "N-2026-004202.json"]


def test_opening_a_folder_that_is_a_file_names_the_setting(tmp_path: Path) -> None:
    (tmp_path / "outbox").write_text("")
    with pytest.raises(InputError, match=r"paths\.outbox"):
        FolderChannel(tmp_path / "outbox").open()
