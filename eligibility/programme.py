"""One programme, one file: criteria, dated values, deadline, texts, citations, examples, and what it may read on which legal basis."""

import re
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, PrivateAttr, ValidationError, model_validator

from eligibility.deadline import Deadline
from eligibility.language.nodes import Constant, Kind, Node, Scale
from eligibility.language.parse import did_you_mean, parse
from eligibility.places import place_of
from engine.core.errors import RuleError, ValueNotInForce
from engine.core.yaml_text import load_yaml
from engine.records.contract import load_contracts

NoticeKind = Literal["entitlement", "duty", "ending", "information"]
EventCode = Annotated[str, Field(pattern=r"^E\d{2}$")]
_NAME = r"^[a-z][a-z0-9_]*$"
_KIND_OF_UNIT: Mapping[str, Kind] = {
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

    id: str = Field(pattern=_NAME)
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

    id: str = Field(pattern=_NAME)
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


class Programme(Part):
    """A programme file."""

    slug: str = Field(pattern=_NAME)
    name: Text
    law: Law
    office: str
    level: str
    recipient: Literal["guardian", "mother", "self", "self_or_guardian", "next_of_kin", "nhi_payer"]
    sensitivity: Literal["normal", "sensitive"] = "normal"
    valid_from: date
    valid_to: date | None = None
    verified_on: date
    next_review: date
    triggers: dict[EventCode, Trigger] = Field(min_length=1)
    gives: Text
    how_to_apply: Text
    documents: tuple[Text, ...] = ()
    reads: dict[str, Purpose]  #: by table; default deny
    values: dict[str, DatedValue] = Field(default_factory=dict)
    criteria: Group
    exclusions: tuple[Exclusion, ...] = ()
    amounts: tuple[Amount, ...] = ()
    deadline: Deadline | None = None
    limit_days: int = 60
    marks: tuple[str, ...] = ()
    fields: dict[str, str] = Field(
        default_factory=dict
    )  #: what the law's draft asks → table.column, ask.id or verify.id
    examples: tuple[Example, ...] = ()

    _trees: "dict[tuple[int | tuple[int, ...], ...], Compiled]" = PrivateAttr(default_factory=dict)

    @model_validator(mode="before")
    @classmethod
    def _given(cls, values: Any) -> Any:
        """What a file says once under `given` stands in each of its examples; an example's own word goes first."""
        if not isinstance(values, dict) or "given" not in values:
            return values
        rest = {name: value for name, value in values.items() if name != "given"}
        return rest | {"examples": [_filled(values["given"], one) for one in values.get("examples", ())]}

    @model_validator(mode="after")
    def _readable(self) -> Self:
        self._names_fit()
        self.compiled(self.verified_on)
        return self

    def _names_fit(self) -> None:
        """Every name means one thing. Raises RuleError that says which does not."""
        names = [one.id for one in self.criteria.criteria()] + [one.id for one in self.exclusions]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise RuleError(f"{self.slug}.{twice[0]}: two criteria or exclusions have this id; give each its own")
        for amount in self.amounts:
            value = self.values.get(amount.value)
            if value is None or not value.unit.startswith("JPY") or value.step is not None:
                raise RuleError(f"{self.slug}.amounts: {amount.value} is no dated value in yen of this programme")
        for name, value in self.values.items():
            if min(value.values) > self.valid_from:
                raise RuleError(f"{self.slug}.values.{name} begins after the programme does, on {min(value.values)}")
        for field, answer in self.fields.items():
            part, _, rest = answer.partition(".")
            asked = [one.id for one in self.criteria.criteria() if one.when_unknown == part]
            if rest not in (
                asked if part in {"ask", "verify"} else self.reads[part].columns if part in self.reads else ()
            ):
                raise RuleError(
                    f"{self.slug}.fields.{field}: {answer} is no column under `reads` and no criterion's ask or verify"
                )
        for table, purpose in self.reads.items():
            known = load_contracts()[table].columns if table in load_contracts() else {}
            missing = [column for column in purpose.columns if column not in known]
            if missing or not known:
                nearest = did_you_mean((missing or [table])[0], known or load_contracts())
                what = ".".join([table, *missing[:1]])
                raise RuleError(f"{self.slug}.reads: there is no {what} in the contracts; {nearest}".rstrip("; "))

    def compiled(self, on: date) -> "Compiled":
        """Every expression as a tree, with the dated values of one date. Raises RuleError naming criterion and column.

        On a date outside the programme's time, the law of its first or last day.
        """
        on = max(on, self.valid_from) if self.valid_to is None else min(max(on, self.valid_from), self.valid_to)
        key = tuple(value.on(on, f"{self.slug}.{name}") for name, value in self.values.items())
        if key not in self._trees:
            self._trees[key] = self._understood(on)
        return self._trees[key]

    def _understood(self, on: date) -> "Compiled":
        consent = {table: (read.consent, self.slug) for table, read in self.reads.items() if read.consent}
        reads: set[tuple[str, str]] = set()

        def tree(place: str, text: str) -> Node:
            try:
                node, read = parse(text, dated=lambda name: self._dated(name, on), consent=consent)
            except RuleError as error:
                raise type(error)(f"{self.slug}.{place}: {error}") from None
            for table, column in sorted(read):
                if table not in self.reads or column not in self.reads[table].columns:
                    raise RuleError(
                        f"{self.slug}.{place} reads {table}.{column}, but `reads` gives no legal basis for it; "
                        "add the column there with its basis, or leave it alone"
                    )
            reads.update(read)
            return node

        return Compiled(
            criteria={one.id: tree(one.id, one.expr) if one.expr else None for one in self.criteria.criteria()},
            exclusions={one.id: tree(one.id, one.expr) for one in self.exclusions},
            amounts=tuple(tree(f"amounts.{one.value}", one.when) if one.when else None for one in self.amounts),
            reads=frozenset(reads),
        )

    def _dated(self, name: str, on: date) -> Constant | Scale:
        """`value('income_limit')`, or the same with the programme's slug before it."""
        short = name.removeprefix(f"{self.slug}.")
        if short not in self.values:
            nearest = did_you_mean(short, self.values)
            raise RuleError(f"there is no dated value {name!r} in this programme{'; ' + nearest if nearest else ''}")
        found, kind = self.values[short], _KIND_OF_UNIT[self.values[short].unit]
        value = found.on(on, f"{self.slug}.{short}")
        if isinstance(value, tuple):
            return Scale(values=value, step=found.step or 0, kind=kind)
        return Constant(value=value, kind=kind, literal=found.unit == "count")

    def past_review(self, on: date) -> list[str]:
        """What should have been checked against the law by a date and was not: values by name, the programme by its slug."""
        stale = [name for name, value in self.values.items() if value.next_review < on]
        return [*stale, self.slug] if self.next_review < on else stale

    def in_force(self, on: date) -> bool:
        """Whether the programme exists on a date."""
        return self.valid_from <= on and (self.valid_to is None or on <= self.valid_to)


class Compiled(BaseModel):
    """A programme's expressions as trees."""

    model_config = ConfigDict(frozen=True, arbitrary_types_allowed=True)

    criteria: dict[str, Any]
    exclusions: dict[str, Any]
    amounts: tuple[Any, ...]
    reads: frozenset[tuple[str, str]]


_PARTS: tuple[type[BaseModel], ...] = (
    Programme, Text, Law, Trigger, Purpose, DatedValue, Criterion, Group, Exclusion, Amount, Example, Deadline,
)  # fmt: skip
#: what pydantic puts into the place of an error for the kind of part it tried
_UNION_PARTS = ("Criterion", "Group", "function-")


def _filled(given: Mapping[str, Any], example: Mapping[str, Any]) -> dict[str, Any]:
    """An example with what is given for all of them: subject, event and records column by column, the rest whole."""
    parts = ("subject", "event", "records")
    inner = {
        name: {**given.get(name, {}), **example.get(name, {})} for name in parts if name in given or name in example
    }
    return {**given, **example, **inner}


def read_programme(path: Path) -> Programme:
    """A programme file. Raises RuleError that names the file, line and column, and the field or criterion."""
    text = ""
    try:
        text = path.read_text(encoding="utf-8")
        return parse_programme(load_yaml(text))
    except FileNotFoundError:
        raise RuleError(f"there is no programme file {path}") from None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        line = f"line {mark.line + 1}, column {mark.column + 1}: " if mark else ""
        raise RuleError(f"{path.name} is not YAML: {line}{error.problem}") from None
    except (yaml.YAMLError, UnicodeDecodeError):
        raise RuleError(f"{path.name} is not YAML in UTF-8") from None
    except RuleError as error:
        place = place_of(text, _path_in(str(error)))
        where = f"{path.name}, {place}" if place else path.name
        raise type(error)(f"{where}: {error}") from None


def _path_in(message: str) -> list[str]:
    """The path a message of ours begins with: `slug.criterion: …`, `values.limit.unit: …`, `slug.reads: …`."""
    path = message.partition(":")[0].split(".")
    return path if path[0] in Programme.model_fields or len(path) == 1 else path[1:]


def parse_programme(values: Any) -> Programme:
    """A programme from what its YAML or published JSON holds."""
    try:
        return Programme.model_validate(values)
    except ValidationError as error:
        found = error.errors(include_url=False)
        names = {name for part in _PARTS for name in part.model_fields}
        # a misspelt field is the reason why the right one is missing
        misspelt = (one for one in found if one["type"] == "extra_forbidden" and one["loc"][-1] not in names)
        first = next(misspelt, found[0])
        where = ".".join(part for part in map(str, first["loc"]) if not part.startswith(_UNION_PARTS))
        said = first["msg"].removeprefix("Value error, ")
        if first["type"] == "extra_forbidden":
            said = f"there is no such field; {did_you_mean(str(first['loc'][-1]), names)}see `todoke programmes schema`"
        if first["type"] == "literal_error":
            allowed = re.findall(r"'([^']*)'", first["ctx"]["expected"])
            said = f"{first['input']!r} is not allowed; {did_you_mean(str(first['input']), allowed)}use {', '.join(allowed)}"
        raise RuleError(f"{where or 'the file'}: {said}") from None
