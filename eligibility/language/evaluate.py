"""One person against one expression, without a database: the oracle the SQL must agree with."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from eligibility.language.nodes import (
    Among,
    Call,
    Column,
    Comparison,
    Constant,
    EventDetail,
    Logic,
    Moment,
    Node,
    Quantified,
    Value,
)
from eligibility.language.sources import sources
from eligibility.language.statutory import FUNCTIONS

Record = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What is known of one case: the subject, who lives with them (subject included), and the subject's rows by table."""

    subject: Record
    household: Sequence[Record] = ()
    records: Mapping[str, Sequence[Record]] = field(default_factory=dict)
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
        return _compare(node.operator, evaluate(node.left, facts, names), evaluate(node.right, facts, names))
    if isinstance(node, Among):
        left = evaluate(node.left, facts, names)
        return None if left is None else left in {option.value for option in node.options}
    if isinstance(node, Logic):
        return _logic(node.operator, [evaluate(part, facts, names) for part in node.parts])
    return _quantified(node, facts, names)


def _read(node: Column, facts: Facts, bound: Mapping[str, Record]) -> Value:
    if node.alias in bound:
        found: Value = bound[node.alias].get(node.name)
        return found
    if node.alias == "subject":
        return facts.subject.get(node.name)
    rows = facts.records.get(sources()[node.alias.removeprefix("subject.")].table, ())
    return rows[0].get(node.name) if rows else None


def _call(node: Call, facts: Facts, bound: Mapping[str, Record]) -> Value:
    function = FUNCTIONS[node.function]
    values = [evaluate(argument, facts, bound) for argument in node.arguments]
    needed = [value for place, value in enumerate(values) if not (function.open_ended and place == 1)]
    if any(value is None for value in needed):
        return None
    found: Value = function.python(*values)
    return found


def _compare(operator: str, left: Value, right: Value) -> bool | None:
    if left is None or right is None:
        return None
    if operator == "=":
        return left == right
    if operator == "<>":
        return left != right
    order = (left > right) - (left < right)  # type: ignore[operator]
    return {"<": order < 0, "<=": order <= 0, ">": order > 0, ">=": order >= 0}[operator]


def _logic(operator: str, values: Sequence[Value]) -> bool | None:
    if operator == "not":
        return None if values[0] is None else not values[0]
    deciding = operator == "or"
    if any(value is deciding for value in values):
        return deciding
    return None if any(value is None for value in values) else not deciding


def _quantified(node: Quantified, facts: Facts, bound: Mapping[str, Record]) -> Value:
    rows = facts.household if node.source == "household" else facts.records.get(sources()[node.source].table, ())
    values = [evaluate(node.predicate, facts, {**bound, node.alias: row}) for row in rows]
    trues, unknowns = values.count(True), values.count(None)
    if node.quantifier == "count_of":
        return None if unknowns else trues
    if node.quantifier == "all_of":
        return False if values.count(False) else None if unknowns else True
    found = True if trues else None if unknowns else False
    return found if node.quantifier == "any_of" or found is None else not found
