"""A programme as it is judged: its expressions as trees and how their answers are joined, without its texts.

It is written beside the version it was made from, and read back without anything that reads text: neither YAML nor expressions.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Literal, TypeAlias, get_args

from eligibility.language.nodes import Node, Scale
from engine.core.errors import RuleError
from engine.core.written import read, written
from engine.records.contract import digest

_HERE = Path(__file__).parent


@dataclass(frozen=True, kw_only=True)
class Joined:
    """all, any or none of criteria, by their ids, and of others that are joined."""

    how: Literal["all", "any", "none"]
    parts: "tuple[str | Joined, ...]"


@dataclass(frozen=True, kw_only=True)
class Compiled:
    """A programme with its dated values as they are from `begin` on, `until` one of them changes again.

    A criterion without a tree is one that no record answers; an amount without one always counts.
    """

    slug: str
    valid_from: date
    valid_to: date | None
    begin: date
    until: date | None
    met: Joined
    criteria: Mapping[str, Node | None]
    exclusions: Mapping[str, Node]
    amounts: tuple[Node | None, ...]
    reads: frozenset[tuple[str, str]]  #: (table, column)

    def in_force(self, on: date) -> bool:
        """Whether the programme exists on a date."""
        return self.valid_from <= on and (self.valid_to is None or on <= self.valid_to)

    def holds(self, on: date) -> bool:
        """Whether this is what the programme comes to on a date: before its first day what it is then, after its last likewise."""
        return (self.begin <= on or self.begin == self.valid_from) and (self.until is None or on < self.until)

    @property
    def trees(self) -> Iterator[Node]:
        """Every expression."""
        every = (*self.criteria.values(), *self.exclusions.values(), *self.amounts)
        return (one for one in every if one is not None)


#: a programme from its first day to its last: one for each time between changes of its dated values, in their order
Spans: TypeAlias = tuple[Compiled, ...]
_TYPES = {one.__name__: one for one in (Compiled, Joined, Scale, *get_args(Node))}


def of_day(spans: Sequence[Compiled], on: date) -> Compiled:
    """The one that holds on a date; on a date outside the programme's time, the one of its first or last day."""
    return next(one for one in spans if one.holds(on))


@cache
def form() -> str:
    """The digest of what makes trees of texts, and of the tables that these may read: other trees may come of another."""
    sources = (
        *sorted(_HERE.glob("language/*.py")),
        *(_HERE / f"{name}.py" for name in ("compiled", "parts", "programme")),
    )
    return hashlib.sha256(b"\0".join([digest().encode(), *(path.read_bytes() for path in sources)])).hexdigest()


def text_of(spans: Spans, version: str) -> str:
    """What is written of a version's spans."""
    told = written(spans)
    return f"{form()} {_digest(version, form(), told)}\n{told}"


def spans_of(text: str, version: str) -> Spans | None:
    """The spans that were written of a version; None when they were made by another form of the language.

    Raises RuleError when they are not as they were written, or of another version.
    """
    head, _, told = text.partition("\n")
    made_by, _, said = head.partition(" ")
    if said != _digest(version, made_by, told):
        raise RuleError("was changed after it was published")
    if made_by != form():
        return None
    spans: Spans = read(told, _TYPES)
    return spans


def _digest(version: str, made_by: str, told: str) -> str:
    return hashlib.sha256(f"{version} {made_by}\n{told}".encode()).hexdigest()
