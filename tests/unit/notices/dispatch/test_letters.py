"""The print spool: one tagged PDF a notice, once, and every letter in one delivery list."""

import csv
import hashlib
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

from engine.core.settings import Dispatch, Letters, Settings
from notices.dispatch.channel import Refused
from notices.dispatch.letters import LetterChannel
from tests.django_settings import settings_in
from tests.support.parcels import PARCEL, parcel

pytestmark = pytest.mark.browser  # the CJK fonts come with Chromium in .ci/run


@pytest.fixture
def site(tmp_path: Path) -> Settings:
    dispatch = Dispatch(letters=Letters(to=str(tmp_path / "spool")))
    return settings_in(tmp_path).model_copy(update={"dispatch": dispatch})


@pytest.fixture
def letters(site: Settings) -> Iterator[LetterChannel]:
    channel = LetterChannel(site)
    channel.open()
    yield channel
    channel.close()


def rows(tmp_path: Path, number: int) -> list[dict[str, str]]:
    data = (tmp_path / "spool" / f"list-{number:06d}.csv").read_text(encoding="utf-8")
    return list(csv.DictReader(io.StringIO(data)))


def told(tmp_path: Path) -> Any:
    return json.loads((tmp_path / "spool" / f"{PARCEL.number}.json").read_text(encoding="utf-8"))


def test_a_letter_is_a_tagged_pdf_with_the_approved_words_name_and_address(
    letters: LetterChannel, tmp_path: Path
) -> None:
    letters.send(PARCEL)
    pdf = (tmp_path / "spool" / f"{PARCEL.number}.pdf").read_bytes()
    read = PdfReader(io.BytesIO(pdf))
    said = "".join(page.extract_text() for page in read.pages).replace("\n", "").replace(" ", "")
    assert b"pdfuaid" in read.trailer["/Root"]["/Metadata"].get_data()  # type: ignore[index]
    for words in ("試験花子様", "〒630-8580", "奈良市二条大路南一丁目1番1号", PARCEL.number, "15,000円"):
        assert words in said


def test_what_lies_beside_the_letter_names_nobody(letters: LetterChannel, tmp_path: Path) -> None:
    letters.send(PARCEL)
    pdf = (tmp_path / "spool" / f"{PARCEL.number}.pdf").read_bytes()
    found = told(tmp_path)
    assert (found["sha256"], found["content_hash"]) == (hashlib.sha256(pdf).hexdigest(), PARCEL.content_hash)
    assert (found["pages"], found["envelope"]) == (len(PdfReader(io.BytesIO(pdf)).pages), "neutral")
    assert "花子" not in json.dumps(found, ensure_ascii=False)


def test_a_second_hand_over_prints_nothing(letters: LetterChannel, tmp_path: Path) -> None:
    first = letters.send(PARCEL)
    before = (tmp_path / "spool" / f"{PARCEL.number}.pdf").stat().st_mtime_ns
    assert letters.send(parcel(name="別の 名")) == first == letters.taken(number=PARCEL.number, key=PARCEL.key)
    assert (tmp_path / "spool" / f"{PARCEL.number}.pdf").stat().st_mtime_ns == before


def test_large_print_is_told_and_takes_more_pages(letters: LetterChannel, tmp_path: Path) -> None:
    letters.send(parcel(large_print=True))
    large = told(tmp_path)
    letters.clear("nothing-there")
    (tmp_path / "spool" / f"{PARCEL.number}.json").unlink()
    letters.send(PARCEL)
    assert large["large_print"]
    assert large["pages"] > told(tmp_path)["pages"]


def test_every_letter_stands_in_one_delivery_list(site: Settings, tmp_path: Path) -> None:
    for run, numbers in enumerate((["N-1", "N-2"], [], ["N-3"])):
        channel = LetterChannel(site)
        channel.open()
        for number in numbers:
            channel.send(parcel(number=number, key=number))
        if run == 1:
            channel.send(parcel(number="N-1", key="N-1"))
        channel.close()
    assert [row["number"] for row in rows(tmp_path, 1)] == ["N-1", "N-2"]
    assert [row["number"] for row in rows(tmp_path, 2)] == ["N-3"]
    assert not (tmp_path / "spool" / "list-000003.csv").exists()
    pdf = (tmp_path / "spool" / rows(tmp_path, 2)[0]["file"]).read_bytes()
    assert rows(tmp_path, 2)[0]["sha256"] == hashlib.sha256(pdf).hexdigest()


def test_a_letter_of_a_run_that_died_is_listed_by_the_next(site: Settings, tmp_path: Path) -> None:
    dead, next_one = LetterChannel(site), LetterChannel(site)
    dead.open()
    dead.send(PARCEL)
    next_one.close()
    assert [row["number"] for row in rows(tmp_path, 1)] == [PARCEL.number]


def test_a_letter_half_laid_is_removed_and_not_listed(letters: LetterChannel, tmp_path: Path) -> None:
    letters.send(PARCEL)
    (tmp_path / "spool" / f"{PARCEL.number}.json").unlink()
    assert letters.taken(number=PARCEL.number, key=PARCEL.key) is None
    letters.clear(PARCEL.number)
    letters.close()
    assert list((tmp_path / "spool").iterdir()) == []


@pytest.mark.parametrize(
    ("data", "said"),
    [(b'{"key": "other"}', "belongs to another notice"), (b"{", "cannot be read"), (b"[]", "belongs to another")],
)
def test_a_number_that_is_taken_is_refused_for_good(
    data: bytes, said: str, letters: LetterChannel, tmp_path: Path
) -> None:
    path = tmp_path / "spool" / f"{PARCEL.number}.json"
    path.write_bytes(data)
    with pytest.raises(Refused, match=said) as found:
        letters.send(PARCEL)
    assert found.value.final
    path.unlink()


@pytest.mark.parametrize("number", ["../N-1", "", "N/1"])
def test_a_number_that_is_no_file_name_is_refused(number: str, letters: LetterChannel) -> None:
    with pytest.raises(Refused, match="file name"):
        letters.send(parcel(number=number))
