from pathlib import Path

import pytest
import typst

from notices.wording.glyphs import characters_of, missing_glyphs, named, unprintable
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
    assert unprintable("市ก 市ก\nA", japanese) == ("ก",)
    assert unprintable("A", []) == ("A",)


@pytest.mark.parametrize(
    ("sign", "printable"),
    [
        pytest.param("辻", True, id="as it is usually written"),
        pytest.param("辻\U000e0100", True, id="a variant that is the usual form"),
        pytest.param("辻\U000e0101", True, id="a variant with a form of its own"),
        pytest.param("辻\U000e01ef", False, id="a variant the font lacks"),
        pytest.param("\ue001", False, id="a private character"),
    ],
)
def test_a_variant_is_looked_up_with_its_base(sign: str, printable: bool, japanese: list[tuple[Path, int]]) -> None:
    assert unprintable(f"奈良 {sign}子", japanese) == (() if printable else (sign,))


def test_signs_are_named_by_their_code_points() -> None:
    assert named(["辻\U000e01ef", "\ue001"]) == "U+8FBB U+E01EF, U+E001"


def test_a_text_is_looked_at_whole(japanese: list[tuple[Path, int]]) -> None:
    text = written().text
    assert missing_glyphs(text, japanese) == ()
    text["cards"][0]["do"] = "ก"
    assert missing_glyphs(text, japanese) == ("ก",)
