"""The pieces a programme file is made of: texts, law, triggers, dated values, criteria, exclusions, amounts, examples."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from eligibility.compiled import Joined
from eligibility.language.nodes import Kind
from engine.core.errors import ValueNotInForce

NoticeKind = Literal["entitlement", "duty", "ending", "information"]
EventCode = Annotated[str, Field(pattern=r"^E\d{2}$")]
NAME = r"^[a-z][a-z0-9_]*$"
#: the cause of a notice that no event brought: everybody was held against a programme (全件点検)
SWEEP = "SWEEP"
KIND_OF_UNIT: Mapping[str, Kind] = {
    "JPY": "yen",
    "JPY/month": "yen",
    "years": "years",
    "months": "months",
    "days": "days",
    "count": "number",
}


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
    """What an event leads to: an entitlement, a duty, an ending, or information. Its own words on what to do, if any."""

    kind: NoticeKind
    how_to_apply: Text | None = None


class Purpose(Part):
    """What a programme may read of one table, and the legal basis for it. Nothing else may be read."""

    basis: str
    columns: tuple[str, ...]
    consent: Literal["TAX", "WELFARE", "HEALTH"] | None = None  #: read only of who agreed to this group being used


class DatedValue(Part):
    """A number in law that changes: unit, source, when it was checked, and its value from each date on.

    A list is a table: the values for 0, 1, 2 …, and `step` more for each further one.
    """

    unit: Literal["JPY", "JPY/month", "years", "months", "days", "count"]
    source: str
    verified_on: date
    next_review: date
    values: dict[date, int | tuple[int, ...]] = Field(min_length=1)
    step: int | None = None

    @model_validator(mode="after")
    def _one_form(self) -> Self:
        tables = [isinstance(value, tuple) for value in self.values.values()]
        if any(tables) != (self.step is not None) or any(tables) != all(tables) or () in self.values.values():
            raise ValueError(
                "either every value is a number, or every value is a list of numbers with a step beside it"
            )
        return self

    def on(self, day: date, name: str) -> int | tuple[int, ...]:
        """The value in force. Raises ValueNotInForce for a day before the first one."""
        begun = [begin for begin in sorted(self.values) if begin <= day]
        if not begun:
            raise ValueNotInForce(f"{name} has no value in force on {day}; the first is {min(self.values)}")
        return self.values[begun[-1]]


class Criterion(Part):
    """A condition. Without `expr` no record can answer it: it is unknown, and the reader is asked."""

    id: str = Field(pattern=NAME)
    label: Text  #: the condition in a few words, for staff: 「18歳以上」
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
        if self.when_unknown == "verify" and self.verify is None:
            raise ValueError(f"{self.id}: when_unknown is verify, so say what staff must find out (verify: ja, en)")
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
        if not self.parts:
            raise ValueError("a group holds at least one criterion")
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

    def joined(self) -> Joined:
        """How the answers to its criteria are joined."""
        how: Literal["all", "any", "none"] = (
            "all" if self.all is not None else "any" if self.any is not None else "none"
        )
        return Joined(
            how=how, parts=tuple(one.id if isinstance(one, Criterion) else one.joined() for one in self.parts)
        )

    def verdict(self, results: Mapping[str, bool | None]) -> bool | None:
        """Three-valued: None is unknown."""
        values = [results[part.id] if isinstance(part, Criterion) else part.verdict(results) for part in self.parts]
        if self.all is not None:
            return False if False in values else None if None in values else True
        found = True if True in values else None if None in values else False
        return found if self.any is not None or found is None else not found

    def undecided(self, results: Mapping[str, bool | None]) -> Iterator[Criterion]:
        """The unknown criteria on which the verdict still hangs; in a group that is decided, none does."""
        if self.verdict(results) is not None:
            return
        for part in self.parts:
            if isinstance(part, Group):
                yield from part.undecided(results)
            elif results[part.id] is None:
                yield part


class Exclusion(Part):
    """Why somebody is left out, judged on the records as they stood before the event."""

    id: str = Field(pattern=NAME)
    label: Text  #: the reason in a few words, for staff: 「もう受け取っている」
    expr: str
    cites: str


class Amount(Part):
    """An amount with its own label. Without `when` it always counts; several may count where a fact is unknown."""

    when: str | None = None
    value: str
    label: Text


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
    amounts: tuple[int, ...] | None = None  #: yen, where they are worth holding to
    deadline: date | None = None
    loss_free: date | None = None
    late: bool | None = None
    undecided: tuple[str, ...] | None = None  #: criteria the verdict still hangs on
