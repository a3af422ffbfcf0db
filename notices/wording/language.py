"""A language is a folder of data: how dates and yen look, labels, openings, blocks, fixed clauses, what the guard looks for."""

import datetime
import hashlib
import re
from collections.abc import Mapping
from functools import cache, cached_property
from pathlib import Path
from typing import Annotated, Literal

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError

from engine.core.errors import WordingError
from engine.core.yaml_text import load_yaml

FOLDER = Path(__file__).parent / "languages"

Kind = Literal["entitlement", "duty", "ending", "information"]
Tone = Literal["plain", "quiet"]
OTHER = "other"  #: the event whose voice and opening serve every event without its own
REIWA = 2018  #: 令和 counts from the year after
KINDS: tuple[Kind, ...] = ("entitlement", "duty", "ending", "information")


class _Data(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Labels(_Data):
    """The words that stand around the text on the page. `to` holds {name}."""

    to: str
    number: str
    cards: str
    programme: str
    by_when: str
    to_do: str
    details: str
    ask: str
    bring: str
    how: str
    whom: str
    clauses: str


class CardWords(_Data):
    """What stands under "by when" on a card: with a deadline, late, and without one per kind."""

    deadline: str
    late: str
    open: dict[Kind, str]


class Clauses(_Data):
    """Fixed clauses: data, never drafted."""

    version: str
    lead: dict[Tone, dict[Kind, str]]
    item: dict[Tone, dict[Kind, str]]
    decision: str
    not_yours: str
    stop: str
    stop_except: str
    genuine: str
    genuine_site: str
    never_asks: str


class Term(_Data):
    """A word not to be used, and what to write in its place. `unless` are longer words it may stand in."""

    term: str
    use: str
    unless: tuple[str, ...] = ()
    events: tuple[str, ...] = ()


class GuardData(_Data):
    """What the guard looks for in a text of this language. Patterns are regular expressions, ignoring case."""

    version: str
    number_words: tuple[str, ...]
    number_words_allowed: tuple[str, ...]
    promises: tuple[str, ...]
    hedges: tuple[str, ...]
    terms: tuple[Term, ...]
    script_required: str
    script_refused: str
    sentence_end: str
    sentence_unit: Literal["characters", "words"]
    section_limits: dict[str, int]
    instructions: tuple[str, ...]  #: what a text says to a model, not to a reader
    personal: tuple[str, ...]  #: what reads like a person: a name with its title, an address, a number of a record
    number_words_not_from: tuple[
        str, ...
    ] = ()  #: languages of the same script, whose number words are everyday words here
    function_words: tuple[str, ...] = ()  #: the small words that give a language of Latin letters away


class Readable(_Data):
    """The goals of the readability gate. Lengths in the unit of a sentence: characters or words."""

    mean_sentence: float
    longest_sentence: int
    kanji_per_sentence: int = 0  #: 0: not counted
    ari: float = 0.0  #: the automated readability index at most; 0: not measured
    avoid: dict[str, str] = {}  #: pattern → what to do instead: double negation, honorific chains
    split_at: tuple[str, ...] = ()  #: where a long sentence is best split, best first


def _text(value: object) -> str:
    return str(value)


class Language(_Data):
    """One language folder, read whole."""

    version: Annotated[str, BeforeValidator(_text)]
    code: str
    tag: str  #: BCP 47, for pages and letters
    names_from: Literal["ja", "en"]  #: which name of the municipality and its offices is read here
    gap: str  #: between two sentences
    label_gap: str  #: between a label and its amount
    thousands: str = ","
    font: str = ""  #: the family a letter is set in; empty: that of Japanese
    date: str
    date_with_year: str
    date_both: str  #: both calendars: {year} and {era}, the year of Reiwa
    always_with_year: bool
    date_pattern: str
    weekdays: tuple[str, ...]
    months: tuple[str, ...]
    yen: str
    yen_per_month: str
    yen_pattern: str
    month_words: tuple[str, ...]
    list_separator: str
    sentence_end: str
    labels: Labels
    card: CardWords
    push_neutral: str
    letter_follows: str  #: behind a short message: it cannot hold the notice
    openings: dict[str, dict[str, str]]
    blocks: dict[Kind, dict[str, str]]
    clauses: Clauses
    guard: GuardData
    readable: Readable
    phrases: dict[str, str] = {}  #: public texts of programmes, by their Japanese
    readings: dict[str, str] = {}  #: word → kana; where there are any, every kanji gets its ruby

    def say_date(self, on: datetime.date, *, with_year: bool = False, both: bool = False) -> str:
        """The date with its weekday: 12月8日（火）, Tuesday, 8 December 2026; `both` names the year in both calendars."""
        pattern = self.date_both if both else self.date_with_year if with_year else self.date
        weekday, month = self.weekdays[on.weekday()], self.months[on.month - 1]
        return pattern.format(year=on.year, era=on.year - REIWA, month=month, day=on.day, weekday=weekday)

    def say_yen(self, value: int, *, per_month: bool = False) -> str:
        """The amount with its unit: 15,000円, 15,000 yen."""
        said = (self.yen_per_month if per_month else self.yen).format(value=value)
        return said.replace(",", self.thousands)

    def opening(self, event: str) -> Mapping[str, str]:
        """The opening of an event; the neutral one where nobody wrote its own."""
        return self.openings.get(event, self.openings[OTHER])

    @cached_property
    def dates(self) -> re.Pattern[str]:
        """Finds a date this language wrote."""
        return re.compile(self.date_pattern.replace("\n", " "))

    @cached_property
    def clauses_version(self) -> str:
        """SHA-256 of the fixed clauses, for the notice's record of what it was made from."""
        return hashlib.sha256(self.clauses.model_dump_json().encode()).hexdigest()


class EventVoice(_Data):
    """What an event asks of every language."""

    tone: Tone = "plain"
    sensitive: bool = False
    facts: dict[str, int] = {}


@cache
def languages() -> tuple[str, ...]:
    """The codes of the languages there is a folder for, sorted."""
    return tuple(sorted(path.parent.name for path in FOLDER.glob("*/language.yaml")))


@cache
def read_language(code: str) -> Language:
    """The language of a code. Raises WordingError when there is no folder for it or the folder is not well formed."""
    if code not in languages():
        raise WordingError(f"there is no language {code!r}; notices/wording/languages has {', '.join(languages())}")
    folder = FOLDER / code
    values = _read(folder / "language.yaml")
    values["openings"] = _read(folder / "events.yaml")["events"]
    values["blocks"] = _read(folder / "blocks.yaml")["kinds"]
    values["clauses"] = _read(folder / "clauses.yaml")
    values["guard"] = _read(folder / "guard.yaml")
    for name in ("phrases", "readings"):
        if (folder / f"{name}.yaml").exists():
            values[name] = _read(folder / f"{name}.yaml")
    try:
        return Language.model_validate(values)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        raise WordingError(f"notices/wording/languages/{code}: {where}: {first['msg']}") from None


@cache
def voices() -> Mapping[str, EventVoice]:
    """The voice of each event, by event code."""
    events: dict[str, dict[str, object]] = _read(FOLDER / "events.yaml")["events"]  # type: ignore[assignment]
    return {code: EventVoice.model_validate(value) for code, value in events.items()}


def voice(event: str) -> EventVoice:
    """The voice of an event; for one nobody decided the tone of, the quiet one that names nothing."""
    return voices().get(event, voices()[OTHER])


def use_of(code: str) -> tuple[str, str]:
    """A folder's code as language and register: ja-easy is ("ja", "easy"), en is ("en", "plain")."""
    language, _, register = code.partition("-")
    return language, register or "plain"


def code_of(language: str, register: str) -> str:
    """The folder's code of a language and register."""
    return language if register in ("", "plain") or "-" in language else f"{language}-{register}"


def _read(path: Path) -> dict[str, object]:
    try:
        loaded: dict[str, object] = load_yaml(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise WordingError(f"{path.parent.name}/{path.name} is missing in notices/wording/languages") from None
    except yaml.YAMLError as error:
        raise WordingError(f"{path.parent.name}/{path.name} is not YAML: {error}") from None
    return loaded
