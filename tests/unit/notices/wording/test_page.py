import re
from html.parser import HTMLParser

import pytest

from notices.wording.page import ADDRESS_LIMIT, NOTICE_CSS, clean_name, to_fragment, to_html, to_text
from tests.support.wordings import written

ADDRESS = ("〒630-8580", "奈良市二条大路南一丁目1番1号")


class _Tags(HTMLParser):
    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.names: set[str] = set()
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.names |= {name for name, _ in attrs}


@pytest.mark.parametrize("language", ["ja", "en"])
def test_the_page_is_self_contained_and_in_its_language(language: str) -> None:
    page = to_html(written(language=language).text, name="奈良 花子", address=ADDRESS)
    tags = _Tags(page)
    assert f'<html lang="{language}">' in page
    assert tags.tags.count("h1") == 1
    assert not {"script", "img", "link", "iframe"} & set(tags.tags)
    assert not {"src", "href", "style", "onload"} & tags.names
    assert "url(" not in page


def test_a_hostile_name_is_only_text() -> None:
    page = to_html(written().text, name="<script>alert('x')</script>\u202e花子", address=("<img src=x>", *ADDRESS))
    assert not {"script", "img"} & set(_Tags(page).tags)
    assert "&lt;script&gt;" in page
    assert "\u202e" not in page


@pytest.mark.parametrize(
    ("name", "clean"),
    [
        pytest.param("奈良\u200b 花\u202e子\x07", "奈良 花子", id="control and direction"),
        pytest.param("葛\U000e0100城", "葛\U000e0100城", id="variation selector stays"),
        pytest.param("\ue000田", "\ue000田", id="private character stays"),
        pytest.param("長" * 100, "長" * 60, id="length"),
        pytest.param("\n", "", id="nothing left"),
    ],
)
def test_names_are_cleaned(name: str, clean: str) -> None:
    assert clean_name(name) == clean


def test_the_fragment_has_no_inline_style() -> None:
    fragment = to_fragment(written().text, name="奈良 花子")
    tags = _Tags(fragment)
    assert "style" not in tags.names | set(tags.tags)
    assert "奈良 花子 様" in fragment


def test_nothing_of_the_reason_shows_in_the_window_of_the_envelope() -> None:
    page = to_html(written().text, name="奈良 花子", address=ADDRESS)
    window = re.search(r'<div class="window">(.*?)</div>', page, re.DOTALL)
    assert window
    assert "お子さん" not in window[1]
    assert "児童" not in window[1]


def test_body_text_is_large_enough_for_old_eyes() -> None:
    size = re.search(r"\.notice \{[^}]*font-size: (\d+)px", NOTICE_CSS)
    assert size
    assert int(size[1]) >= 17


def test_every_text_colour_is_dark_enough() -> None:
    """7:1 on white needs a grey of #595959 or darker."""
    colours = re.findall(r"(?<![-\w])color: #([0-9a-f])[0-9a-f]*", NOTICE_CSS)
    assert colours
    assert all(int(colour, 16) <= 5 for colour in colours)


def test_plain_text_holds_the_same() -> None:
    text = to_text(written().text, name="奈良 花子")
    assert "奈良 花子 様" in text
    assert "■ 児童手当" in text
    assert "□ あなた（または配偶者）は公務員ですか。" in text
    assert "12月8日（火）まで" in text


def test_a_text_without_details_and_labels_still_reads() -> None:
    text = {key: value for key, value in written().text.items() if key not in {"labels", "sender", "site", "tone"}}
    text["details"] = []
    assert "児童手当" in to_html(text, name="", address=())
    assert "児童手当" in to_text(text, name="")


@pytest.mark.parametrize(
    ("spelt", "printed"),
    [
        pytest.param("か\u3099", "が", id="composed"),
        pytest.param("神\ufa19", "神\ufa19", id="a compatibility ideograph is another character"),
        pytest.param("\ufa11辻\U000e0101", "\ufa11辻\U000e0101", id="a variant keeps its selector"),
        pytest.param("\ue001", "\ue001", id="a private character stays"),
    ],
)
def test_a_name_is_printed_as_it_is_registered(spelt: str, printed: str) -> None:
    assert clean_name(spelt) == printed


def test_an_address_is_not_cut_like_a_name() -> None:
    assert len(clean_name("大" * 130)) == 60
    assert len(clean_name("大" * 130, limit=ADDRESS_LIMIT)) == ADDRESS_LIMIT == 120
