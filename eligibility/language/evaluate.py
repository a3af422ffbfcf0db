"""One person against one expression, without a database: the oracle the SQL must agree with."""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import chain
from typing import Any

from eligibility.language.nodes import (
    Among,
    Call,
    Column,
    Comparison,
    Consented,
    Constant,
    EventDetail,
    Logic,
    Lookup,
    Moment,
    Node,
    Quantified,
    Total,
    Value,
)
from eligibility.language.sources import sources
from eligibility.language.statutory import EVERY

Record = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What is known of one case.

    `household` is everybody registered together, the subject included; None when nobody said who lives there.
    `records` are rows by table: a table that is absent is unknown, an empty one says that there is no row.
    """

    subject: Record = field(repr=False)  #: personal data
    household: Sequence[Record] | None = field(default=None, repr=False)  #: personal data
    records: Mapping[str, Sequence[Record]] = field(default_factory=dict, repr=False)  #: personal data
    as_of: date
    occurred_on: date | None
    detail: str = ""


def evaluate(node: Node, facts: Facts, bound: Mapping[str, Record] | None = None) -> Value:
    """The value of an expression; None is unknown. Three-valued: unknown and false is false, unknown or true is true."""
    names = bound or {}
    if isinstance(node, Constant):
        return node.value
    if isinstance(node, Moment):
        return facts.as_of if node.name == "as_of" else facts.occurred_on
    if isinstance(node, EventDetail):
        return facts.detail
    if isinstance(node, Column):
        return _read(node, facts, names)
    if isinstance(node, Call):
        return _call(node, facts, names)
    if isinstance(node, Comparison):
        return _compared(node, facts, names)
    if isinstance(node, Among):
        left = evaluate(node.left, facts, names)
        return None if left is None else left in {option.value for option in node.options}
    if isinstance(node, Logic):
        return _logic(node, facts, names)
    if isinstance(node, Quantified):
        return _quantified(node, facts, names)
    if isinstance(node, Total):
        return _total(node, facts, names)
    if isinstance(node, Lookup):
        return _looked_up(node, evaluate(node.index, facts, names))
    return evaluate(node.inner, facts, names) if _consents(node, facts, names) else None


def _read(node: Column, facts: Facts, bound: Mapping[str, Record]) -> Value:
    whose, _, source = node.alias.partition(".")
    row = _person(whose, facts, bound)
    if source:
        rows = _rows(source, facts, row) or ()
        row = rows[0] if rows else {}
    found: Value = row.get(node.name)
    return found


def _person(name: str, facts: Facts, bound: Mapping[str, Record]) -> Record:
    return facts.subject if name == "subject" else bound[name]


def _rows(source: str, facts: Facts, of: Record) -> Sequence[Record] | None:
    """The rows an expression means by a name, of the household or of one person; None when the facts do not say."""
    if source == "household":
        if facts.household is None:
            return None
        return [row for row in facts.household if row.get("status", "RESIDENT") == "RESIDENT"]
    found = sources()[source]
    rows = facts.records.get(found.table)
    return None if rows is None else _own(rows, found.join, of, facts)


def _own(rows: Sequence[Record], join: str, of: Record, facts: Facts) -> Sequence[Record]:
    """A person's rows. A row that does not say whose it is belongs to the subject."""
    me, subject = of.get("resident_id"), facts.subject.get("resident_id")
    if me is None or me == subject:
        return [row for row in rows if subject is None or row.get(join, subject) == subject]
    return [row for row in rows if row.get(join) == me]


def _consents(node: Consented, facts: Facts, bound: Mapping[str, Record]) -> bool:
    """Whether the person whose record it is agreed to this reading, and has not taken it back by the day asked about."""
    given = _own(facts.records.get("consents", ()), "resident_id", _person(node.of, facts, bound), facts)
    return any(
        (row.get("data_group"), row.get("programme")) == (node.group, node.programme)
        and EVERY["in_force"].python(row.get("given_on"), row.get("withdrawn_on"), facts.as_of)
        for row in given
    )


