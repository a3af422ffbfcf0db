import io
from typing import Any

import pytest
from pypdf import PdfReader

from notices.wording.language import languages, read_language
from notices.wording.letter import LetterPress, fonts_for, letter_data, qr
from tests.support.wordings import written

pytestmark = pytest.mark.browser  # the CJK fonts come with Chromium in .ci/run
ADDRESS = ("〒630-8580", "奈良市二条大路南一丁目1番1号")
A4 = (595, 842)  #: points


@pytest.fixture(scope="module")
def press() -> LetterPress:
    return LetterPress()


@pytest.mark.parametrize("large", [False, True], ids=["usual", "large"])
@pytest.mark.parametrize("code", languages())
def test_a_letter_is_tagged_a4_in_its_language_with_every_word(press: LetterPress, code: str, large: bool) -> None:
    text = written(language=code).text
    read = PdfReader(io.BytesIO(press.pdf(text, name="奈良 花子", address=ADDRESS, large=large)))
    root: Any = read.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == read_language(code).tag.partition("-")[0]
    assert {(round(page.mediabox.width), round(page.mediabox.height)) for page in read.pages} == {A4}
    assert b"pdfuaid" in root["/Metadata"].get_data()
    said = "".join(page.extract_text() for page in read.pages)
    assert text["number"] in said
    assert "0742-00-0001" in said.replace("\n", "")


def test_large_print_is_larger(press: LetterPress) -> None:
    text = written().text
    pages = [len(press.pictures(text, name="", address=(), large=large)) for large in (False, True)]
    assert pages[1] > pages[0]


def test_the_same_letter_is_the_same_bytes(press: LetterPress) -> None:
    first, second = (press.pdf(written().text, name="奈良 花子", address=ADDRESS) for _ in range(2))
    assert first == second


@pytest.mark.parametrize("event", ["E01", "E10", "E28"])
def test_the_window_shows_where_and_to_whom_and_nothing_of_what(event: str) -> None:
    data = letter_data(written(event=event).text, name="奈良 花子", address=ADDRESS, large=False, families=())
    assert data["address"] == list(ADDRESS)
    assert data["to"] == "奈良 花子 様"
    assert data["sender"] == "奈良市"


def test_a_name_cannot_bring_markup_into_the_letter(press: LetterPress) -> None:
    pdf = press.pdf(written().text, name="#panic() $x$ *花子*", address=ADDRESS)
    assert "#panic()" in PdfReader(io.BytesIO(pdf)).pages[0].extract_text().replace("\n", "")


@pytest.mark.parametrize("code", languages())
def test_every_character_of_a_letter_can_be_printed(press: LetterPress, code: str) -> None:
    assert press.missing(written(language=code).text) == ()


def test_the_language_comes_first_among_the_fonts() -> None:
    families = ("Noto Sans CJK JP", "Noto Sans CJK SC")
    assert fonts_for(read_language("zh"), families) == ["Noto Sans CJK SC", "Noto Sans CJK JP"]
    assert fonts_for(read_language("ja"), families) == ["Noto Sans CJK JP"]


def test_the_code_is_the_citys_page_and_nothing_where_there_is_none() -> None:
    assert qr("https://www.city.example").startswith("<svg")
    assert qr("") == ""
