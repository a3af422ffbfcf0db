"""The letter: the same blocks as the page, set on A4 for a window envelope, as tagged PDF (PDF/UA-1). Needs the part letters."""

import io
import json
import re
from collections.abc import Mapping, Sequence
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import segno
import typst

from notices.wording.glyphs import missing_glyphs, unprintable
from notices.wording.language import Language, read_language
from notices.wording.page import ADDRESS_LIMIT, clean_name
from notices.wording.ruby import runs

_TEMPLATE = Path(__file__).parent / "layout" / "letter.typ"
#: after the language's own family; the first that is installed is taken
FAMILIES = ("Noto Sans CJK JP", "Noto Sans", "Liberation Sans", "DejaVu Sans")
_REGULAR = 400
_PAGE = re.compile(rb"/Type\s*/Page\b")
_PROSE = ("item", "possible", "when")
_PARTS = ("how", "bring", "whom")

_HONORIFIC = "様"
_SPACED = re.compile(r"[ 　]*[^ 　]+[ 　]*|[ 　]+")
_LONGEST_PHRASE = 14  #: longer ones break anywhere
_KANA = r"(?:(?![おご][\u3400-\u9fff])[ぁ-ん])"  # an お before kanji begins the next phrase
_CLOSING = r"[」』）)、。！？・：]*"
#: what stands in brackets and the kana behind it; an opening bracket, kanji, katakana, Latin or figures, the kana behind them; any sign
_PHRASE = re.compile(
    rf"[（(][^（）()]{{1,10}}[）)]{_KANA}*{_CLOSING}|[「『（(]*(?:[おご]?(?:第?[0-9０-９][0-9０-９,.:〜~-]*)?"
    rf"(?:[々〆\u3400-\u9fff\uf900-\ufaff]+|[ァ-ヶー]+|[A-Za-z0-9./:-]+|[0-9０-９,.:〜~-]+){_KANA}*|{_KANA}+){_CLOSING}|[\s\S]"
)

Phrases = list[list[list[str]]]


class LetterPress:
    """Sets letters, one after another: the compiler and the fonts are kept."""

    def __init__(self, fonts: Path | None = None) -> None:
        """Reads the fonts of the machine once, and those of a folder (外字), which come last."""
        self._own = _families(fonts) if fonts else ()
        self.fonts = typst.Fonts(font_paths=[fonts] if fonts else [])
        self._compiler = typst.Compiler(_TEMPLATE, font_paths=self.fonts)

    def pdf(self, text: Mapping[str, Any], *, name: str, address: Sequence[str], large: bool = False) -> bytes:
        """One letter as tagged PDF. The same letter is the same bytes."""
        return self._set(text, name, address, large, "pdf")[0]

    def pictures(
        self, text: Mapping[str, Any], *, name: str, address: Sequence[str], large: bool = False, ppi: int = 100
    ) -> list[bytes]:
        """The pages as PNG, for looking at."""
        return self._set(text, name, address, large, "png", ppi)

    def missing(self, text: Mapping[str, Any]) -> tuple[str, ...]:
        """What of a text no font of its language can print here: to be empty before the text is approved."""
        return missing_glyphs(text, self._faces(read_language(str(text["language"]))))

    def unprintable(self, said: str, code: str) -> tuple[str, ...]:
        """What of a name or an address no font of a letter in this language can print here, variants (IVS) included."""
        return unprintable(said, self._faces(read_language(code)))

    def families(self, language: Language) -> list[str]:
        """The families a letter is set in, the language's own first."""
        found = fonts_for(language, self.fonts.families())
        return found + [family for family in self._own if family not in found]

    def _faces(self, language: Language) -> list[tuple[Path, int]]:
        """Font files in the order of the families, the regular weight of each first."""
        families = self.families(language)
        faces = [font for font in self.fonts.fonts() if font.family in families and font.path]
        faces.sort(key=lambda font: (families.index(font.family), abs(font.weight - _REGULAR), str(font.path)))
        return [(Path(str(font.path)), font.index) for font in faces]

    def _set(
        self, text: Mapping[str, Any], name: str, address: Sequence[str], large: bool, form: Any, ppi: int | None = None
    ) -> list[bytes]:
        data = letter_data(
            text, name=name, address=address, large=large, families=self.families(read_language(str(text["language"])))
        )
        made = self._compiler.compile(
            sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
            format=form,
            ppi=ppi,
            pdf_standards="ua-1" if form == "pdf" else [],
            timestamp=0,
        )
        return made if isinstance(made, list) else [made] if made else []


