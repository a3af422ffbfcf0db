"""One notice: approved texts, typed facts, fixed clauses, in the order a reader needs them. Holds no name and no address."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Protocol

from engine.core.errors import WordingError
from engine.core.settings import Municipality, Office
from notices.wording.facts import Facts, Slot, date_slot, fact_slots, office_slots, read_facts, untold, words
from notices.wording.guard import Finding, compare
from notices.wording.language import EventVoice, Kind, Language, languages, read_language, voice
from notices.wording.ruby import unread
from notices.wording.slots import Filled, fill

PUSH_LIMIT = 70  #: characters of the push form
_WEIGHT: tuple[Kind, ...] = ("duty", "entitlement", "ending", "information")
_STOPPABLE: frozenset[str] = frozenset({"entitlement", "information"})


class WordingMissing(WordingError):
    """No approved text for this use in this language. The caller takes Japanese and says so."""

    code = "wording_missing"


class Approved(Protocol):
    """An approved text: sections with slots and the version an approval binds to."""

    @property
    def sections(self) -> Any:
        """Section name → text."""
        ...

    @property
    def version(self) -> str:
        """SHA-256 of the sections."""
        ...


class Library(Protocol):
    """Where approved texts are; the module `notices.wording.library` is one."""

    def approved(
        self, municipality: str, programme: str, event: str, kind: str, language: str, register: str
    ) -> Approved | None:
        """The text in force, or None."""
        ...


@dataclass(frozen=True, kw_only=True)
class ItemContent:
    """One programme of a notice: its public side only, as a match found it."""

    programme: str
    kind: Kind
    office: str
    facts: Mapping[str, Any]
    due_on: date | None = None
    late: bool = False
    sensitivity: str = "normal"


@dataclass(frozen=True, kw_only=True)
class Composed:
    """A finished text as JSON-able data, the versions it was made from, and what the last check of its figures found."""

    text: dict[str, Any]
    wording_versions: dict[str, str]
    findings: list[Finding]
    expected: dict[str, Filled] = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class _Desk:
    """What every part of one notice needs at hand."""

    event: str
    voice: EventVoice
    language: Language
    municipality: Municipality
    offices: Mapping[str, Office]
    occurred_on: date
    library: Library

    def text(self, programme: str, kind: Kind) -> Approved:
        found = self.library.approved(self.municipality.code, programme, self.event, kind, self.language.code, "plain")
        if found is None:
            what = programme or "opening"
            raise WordingMissing(f"no approved wording: {what}, {self.event}, {kind}, {self.language.code}")
        return found

    def office(self, slug: str) -> Office:
        try:
            return self.offices[slug]
        except KeyError:
            raise WordingError(f"settings: there is no office {slug!r} under [offices]; a programme names it") from None

    @property
    def name(self) -> str:
        return self.municipality.name_ja if self.language.names_from == "ja" else self.municipality.name_en


def compose(
    *,
    event: str,
    number: str,
    language: str,
    municipality: Municipality,
    offices: Mapping[str, Office],
    items: Sequence[ItemContent],
    occurred_on: date,
    library: Library,
) -> Composed:
    """The text of one notice. Cards stand most urgent first: late ones, then by deadline.

    Raises WordingMissing when a text is not approved in this language, WordingError when the text fails step 5 of the
    guard: a figure that is not the facts'.
    """
    if not items:
        raise WordingError("a notice has at least one item")
    if language not in languages():
        raise WordingMissing(f"there is no language folder for {language!r}")
    desk = _Desk(
        event=event, voice=voice(event), language=read_language(language), municipality=municipality, offices=offices,
        occurred_on=occurred_on, library=library,
    )  # fmt: skip
    ordered = sorted(items, key=_urgency)
    places, versions = _head(desk, ordered, number)
    for index, (entry, version) in enumerate(_entries(desk, ordered, versions)):
        places |= {f"{part}.{index}.{name}": filled for (part, name), filled in entry.items()}
        versions[version[0]] = version[1]
    places |= {f"clauses.{index}": clause for index, clause in enumerate(_clauses(desk, ordered))}
    _must_read(desk, places)
    text = _shape(desk, places)
    findings = compare(flatten(text), places, desk.language)
    if findings:
        raise WordingError(
            f"notice text: figures at {findings[0].section} are not those of the facts; nothing was prepared"
        )
    return Composed(text=text, wording_versions=versions, findings=findings, expected=places)


def recheck(text: Mapping[str, Any], composed: Composed) -> list[Finding]:
    """Step 5 again for a text that was stored or edited since: findings where it no longer says what the facts say."""
    return compare(flatten(text), composed.expected, read_language(str(text["language"])))


def flatten(text: Mapping[str, Any]) -> dict[str, str]:
    """Every word a resident reads, by its place: cards.0.by, details.1.ask.0. Labels and codes are not words of a notice."""
    flat = {name: str(text[name]) for name in ("title", "number", "opening", "push", "sender", "site") if name in text}
    flat |= {f"clauses.{index}": str(clause) for index, clause in enumerate(text["clauses"])}
    for part in ("cards", "details"):
        for index, entry in enumerate(text[part]):
            for name, value in entry.items():
                if isinstance(value, list):
                    flat |= {f"{part}.{index}.{name}.{place}": str(said) for place, said in enumerate(value)}
                elif name != "programme":
                    flat[f"{part}.{index}.{name}"] = str(value)
    return flat


def _must_read(desk: _Desk, places: Mapping[str, Filled]) -> None:
    """With ruby, a kanji without a reading is a text that cannot be sent in this language."""
    for place, filled in places.items():
        for word in unread(filled.text, desk.language):
            raise WordingMissing(f"{place}: {word} has no reading in languages/{desk.language.code}/readings.yaml")


def _head(desk: _Desk, items: Sequence[ItemContent], number: str) -> tuple[dict[str, Filled], dict[str, str]]:
    language = desk.language
    opening = desk.text("", "information")
    slots: dict[str, Slot | None] = {
        "municipality": words(desk.name, language),
        "site": words(desk.municipality.site_url, language),
        "deadline": _nearest(desk, items),
        **{name: words(str(value), language) for name, value in desk.voice.facts.items()},
    }
    lead = "".join(language.clauses.lead[desk.voice.tone][kind] + _gap(language) for kind in _leads(items)).strip()
    places = {
        "title": fill(opening.sections["title"], slots),
        "opening": fill(f"{opening.sections['opening']}{_gap(language)}{lead}", slots),
        "push": _push(desk, items, opening, slots),
        "number": Filled(text=number, figures=(f"reference:{number}",)),
        "sender": fill("{municipality}", slots),
        "site": fill("{site}", slots),
    }
    return places, {f"opening:{desk.event}": opening.version, f"clauses:{language.code}": language.clauses_version}


def _push(desk: _Desk, items: Sequence[ItemContent], opening: Approved, slots: Mapping[str, Slot | None]) -> Filled:
    """At most 70 characters. Where anything in the notice is sensitive, it says no more than that there is a notice."""
    neutral = fill(desk.language.push_neutral, slots)
    if desk.voice.sensitive or any(item.sensitivity != "normal" for item in items):
        return neutral
    name = "push" if slots["deadline"] else "push_open"
    said = fill(opening.sections[name], slots)
    return said if len(said.text) <= PUSH_LIMIT else neutral


def _entries(
    desk: _Desk, items: Sequence[ItemContent], versions: Mapping[str, str]
) -> list[tuple[dict[tuple[str, str], Filled], tuple[str, str]]]:
    """A card and its details per item. Twins with the same words get them once."""
    made: list[tuple[dict[tuple[str, str], Filled], tuple[str, str]]] = []
    for item in items:
        wording = desk.text(item.programme, item.kind)
        entry = _entry(desk, item, wording.sections)
        if not any(entry == other and version[0] == item.programme for other, version in made):
            made.append((entry, (item.programme, wording.version)))
    return made


def _entry(desk: _Desk, item: ItemContent, sections: Mapping[str, str]) -> dict[tuple[str, str], Filled]:
    language, facts = desk.language, read_facts(item.facts)
    slots = fact_slots(facts, language, desk.office(item.office))
    missing = untold(facts, language)
    if missing or slots["programme"] is None:
        raise WordingMissing(f"{item.programme}: {len(missing)} of its texts are not in {language.code}")
    slots["deadline"] = _due(desk, facts, item)
    late = item.late or facts.late
    when = "by_when_late" if late else "by_when" if slots["deadline"] else "by_when_open"
    card = language.card
    by = card.late if late else card.deadline if slots["deadline"] else card.open[item.kind]
    name = Filled(text=slots["programme"].text, figures=slots["programme"].figures)
    gives = fill(sections["gives"], slots)
    details = {
        "item": fill(language.clauses.item[desk.voice.tone][item.kind], slots),
        "possible": fill(sections["possible"], slots),
        "when": fill(sections[when], slots | {"deadline": _due(desk, facts, item, both=True)}),
        "how": fill(sections["how"], slots),
        "bring": fill(sections.get("bring", ""), slots),
        "whom": fill(sections["whom"], slots),
    }
    asked = [words(question.in_language(language.code), language) for question in facts.ask]
    details |= {
        f"ask.{index}": fill("{ask}", {"ask": slot}) for index, slot in enumerate(slot for slot in asked if slot)
    }
    entry = {("cards", "name"): name, ("cards", "gives"): gives, ("cards", "by"): fill(by, slots)}
    entry |= {("cards", "do"): _to_do(sections, slots, when), ("details", "name"): name}
    return entry | {("details", key): filled for key, filled in details.items()} | {("cards", "programme"): _code(item)}


def _to_do(sections: Mapping[str, str], slots: Mapping[str, Slot | None], when: str) -> Filled:
    said = fill(sections["to_do"], slots)
    return said if said.text else fill(sections[when], slots)


def _code(item: ItemContent) -> Filled:
    return Filled(text=item.programme)


def _due(desk: _Desk, facts: Facts, item: ItemContent, *, both: bool = False) -> Slot | None:
    """The deadline, said by the match's facts; the item's own date must not contradict it."""
    said = facts.deadline.value if facts.deadline else None
    if said and item.due_on and said != item.due_on:
        raise WordingError(f"{item.programme}: the deadline in its facts is not the item's due_on")
    due = said or item.due_on
    return date_slot(due, desk.language, since=desk.occurred_on, both=both) if due else None


def _nearest(desk: _Desk, items: Sequence[ItemContent]) -> Slot | None:
    """The nearest deadline that can still be met."""
    dates = [item.due_on for item in items if item.due_on and not item.late]
    return date_slot(min(dates), desk.language, since=desk.occurred_on) if dates else None


def _clauses(desk: _Desk, items: Sequence[ItemContent]) -> list[Filled]:
    said, kinds = desk.language.clauses, set(_kinds(items))
    chosen = [said.decision] if "entitlement" in kinds else []
    chosen.append(said.not_yours)
    if kinds & _STOPPABLE:
        chosen.append(said.stop)
        chosen += [said.stop_except] if kinds - _STOPPABLE else []
    chosen += [said.genuine, said.genuine_site, said.never_asks]
    slots = office_slots(desk.office(items[0].office), desk.language)
    slots |= {"municipality": words(desk.name, desk.language), "site": words(desk.municipality.site_url, desk.language)}
    return [filled for filled in (fill(clause, slots) for clause in chosen) if filled.text]


def _shape(desk: _Desk, places: Mapping[str, Filled]) -> dict[str, Any]:
    """The text as the page, the desk and the hash take it."""
    text: dict[str, Any] = {"language": desk.language.code, "event": desk.event, "tone": desk.voice.tone}
    text |= {"labels": desk.language.labels.model_dump(), "cards": [], "details": [], "clauses": []}
    for place, filled in places.items():
        part, _, rest = place.partition(".")
        if not rest:
            text[part] = filled.text
        elif part == "clauses":
            text["clauses"].append(filled.text)
        else:
            index, name, *deeper = rest.split(".")
            entries = text[part]
            entries += [{} for _ in range(int(index) + 1 - len(entries))]
            if deeper:
                entries[int(index)].setdefault(name, []).append(filled.text)
            else:
                entries[int(index)][name] = filled.text
    for entry in text["details"]:
        entry.setdefault("ask", [])
    return text


def _urgency(item: ItemContent) -> tuple[bool, date, int]:
    """Late ones first, then by deadline; without one, what asks for a step before what only informs."""
    return not item.late, item.due_on or date.max, _WEIGHT.index(item.kind)


def _kinds(items: Sequence[ItemContent]) -> list[Kind]:
    return sorted({item.kind for item in items}, key=_WEIGHT.index)


def _leads(items: Sequence[ItemContent]) -> list[Kind]:
    """The kinds the opening speaks of: information only where there is nothing else."""
    return [kind for kind in _kinds(items) if kind != "information"] or ["information"]


def _gap(language: Language) -> str:
    return language.gap
