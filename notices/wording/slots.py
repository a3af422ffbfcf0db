"""Sections and their slots: which sections a text has, what each may show, what each must show."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from engine.core.errors import WordingError
from notices.wording.facts import Slot

SLOT = re.compile(r"\{([a-z_]+)\}")


@dataclass(frozen=True, kw_only=True)
class Section:
    """The slots a section may hold and those it must hold; `needs` names the fact that makes a section necessary."""

    may: frozenset[str]
    must: frozenset[str] = frozenset()
    needs: str = ""


def _section(may: str = "", must: str = "", needs: str = "") -> Section:
    return Section(may=frozenset((may + " " + must).split()), must=frozenset(must.split()), needs=needs)


BLOCK_SECTIONS: Mapping[str, Section] = {
    "possible": _section(may="programme office"),
    "gives": _section(may="programme gives amount", must="gives"),
    "to_do": _section(may="programme how_short office"),
    "by_when": _section(may="programme office", must="deadline", needs="deadline"),
    "by_when_late": _section(may="programme office"),
    "by_when_open": _section(may="programme office"),
    "how": _section(may="office place", must="how"),
    "bring": _section(may="office", must="documents", needs="documents"),
    "whom": _section(may="place hours", must="office phone"),
}
OPENING_SECTIONS: Mapping[str, Section] = {
    "title": _section(may="age"),
    "opening": _section(may="age municipality"),
    "push": _section(may="deadline", must="municipality"),
    "push_open": _section(must="municipality"),
}


def sections_for(programme: str) -> Mapping[str, Section]:
    """The sections of a programme's block, or of an event's opening when `programme` is empty."""
    return BLOCK_SECTIONS if programme else OPENING_SECTIONS


def slots_in(text: str) -> tuple[str, ...]:
    """The slot names of a text, in order."""
    return tuple(SLOT.findall(text))


@dataclass(frozen=True, kw_only=True)
class Filled:
    """A text with its slots filled, and what it must read as."""

    text: str
    figures: tuple[str, ...] = ()
    lines: tuple[str, ...] = ()


def fill(text: str, slots: Mapping[str, Slot | None]) -> Filled:
    """Fills the slots. A line whose slot has no fact is left out. Raises WordingError for a slot nobody knows."""
    unknown = sorted(set(slots_in(text)) - set(slots))
    if unknown:
        raise WordingError(f"a wording holds the slot {{{unknown[0]}}}, which has no meaning there")
    kept = [line for line in text.split("\n") if all(slots[name] for name in slots_in(line))]
    shown = [slots[name] for line in kept for name in slots_in(line)]
    return Filled(
        text=SLOT.sub(lambda match: _text(slots[match[1]]), "\n".join(kept)),
        figures=tuple(figure for slot in shown if slot for figure in slot.figures),
        lines=tuple(line for slot in shown if slot for line in slot.lines),
    )


def _text(slot: Slot | None) -> str:
    return slot.text if slot else ""