def letter_data(
    text: Mapping[str, Any], *, name: str, address: Sequence[str], large: bool, families: Sequence[str]
) -> dict[str, Any]:
    """What the template reads. The window shows postal code, address and name, alike in every language, and nothing of what it is
    about: not even the language the letter is in. The greeting in another language stands inside.
    """
    language = read_language(str(text["language"]))
    labels = {key: _runs(str(said), language) for key, said in text["labels"].items()}
    called = clean_name(name)
    to = str(text["labels"]["to"]).replace("{name}", called) if called else ""
    window = f"{called} {_HONORIFIC}" if called else ""
    site = str(text.get("site", ""))
    return {
        "lang": language.tag.partition("-")[0],
        "fonts": list(families),
        "ruby": bool(language.readings),
        "large": large,
        "title": text["title"],
        "title_lines": _lines(text["title"], language),
        "number": text["number"],
        "sender": text["sender"],
        "sender_runs": _runs(str(text["sender"]), language),
        "address": [clean_name(line, limit=ADDRESS_LIMIT) for line in address if line.strip()],
        "window": window,
        "to": "" if to == window and address else to,
        "labels": labels,
        "opening": _lines(text["opening"], language),
        "cards": [
            {key: _lines(card[key], language) for key in ("name", "gives", "by", "do")} for card in text["cards"]
        ],
        "details": [_detail(detail, language, labels) for detail in text["details"]],
        "clauses": [_lines(clause, language) for clause in text["clauses"]],
        "qr": qr(site),
        "qr_alt": f"{text['sender']} {site}",
    }


def fonts_for(language: Language, families: Sequence[str]) -> list[str]:
    """The installed families for a language, its own first."""
    wanted = dict.fromkeys(family for family in (language.font, *FAMILIES) if family)
    return [family for family in wanted if family in families]


def pages_of(pdf: bytes) -> int:
    """How many pages a letter has: the compiler leaves page objects uncompressed."""
    return len(_PAGE.findall(pdf))


def _families(folder: Path) -> tuple[str, ...]:
    found = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[folder])
    return tuple(found.families())


@cache
def qr(site: str) -> str:
    """The city's page as a QR code in SVG; empty when there is none. Never an address that knows the reader."""
    if not site:
        return ""
    drawn = io.BytesIO()
    segno.make(site, error="m", micro=False).save(drawn, kind="svg", scale=4, border=2, xmldecl=False)
    return drawn.getvalue().decode()


def _detail(detail: Mapping[str, Any], language: Language, labels: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "name": _lines(detail["name"], language),
        "prose": [_lines(detail[part], language) for part in _PROSE if detail.get(part)],
        "ask": [_lines(question, language) for question in detail.get("ask", [])],
        "parts": [
            {"label": labels[part], "text": _lines(detail[part], language)} for part in _PARTS if detail.get(part)
        ],
    }


def _lines(text: object, language: Language) -> list[Phrases]:
    return [_runs(line, language) for line in str(text).split("\n") if line]


def _runs(text: str, language: Language) -> Phrases:
    """The text in phrases a line does not break inside of: a reader should not have to put a word together again."""
    ends, end = set(), 0
    for phrase in phrases(text, language):
        end += len(phrase)
        ends.add(end)
    found: Phrases = [[]]
    at = 0
    for run in runs(text, language):  # read as a whole first: a counter is read by the figure before it
        for piece in [run.base] if run.reading else _cut(run.base, at, ends):
            found[-1].append([piece, run.reading])
            at += len(piece)
            if at in ends:
                found.append([])
    return [phrase for phrase in found if phrase]


def _cut(text: str, at: int, ends: set[int]) -> list[str]:
    """A text that begins at `at` of its line, cut where phrases end."""
    places = [0, *(end - at for end in sorted(ends) if at < end < at + len(text)), len(text)]
    return [text[start:end] for start, end in pairwise(places)]


def phrases(text: str, language: Language) -> list[str]:
    """Japanese by its phrases: kanji and figures with the kana behind them, or as the text is spaced; Korean by its words."""
    if language.tag == "ko":
        return _SPACED.findall(text)
    if language.tag != "ja":
        return [text]
    spaced = _SPACED.findall(text) if language.readings else [text]
    return [part for said in spaced for part in ([said] if len(said) <= _LONGEST_PHRASE else _PHRASE.findall(said))]