def _looked_up(node: Lookup, index: Value) -> Value:
    if index is None or not isinstance(index, int) or index < 0:
        return None
    values, beyond = node.scale.values, index - len(node.scale.values) + 1
    return values[index] if beyond <= 0 else values[-1] + node.scale.step * beyond


def _call(node: Call, facts: Facts, bound: Mapping[str, Record]) -> Value:
    function = EVERY[node.function]
    values = [evaluate(argument, facts, bound) for argument in node.arguments]
    if None in values and not function.sees_unknown:
        return None
    found: Value = function.python(*values)
    return found


def _compared(node: Comparison, facts: Facts, bound: Mapping[str, Record]) -> bool | None:
    if isinstance(node.left, Quantified) and node.left.quantifier == "count_of" and isinstance(node.right, Constant):
        trues, unknowns = _tally(node.left, facts, bound)
        assert isinstance(node.right.value, int)
        return _between(node.operator, trues, trues + unknowns, node.right.value)
    return _compare(node.operator, evaluate(node.left, facts, bound), evaluate(node.right, facts, bound))


def _compare(operator: str, left: Value, right: Value) -> bool | None:
    if left is None or right is None:
        return None
    if operator in {"=", "<>"}:
        return (left == right) is (operator == "=")
    order = (left > right) - (left < right)  # type: ignore[operator]
    return {"<": order < 0, "<=": order <= 0, ">": order > 0, ">=": order >= 0}[operator]


def _between(operator: str, least: float, most: float, than: int) -> bool | None:
    """A number of which only its bounds are known, compared: decided where both bounds say the same."""
    if operator in {"=", "<>"}:
        same = None if least <= than <= most and least != most else least <= than <= most
        return same if same is None or operator == "=" else not same
    low, high = _compare(operator, least, than), _compare(operator, most, than)  # type: ignore[arg-type]
    return low if low == high else None


def _logic(node: Logic, facts: Facts, bound: Mapping[str, Record]) -> bool | None:
    values = (evaluate(part, facts, bound) for part in node.parts)
    if node.operator == "not":
        return _not(next(values))
    return _any(values) if node.operator == "or" else _not(_any(map(_not, values)))


def _not(value: Value) -> bool | None:
    return None if value is None else not value


def _any(values: Iterable[Value]) -> bool | None:
    """Whether one of them is true: none is worked out after the first that is."""
    found: bool | None = False
    for value in values:
        if value:
            return True
        found = None if value is None else found
    return found


def _told(node: Quantified, facts: Facts, bound: Mapping[str, Record]) -> tuple[Iterator[Value], bool]:
    """What each row gives, and whether these are all: any number more may be in a household or table nobody told."""
    rows = _rows(node.source, facts, _person(node.of, facts, bound))
    told = rows if rows is not None else [facts.subject] if node.source == "household" else []
    return (evaluate(node.predicate, facts, {**bound, node.alias: row}) for row in told), rows is not None


def _tally(node: Quantified, facts: Facts, bound: Mapping[str, Record]) -> tuple[int, float]:
    """How many rows are true, and how many unknown."""
    found, all_told = _told(node, facts, bound)
    values = list(found)
    return values.count(True), values.count(None) if all_told else math.inf


def _quantified(node: Quantified, facts: Facts, bound: Mapping[str, Record]) -> Value:
    if node.quantifier == "count_of":
        trues, unknowns = _tally(node, facts, bound)
        return None if unknowns else trues
    values, all_told = _told(node, facts, bound)
    wanted = map(_not, values) if node.quantifier == "all_of" else values
    found = _any(wanted if all_told else chain(wanted, [None]))
    return found if node.quantifier == "any_of" else _not(found)


def _total(node: Total, facts: Facts, bound: Mapping[str, Record]) -> Value:
    rows = _rows(node.source, facts, _person(node.of, facts, bound))
    if rows is None:
        return None
    found: list[Value] = []
    for row in rows:
        names = {**bound, node.alias: row}
        counts = evaluate(node.predicate, facts, names)
        if counts is None:
            return None
        found += [evaluate(node.summed, facts, names)] if counts else []
    if node.quantifier == "one_of":
        return found[0] if len(found) == 1 else None
    return None if None in found else sum(value for value in found if isinstance(value, int))
