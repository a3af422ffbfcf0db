"""Kinds of values: what may be compared with what. Yen with yen, years with years; a code with the codes of its column."""

from datetime import date
from typing import TypeVar

from eligibility.language.nodes import NUMERIC, Column, Constant, Kind, Node
from eligibility.language.sources import codes_of
from engine.core.errors import RuleError

AnyNode = TypeVar("AnyNode", bound=Node)
_PLURAL = frozenset({"years", "months", "days", "yen"})

_AGE = "; for an age write reaches_age_on(subject.birth_date, 65) <= as_of"


def shown(kind: Kind) -> str:
    """A kind in a message: a date, years."""
    return kind if kind in _PLURAL else f"a {kind}"


def alike(left: Node, right: AnyNode, text: str) -> tuple[Node, AnyNode | Constant]:
    """Both sides with one kind: a literal takes the kind of the other side. Raises RuleError for two different kinds."""
    taken: AnyNode | Constant = right
    if isinstance(right, Constant) and right.literal:
        taken = _taken(right, left, text)
    if left.kind != taken.kind:
        hint = _AGE if {left.kind, taken.kind} == {"date", "number"} else ""
        raise RuleError(f"«{text}» compares {shown(left.kind)} with {shown(taken.kind)}{hint}")
    return left, taken


def _taken(literal: Constant, other: Node, text: str) -> Constant:
    """The literal as the kind of what it stands beside."""
    if literal.kind == "number" and other.kind in NUMERIC:
        return Constant(value=literal.value, kind=other.kind)
    if literal.kind == "text" and other.kind == "date":
        try:
            return Constant(value=date.fromisoformat(str(literal.value)), kind="date")
        except ValueError:
            raise RuleError(f"«{text}»: {literal.value!r} is not a date; write it as 'YYYY-MM-DD'") from None
    if literal.kind == "text" and other.kind == "code" and isinstance(other, Column):
        codes = codes_of(other.table, other.name)
        if codes and literal.value not in codes:
            raise RuleError(f"«{text}»: {other.table}.{other.name} has the codes {', '.join(codes)}")
        return Constant(value=literal.value, kind="code")
    return literal
