"""Ruby: how every kanji of a text is read, from the readings of its language folder. A guess is never printed."""

import re
from dataclasses import dataclass
from functools import cache

from notices.wording.language import Language, read_language

_KANJI = re.compile(r"[々〆\u3400-\u9fff\uf900-\ufaff]")
_AFTER_DIGIT = "#"


@dataclass(frozen=True, kw_only=True)
class Run:
    """A piece of text with its reading; an empty reading needs none."""

    base: str
    reading: str = ""


def runs(text: str, language: Language) -> tuple[Run, ...]:
    """The text in pieces. Where the language has no readings it is one piece."""
    if not language.readings:
        return (Run(base=text),)
    found: list[Run] = []
    at = 0
    for match in _words(language.code).finditer(text):
        if match.start() > at:
            found.append(Run(base=text[at : match.start()]))
        found += _read(match.group(), language, after_digit=text[match.start() - 1 : match.start()].isdigit())
        at = match.end()
    return (*found, Run(base=text[at:])) if at < len(text) else tuple(found)


def unread(text: str, language: Language) -> tuple[str, ...]:
    """The kanji nobody gave a reading, run by run; always empty where the language prints no ruby."""
    if not language.readings:
        return ()
    return tuple(
        word for run in runs(text, language) if not run.reading for word in re.findall(f"{_KANJI.pattern}+", run.base)
    )


def in_brackets(text: str, language: Language) -> str:
    """The text with its readings behind the words, for channels without ruby: 児童手当（じどうてあて）."""
    return "".join(f"{run.base}（{run.reading}）" if run.reading else run.base for run in runs(text, language))


def _read(word: str, language: Language, *, after_digit: bool) -> list[Run]:
    """The word under its reading; kana at its end read themselves."""
    readings = language.readings
    reading = readings.get(_AFTER_DIGIT + word, "") if after_digit else ""
    reading = reading or readings.get(word, "")
    tail = 0
    while word[len(word) - 1 - tail] == reading[len(reading) - 1 - tail]:
        tail += 1
    if not tail:
        return [Run(base=word, reading=reading)]
    return [Run(base=word[:-tail], reading=reading[:-tail]), Run(base=word[-tail:])]


@cache
def _words(code: str) -> re.Pattern[str]:
    """Every word with a reading, longest first."""
    plain: list[str] = []
    counted: list[str] = []
    for word in read_language(code).readings:
        (counted if word.startswith(_AFTER_DIGIT) else plain).append(word.removeprefix(_AFTER_DIGIT))
    ordered = sorted({*plain, *counted}, key=len, reverse=True)
    only_counted = set(counted) - set(plain)
    parts = [rf"(?<=\d){re.escape(word)}" if word in only_counted else re.escape(word) for word in ordered]
    return re.compile("|".join(parts))
