from pathlib import Path

import pytest
import typst

from notices.wording.glyphs import characters_of, missing_glyphs, unprintable
from tests.support.wordings import written

pytestmark = pytest.mark.browser  # the CJK fonts come with Chromium in .ci/run


@pytest.fixture(scope="module")
def japanese() -> list[tuple[Path, int]]:
    return [
        (Path(font.path), font.index)
        for font in typst.Fonts().fonts()
        if font.family == "Noto Sans CJK JP" and font.path
    ]


def test_a_font_says_what_it_can_print(japanese: list[tuple[Path, int]]) -> None:
    covered = characters_of(*japanese[0])
    assert {ord("市"), ord("A"), ord("𠮷")} <= covered
    assert ord("ก") not in covered


def test_what_no_font_has_is_named_once(japanese: list[tuple[Path, int]]) -> None:
    assert unprintable("市ก 市ก\nA", japanese) == "ก"
    assert unprintable("A", []) == "A"


def test_a_text_is_looked_at_whole(japanese: list[tuple[Path, int]]) -> None:
    text = written().text
    assert missing_glyphs(text, japanese) == ""
    text["cards"][0]["do"] = "ก"
    assert missing_glyphs(text, japanese) == "ก"
