"""The page a resident reads: on a phone, on paper, and inside the desk. Escaped, self-contained, no script, no outside host."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from notices.wording.language import read_language
from notices.wording.ruby import in_brackets, runs

LAYOUT_VERSION = "1"  #: part of what an approval binds to
NAME_LIMIT = 60
ADDRESS_LIMIT = 120  #: what a window shows: longer ones hold the notice before it is approved
_COMPATIBLE = re.compile("([\uf900-\ufaff\U0002f800-\U0002fa1f])")
_HERE = Path(__file__).parent / "layout"

NOTICE_CSS = (_HERE / "notice.css").read_text(encoding="utf-8")
_PAGE_CSS = (_HERE / "page.css").read_text(encoding="utf-8")


def _ruby(text: str, code: str) -> Markup:
    """Ruby over each word with kanji, where the language prints it; the text itself is escaped."""
    return Markup("").join(
        Markup("<ruby>{}<rp>（</rp><rt>{}</rt><rp>）</rp></ruby>").format(run.base, run.reading)
        if run.reading
        else run.base
        for run in runs(text, read_language(code))
    )


_environment = Environment(
    loader=FileSystemLoader(_HERE), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
)
_environment.filters["ruby"] = _ruby


def to_html(text: Mapping[str, Any], *, name: str, address: Sequence[str]) -> str:
    """A whole page: the address for a window envelope, then the notice. One A4 page when the notice is short."""
    return _environment.get_template("page.html").render(
        text=_whole(text),
        fragment=Markup(to_fragment(text, name=name)),  # noqa: S704 - the fragment is escaped by its own template
        to=_addressed(text, name),
        address=[clean_name(line, limit=ADDRESS_LIMIT) for line in address if line.strip()],
        css=Markup(_PAGE_CSS + NOTICE_CSS),  # noqa: S704 - our own style sheets
    )


def to_fragment(text: Mapping[str, Any], *, name: str) -> str:
    """The notice as markup the desk embeds: classes only, styled by NOTICE_CSS."""
    return _environment.get_template("notice.html").render(text=_whole(text), to=_addressed(text, name))


def to_text(text: Mapping[str, Any], *, name: str) -> str:
    """The notice as plain text."""
    whole = _whole(text)
    language = read_language(str(text["language"]))
    labels = whole["labels"]
    lines = [whole["title"], f"{labels['number']} {whole['number']}", _addressed(text, name), "", whole["opening"], ""]
    for card in whole["cards"]:
        lines += [f"■ {card['name']}", *_lines(card["gives"])]
        lines += [f"{labels['by_when']}: {card['by']}", f"{labels['to_do']}: {card['do']}", ""]
    for detail in whole["details"]:
        lines += [
            f"― {detail['name']}",
            *filter(None, (detail.get("item"), detail.get("possible"), detail.get("when"))),
        ]
        if detail.get("ask"):
            lines += [labels["ask"], *(f"□ {question}" for question in detail["ask"])]
        for part in ("how", "bring", "whom"):
            if detail.get(part):
                lines += [f"{labels[part]}:", *_lines(detail[part])]
        lines.append("")
    lines += [f"・{clause}" for clause in whole["clauses"]]
    to = _addressed(text, name)
    return "\n".join(line if line == to else in_brackets(line, language) for line in lines) + "\n"


def clean_name(name: str, *, limit: int = NAME_LIMIT) -> str:
    """A name or address line as it may be printed: no control, direction or unassigned characters, at most `limit` long.

    Variation selectors and private characters stay: names are written with them. It is composed (NFC), but for compatibility
    ideographs: NFC would make another character of them (神 U+FA19 is not 神), and a name is spelt as it is registered.
    """
    kept = [
        character for character in name if unicodedata.category(character) not in {"Cc", "Cf", "Cs", "Cn", "Zl", "Zp"}
    ]
    parts = _COMPATIBLE.split("".join(kept).strip())
    return "".join(part if index % 2 else unicodedata.normalize("NFC", part) for index, part in enumerate(parts))[
        :limit
    ]


def _addressed(text: Mapping[str, Any], name: str) -> str:
    cleaned = clean_name(name)
    to: str = _labels(text)["to"]
    return to.replace("{name}", cleaned) if cleaned else ""


def _whole(text: Mapping[str, Any]) -> dict[str, Any]:
    """The text with its labels: those it was composed with, else those of its language."""
    code = str(text["language"])
    told = {"sender": "", "site": "", "event": "", "tone": "plain"} | dict(text)
    return told | {"labels": _labels(text), "tag": read_language(code).tag}


def _labels(text: Mapping[str, Any]) -> Mapping[str, str]:
    return text.get("labels") or read_language(str(text["language"])).labels.model_dump()


def _lines(text: str) -> list[str]:
    return [line for line in text.split("\n") if line]
