import io
from typing import Any

import pytest
from pypdf import PdfReader

from notices.wording.language import languages, read_language
from notices.wording.letter import LetterPress, fonts_for, letter_data, pages_of, phrases, qr
from tests.support.wordings import written

pytestmark = pytest.mark.browser  # the CJK fonts come with Chromium in .ci/run
ADDRESS = ("〒630-8580", "奈良市二条大路南一丁目1番1号")
A4 = (595, 842)  #: points
MM = 25.4 / 72


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
    assert (data["window"], data["to"]) == ("奈良 花子 様", "")
    assert data["sender"] == "奈良市"


@pytest.mark.parametrize("large", [False, True], ids=["usual", "large"])
@pytest.mark.parametrize("code", languages())
def test_nothing_but_the_address_stands_where_the_window_is(press: LetterPress, code: str, large: bool) -> None:
    """20 to 110 mm from the left, 42 to 90 mm from the top; alike in every language."""
    seen: list[str] = []

    def visit(text: str, outer: list[float], inner: list[float], _: object, __: object) -> None:
        across = inner[4] * outer[0] + inner[5] * outer[2] + outer[4]
        up = inner[4] * outer[1] + inner[5] * outer[3] + outer[5]
        left, top = across * MM, (A4[1] - up) * MM
        if text.strip() and left < 110 and 42 < top < 90:
            seen.append(text.strip())

    pdf = press.pdf(written(language=code).text, name="奈良 花子", address=ADDRESS, large=large)
    PdfReader(io.BytesIO(pdf)).pages[0].extract_text(visitor_text=visit)
    assert "".join(seen).replace("\n", "").replace(" ", "") == "〒630-8580奈良市二条大路南一丁目1番1号奈良花子様"


def test_another_language_greets_inside_and_not_in_the_window() -> None:
    data = letter_data(written(language="vi").text, name="奈良 花子", address=ADDRESS, large=False, families=())
    assert (data["window"], data["to"]) == ("奈良 花子 様", "Kính gửi 奈良 花子")


@pytest.mark.parametrize(
    ("code", "text", "told"),
    [
        ("ja", "制度をお知らせします。これは決定の通知ではありません。", "制度を|お知らせします。|これは|決定の|通知ではありません。"),
        ("ja", "2026年（令和8年）12月8日（火）までに申請してください。", "2026年|（令和8年）|12月|8日|（火）までに|申請してください。"),
        ("ja-easy", "わからない とき： こども給付課", "わからない |とき： |こども給付課"),
        ("ja-easy", "2026年11月27日（金よう日）まで", "2026年|11月|27日|（金よう日）まで"),
        ("en", "This is not a decision.", "This is not a decision."),
        ("ko", "이것은 결정 통지가 아닙니다.", "이것은 |결정 |통지가 |아닙니다."),
    ],
)  # fmt: skip
def test_a_line_breaks_between_phrases(code: str, text: str, told: str) -> None:
    assert phrases(text, read_language(code)) == told.split("|")


def test_a_counter_is_read_by_its_figure_however_the_line_breaks() -> None:
    data = letter_data(written(language="ja-easy").text, name="", address=(), large=False, families=())
    by = data["cards"][0]["by"][0]
    assert [reading for phrase in by for _, reading in phrase if reading] == ["ねん", "がつ", "ようか", "かようび"]


def test_pages_are_counted_without_reading_the_whole(press: LetterPress) -> None:
    for large in (False, True):
        pdf = press.pdf(written().text, name="", address=ADDRESS, large=large)
        assert pages_of(pdf) == len(PdfReader(io.BytesIO(pdf)).pages)


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
