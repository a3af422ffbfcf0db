"""One programme, one file: criteria, dated values, deadline, texts, citations, examples, and what it may read on which legal basis."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any, Literal, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from eligibility.language.nodes import Constant, Node
from eligibility.language.parse import parse
from engine.core.dates import fiscal_year, month_end, next_business_day
from engine.core.errors import RuleError, ValueNotInForce

NoticeKind = Literal["entitlement", "duty", "ending", "information"]
_ALWAYS_READABLE = frozenset({"residents"})


class Part(BaseModel):
    """A piece of a programme file: frozen, unknown keys refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Text(Part):
    """A text in each language of the notices."""

    ja: str
    en: str


class Law(Part):
    """The law and its articles."""

    name: str
    articles: str


class Trigger(Part):
    """What an event leads to: an entitlement, a duty, an ending, or information."""

    kind: NoticeKind


class DatedValue(Part):
    """A number in law that changes: unit, source, when it was checked, and its value from each date on."""

    unit: str
    source: str
    verified_on: date
    next_review: date
    values: dict[date, int]

    def on(self, day: date, name: str) -> int:
        """The value in force. Raises ValueNotInForce for a day before the first one."""
        begun = [begin for begin in sorted(self.values) if begin <= day]
        if not begun:
            raise ValueNotInForce(f"{name} has no value in force on {day}; the first is {min(self.values)}")
        return self.values[begun[-1]]


class Criterion(Part):
    """A condition. Without `expr` no record can answer it: it is unknown, and the reader is asked."""

    id: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    expr: str | None = None
    cites: str
    when_unknown: Literal["ask", "verify"] = "verify"
    ask: Text | None = None
    verify: Text | None = None

    @model_validator(mode="after")
    def _says_what_to_ask(self) -> Self:
        if self.expr is None and self.when_unknown != "ask":
            raise ValueError(f"{self.id}: no record answers it, so when_unknown must be ask")
        if self.when_unknown == "ask" and self.ask is None:
            raise ValueError(f"{self.id}: when_unknown is ask, so say what to ask the reader (ask: ja, en)")
        return self


class Group(Part):
    """all, any or none of criteria and groups; exactly one of the three."""

    all: "tuple[Criterion | Group, ...] | None" = None
    any: "tuple[Criterion | Group, ...] | None" = None
    none: "tuple[Criterion | Group, ...] | None" = None

    @model_validator(mode="after")
    def _one_of_three(self) -> Self:
        if sum(part is not None for part in (self.all, self.any, self.none)) != 1:
            raise ValueError("a group is exactly one of all, any, none")
        return self

    @property
    def parts(self) -> "tuple[Criterion | Group, ...]":
        """Its criteria and groups."""
        return self.all or self.any or self.none or ()

    def criteria(self) -> Iterator[Criterion]:
        """Every criterion in it, in file order."""
        for part in self.parts:
            if isinstance(part, Criterion):
                yield part
            else:
                yield from part.criteria()

    def verdict(self, results: Mapping[str, bool | None]) -> bool | None:
        """Three-valued: None is unknown."""
        values = [results[part.id] if isinstance(part, Criterion) else part.verdict(results) for part in self.parts]
        if self.all is not None:
            return False if False in values else None if None in values else True
        found = True if True in values else None if None in values else False
        return found if self.any is not None or found is None else not found


class Exclusion(Part):
    """Why somebody is left out, judged on the records as they stood before the event."""

    id: str
    expr: str
    cites: str


class Amount(Part):
    """An amount with its own label. Without `when` it always counts; several may count where a fact is unknown."""

    when: str | None = None
    value: str
    label: Text


class Deadline(Part):
    """Days after the event (the day after it is day one), or a date of the fiscal year, moved to an open day if asked."""

    days: int | None = None
    month_day: str | None = Field(default=None, pattern=r"^\d{2}-\d{2}$")
    shift: Literal["none", "next_business_day"] = "none"
    last_loss_free: Literal["deadline", "later_of_deadline_and_month_end"] = "deadline"
    cites: str

    def due(self, occurred: date, on: date) -> date:
        """The last day to act for an event; a date of the year is the first one on or after the night."""
        if self.days is not None:
            due = occurred + timedelta(days=self.days)
        else:
            month, day = (int(part) for part in (self.month_day or "03-31").split("-"))
            due = date(on.year, month, day)
            due = due if due >= on else date(on.year + 1, month, day)
        return next_business_day(due) if self.shift == "next_business_day" else due

    def loss_free(self, occurred: date, due: date) -> date:
        """The last day on which nothing is lost yet (events.md R5)."""
        return max(due, month_end(occurred)) if self.last_loss_free == "later_of_deadline_and_month_end" else due


