"""One programme, one file: criteria, dated values, deadline, texts, citations, examples, and what it may read on which legal basis."""

import re
from bisect import bisect_right
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any, Literal, Self

import yaml
from pydantic import BaseModel, Field, PrivateAttr, ValidationError, ValidationInfo, model_validator

from eligibility.compiled import Compiled, Spans
from eligibility.deadline import Deadline
from eligibility.language.nodes import Constant, Node, Scale
from eligibility.language.parse import did_you_mean, parse
from eligibility.parts import (
    KIND_OF_UNIT,
    NAME,
    SWEEP,
    Amount,
    Criterion,
    DatedValue,
    EventCode,
    Example,
    Exclusion,
    Group,
    Law,
    NoticeKind,
    Part,
    Purpose,
    Text,
    Trigger,
)
from eligibility.places import by_id, impossible_date, place_of, written_twice
from eligibility.slips import foreign_in_rule, misread, said, wide_in_yaml
from engine.core.errors import RuleError
from engine.core.yaml_text import compose_yaml, values_of
from engine.records.contract import load_contracts


class Programme(Part):
    """A programme file."""

    slug: str = Field(pattern=NAME)
    name: Text
    law: Law
    office: str
    level: Literal["national", "prefectural", "municipal"]
    recipient: Literal["guardian", "mother", "self", "self_or_guardian", "next_of_kin", "nhi_payer"]
    sensitivity: Literal["normal", "sensitive"] = "normal"
    valid_from: date
    valid_to: date | None = None
    verified_on: date
    next_review: date
    triggers: dict[EventCode, Trigger] = Field(min_length=1)
    #: no record shows whom it concerns (a death, a move): a sweep finds nobody without an event
    by_event_alone: bool = False
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

    _trees: dict[date, Compiled] = PrivateAttr(default_factory=dict)  #: by the day from which on they hold

    @model_validator(mode="before")
    @classmethod
    def _given(cls, values: Any) -> Any:
        """What a file says once under `given` stands in each of its examples; an example's own word goes first."""
        if not isinstance(values, dict) or "given" not in values:
            return values
        rest = {name: value for name, value in values.items() if name != "given"}
        return rest | {"examples": [_filled(values["given"], one) for one in values.get("examples", ())]}

    @model_validator(mode="after")
    def _readable(self, info: ValidationInfo) -> Self:
        self._trees.update({one.begin: one for one in info.context or ()})
        self._names_fit()
        self.compiled(self.verified_on)
        return self

    def _names_fit(self) -> None:
        """Every name means one thing. Raises RuleError that says which does not."""
        if self.valid_to is not None and self.valid_to < self.valid_from:
            raise RuleError(f"{self.slug}.valid_to: {self.valid_to} lies before {self.valid_from}, when it begins")
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
                raise RuleError(
                    f"{self.slug}.values.{name}: begins after the programme does, on {min(value.values)}; "
                    f"write what holds from {self.valid_from} on"
                )
        for table, purpose in self.reads.items():
            known = load_contracts()[table].columns if table in load_contracts() else {}
            missing = [column for column in purpose.columns if column not in known]
            if missing or not known:
                nearest = did_you_mean((missing or [table])[0], known or load_contracts())
                what = ".".join([table, *missing[:1]])
                raise RuleError(
                    f"{self.slug}.reads.{table}: there is no {what} in the contracts; {nearest}".rstrip("; ")
                )
        for field, answer in self.fields.items():
            part, _, rest = answer.partition(".")
            asked = [one.id for one in self.criteria.criteria() if one.when_unknown == part]
            if rest not in (
                asked if part in {"ask", "verify"} else self.reads[part].columns if part in self.reads else ()
            ):
                there = [f"{table}.{column}" for table, read in self.reads.items() for column in read.columns]
                nearest = did_you_mean(
                    answer, [*there, *(f"{one.when_unknown}.{one.id}" for one in self.criteria.criteria())]
                )
                raise RuleError(
                    f"{self.slug}.fields.{field}: {answer} is no column under `reads` and no criterion's ask or verify; "
                    f"{nearest}".rstrip("; ")
                )

    def compiled(self, on: date) -> Compiled:
        """Every expression as a tree, with the dated values of one date. Raises RuleError naming criterion and column.

        On a date outside the programme's time, the law of its first or last day.
        """
        begins = self._begins()
        place = max(bisect_right(begins, on) - 1, 0)
        if begins[place] not in self._trees:
            self._trees[begins[place]] = self._understood(*begins[place : place + 2])
        return self._trees[begins[place]]

    def spans(self) -> Spans:
        """What it comes to from its first day to its last."""
        return tuple(map(self.compiled, self._begins()))

    def _begins(self) -> list[date]:
        """Its first day, and every later one of its time on which a dated value changes."""
        changes = {day for value in self.values.values() for day in value.values if day > self.valid_from}
        return [self.valid_from, *(day for day in sorted(changes) if self.valid_to is None or day <= self.valid_to)]

    def _understood(self, on: date, until: date | None = None) -> Compiled:
        consent = {table: (read.consent, self.slug) for table, read in self.reads.items() if read.consent}
        reads: set[tuple[str, str]] = set()

        def tree(place: str, text: str) -> Node:
            foreign = foreign_in_rule(text)
            if foreign:
                raise RuleError(f"{self.slug}.{place}: {foreign}")
            try:
                node, read = parse(text, dated=lambda name: self._dated(name, on), consent=consent)
            except RuleError as error:
                raise type(error)(f"{self.slug}.{place}: {error}") from None
            for table, column in sorted(read):
                if table not in self.reads or column not in self.reads[table].columns:
                    raise RuleError(
                        f"{self.slug}.{place}: reads {table}.{column}, but `reads` gives no legal basis for it; "
                        "add the column there with its basis, or leave it alone"
                    )
            reads.update(read)
            return node

        return Compiled(
            slug=self.slug,
            valid_from=self.valid_from,
            valid_to=self.valid_to,
            begin=on,
            until=until,
            met=self.criteria.joined(),
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
        found, kind = self.values[short], KIND_OF_UNIT[self.values[short].unit]
        value = found.on(on, f"{self.slug}.{short}")
        if isinstance(value, tuple):
            return Scale(values=value, step=found.step or 0, kind=kind)
        return Constant(value=value, kind=kind, literal=found.unit == "count")

    def past_review(self, on: date) -> list[str]:
        """What should have been checked against the law by a date and was not: values by name, the programme by its slug."""
        stale = [name for name, value in self.values.items() if value.next_review < on]
        return [*stale, self.slug] if self.next_review < on else stale

    @property
    def kinds(self) -> dict[str, NoticeKind]:
        """What each cause leads to: its events, and a sweep, unless the programme only ever ends something."""
        kinds: dict[str, NoticeKind] = {event: trigger.kind for event, trigger in self.triggers.items()}
        swept: tuple[NoticeKind, ...] = ("entitlement", "duty", "information")
        found = next((kind for kind in swept if kind in kinds.values()), None)
        return kinds | ({SWEEP: found} if found else {})

    def in_force(self, on: date) -> bool:
        """Whether the programme exists on a date."""
        return self.valid_from <= on and (self.valid_to is None or on <= self.valid_to)


_PARTS: tuple[type[BaseModel], ...] = (
    Programme, Text, Law, Trigger, Purpose, DatedValue, Criterion, Group, Exclusion, Amount, Example, Deadline,
)  # fmt: skip
#: what pydantic puts into the place of an error for the kind of part it tried
_UNION_PARTS = ("Criterion", "Group", "function-", "tuple[", "[key]")
#: how pydantic writes a date that is a key
_DATE_KEY = re.compile(r"datetime\.date\((\d+), (\d+), (\d+)\)")


def _iso(found: re.Match[str]) -> str:
    return date(*(int(part) for part in found.groups())).isoformat()


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
        root = compose_yaml(text)
        twice = written_twice(root)
        if twice is not None:
            raise RuleError(f"{path.name}, {twice[0]}: «{twice[1]}» is written twice in one place; take one out")
        return parse_programme(values_of(root))
    except FileNotFoundError:
        raise RuleError(f"there is no programme file {path}") from None
    except yaml.MarkedYAMLError as error:
        wide = wide_in_yaml(text)
        if wide is not None:
            line, column, told = wide
            raise RuleError(f"{path.name} is not YAML: line {line}, column {column}: {told}") from None
        mark = error.problem_mark
        where = f"line {mark.line + 1}, column {mark.column + 1}: " if mark else ""
        raise RuleError(f"{path.name} is not YAML: {where}{misread(error)}") from None
    except (yaml.YAMLError, UnicodeDecodeError):
        raise RuleError(f"{path.name} is not YAML in UTF-8") from None
    except ValueError:  # YAML reads 2026-02-30 as a date, and then there is none
        found = impossible_date(text)
        if found is None:
            raise
        raise RuleError(f"{path.name}, {found[0]}: {found[1]} is no date of the calendar; write YYYY-MM-DD") from None
    except RuleError as error:
        if str(error).startswith(f"{path.name}, "):
            raise
        place = place_of(text, _path_in(str(error)))
        where = f"{path.name}, {place}" if place else path.name
        raise type(error)(f"{where}: {error}") from None


def _path_in(message: str) -> list[str]:
    """The path a message of ours begins with: `slug.criterion: …`, `values.limit.unit: …`, `slug.reads: …`."""
    path = message.partition(":")[0].split(".")
    return path if path[0] in Programme.model_fields or len(path) == 1 else path[1:]


def parse_programme(values: Any, *, spans: Spans = ()) -> Programme:
    """A programme from what its YAML or published JSON holds. `spans`: what is known already of what it comes to."""
    try:
        return Programme.model_validate(values, context=spans)
    except ValidationError as error:
        found = error.errors(include_url=False)
        names = {name for part in _PARTS for name in part.model_fields}
        # a misspelt field is the reason why the right one is missing
        misspelt = (one for one in found if one["type"] == "extra_forbidden" and one["loc"][-1] not in names)
        first = next(misspelt, found[0])
        path = [part for part in first["loc"] if not str(part).startswith(_UNION_PARTS) and part != "int"]
        where = ".".join(_DATE_KEY.sub(_iso, str(part)) for part in by_id(values, path))
        raise RuleError(f"{where or 'the file'}: {said(first, names)}") from None
