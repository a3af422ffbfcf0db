"""Every figure in a text, in order, as what it means: dates with their weekday, yen, phone numbers, addresses of pages, the rest.

Two texts say the same numbers in the same roles when their figures are equal, one after the other.
"""

import re
import unicodedata
from collections.abc import Iterator
from datetime import date

from notices.wording.language import REIWA, Language

_URL = r"(?P<url>(?:https?://|www\.)[^\s<>（）()「」、。]+)"
_REFERENCE = r"(?P<reference>\bN-[\dA-Z]+-[\dA-Z]+)"
_PHONE = r"(?P<phone>0\d{1,4}[-‐−–]\d{1,4}[-‐−–]\d{3,4})"
_ANY = re.compile(rf"{_URL}|{_REFERENCE}|{_PHONE}")


def figures(text: str, language: Language) -> tuple[str, ...]:
    """The figures of a text in reading order, each as `role:value`. A digit that fits no role is a `number`."""
    found: list[tuple[int, str]] = []
    rest = text
    for start, end, figure in _marked(text, language):
        if rest[start:end] == text[start:end]:  # not inside a figure already taken
            found.append((start, figure))
            rest = rest[:start] + "\0" * (end - start) + rest[end:]
    found += _loose(rest)
    return tuple(figure for _, figure in sorted(found))


def date_figure(on: date, *, with_year: bool, both: bool = False) -> str:
    """The figure a date must read as."""
    year = f"{on.year}=R{on.year - REIWA}" if both else on.year if with_year else "-"
    return f"date:{year}-{on.month:02}-{on.day:02}:{on.weekday()}"


def yen_figure(value: int) -> str:
    """The figure an amount must read as."""
    return f"yen:{value}"


def is_number(character: str) -> bool:
    """Whether a character is a digit, letter number or other number in any script (Nd, Nl, No)."""
    return unicodedata.category(character) in {"Nd", "Nl", "No"}


def _marked(text: str, language: Language) -> Iterator[tuple[int, int, str]]:
    for match in _ANY.finditer(text):
        yield match.start(), match.end(), f"{match.lastgroup}:{match.group()}"
    for match in language.dates.finditer(text):
        month = language.months.index(match["month"]) + 1 if match["month"] in language.months else 0
        weekday = language.weekdays.index(match["weekday"])
        era = f"=R{match['era']}" if match["era"] else ""
        yield (
            match.start(),
            match.end(),
            f"date:{match['year'] or '-'}{era}-{month:02}-{int(match['day']):02}:{weekday}",
        )
    for match in re.finditer(language.yen_pattern, text):
        yield match.start(), match.end(), f"yen:{match['value'].replace(language.thousands, '')}"


def _loose(text: str) -> Iterator[tuple[int, str]]:
    """Runs of number characters, with the separators that stand between them."""
    start, run = 0, ""
    for index, character in enumerate(text + "\0"):
        if is_number(character) or (run and character in ",.:：/-"):
            start = index if not run else start
            run += character
        elif run:
            yield start, f"number:{run.rstrip(',.:：/-')}"
            run = ""