class Example(Part):
    """Facts in the shape of `assess --facts`, and the verdict they must give on a date."""

    name: str
    as_of: date
    event: dict[str, Any] = Field(default_factory=dict)
    subject: dict[str, Any]
    household: tuple[dict[str, Any], ...] = ()
    records: dict[str, tuple[dict[str, Any], ...]] = Field(default_factory=dict)
    verdict: Literal["eligible", "possible", "ineligible"]
    excluded: str = ""


class Programme(Part):
    """A programme file."""

    slug: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    name: Text
    law: Law
    office: str
    level: str
    recipient: Literal["guardian", "self", "next_of_kin", "nhi_payer"]
    sensitivity: Literal["normal", "sensitive"] = "normal"
    valid_from: date
    valid_to: date | None = None
    verified_on: date
    next_review: date
    triggers: dict[str, Trigger]
    gives: Text
    how_to_apply: Text
    documents: tuple[Text, ...] = ()
    reads: dict[str, str]  #: table → the legal basis for reading it
    values: dict[str, DatedValue] = Field(default_factory=dict)
    criteria: Group
    exclusions: tuple[Exclusion, ...] = ()
    amounts: tuple[Amount, ...] = ()
    deadline: Deadline | None = None
    limit_days: int = 60
    marks: tuple[str, ...] = ()
    examples: tuple[Example, ...] = ()

    @model_validator(mode="after")
    def _readable(self) -> Self:
        self.compiled(max(self.valid_from, self.verified_on))
        return self

    def compiled(self, on: date) -> "Compiled":
        """Every expression as a tree, with the dated values of one date. Raises RuleError naming criterion and column."""
        reads: set[tuple[str, str]] = set()

        def tree(place: str, text: str) -> Node:
            try:
                node, read = parse(text, dated=lambda name: self._dated(name, on))
            except RuleError as error:
                raise type(error)(f"{self.slug}.{place}: {error}") from None
            for table, column in sorted(read):
                if table not in self.reads and table not in _ALWAYS_READABLE:
                    raise RuleError(
                        f"{self.slug}.{place} reads {table}.{column}, but `reads` gives no legal basis for {table}"
                    )
            reads.update(read)
            return node

        return Compiled(
            criteria={one.id: tree(one.id, one.expr) if one.expr else None for one in self.criteria.criteria()},
            exclusions={one.id: tree(one.id, one.expr) for one in self.exclusions},
            amounts=tuple(tree(f"amounts.{one.value}", one.when) if one.when else None for one in self.amounts),
            reads=frozenset(reads),
        )

    def _dated(self, name: str, on: date) -> Constant:
        if name not in self.values:
            raise RuleError(f"there is no dated value {name!r} in this programme")
        return Constant(value=self.values[name].on(on, f"{self.slug}.{name}"), kind="number")

    @cached_property
    def asked(self) -> dict[str, Text]:
        """criterion id → what the reader is asked to check."""
        return {one.id: one.ask for one in self.criteria.criteria() if one.ask is not None}

    def in_force(self, on: date) -> bool:
        """Whether the programme exists on a date."""
        return self.valid_from <= on and (self.valid_to is None or on <= self.valid_to)

    def fiscal_year(self, on: date) -> int:
        """The fiscal year its yearly dates belong to."""
        return fiscal_year(on)


class Compiled(BaseModel):
    """A programme's expressions as trees."""

    model_config = ConfigDict(frozen=True, arbitrary_types_allowed=True)

    criteria: dict[str, Any]
    exclusions: dict[str, Any]
    amounts: tuple[Any, ...]
    reads: frozenset[tuple[str, str]]


def read_programme(path: Path) -> Programme:
    """A programme file. Raises RuleError that names the file and the field or criterion."""
    try:
        return parse_programme(yaml.safe_load(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        raise RuleError(f"there is no programme file {path}") from None
    except yaml.YAMLError as error:
        raise RuleError(f"{path.name} is not YAML: {str(error).splitlines()[0]}") from None
    except RuleError as error:
        raise type(error)(f"{path.name}: {error}") from None


def parse_programme(values: Any) -> Programme:
    """A programme from what its YAML or published JSON holds."""
    try:
        return Programme.model_validate(values)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        raise RuleError(f"{where}: {first['msg']}") from None
