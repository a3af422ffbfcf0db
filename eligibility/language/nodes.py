"""What an expression is once it is understood: a small tree, typed, with nothing in it but declared columns and named functions."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal, TypeAlias

#: number is a plain whole number: a count, a fiscal year; person and household are ids, which may only be told apart
Kind: TypeAlias = Literal[
    "date", "years", "months", "days", "yen", "number", "text", "code", "boolean", "person", "household"
]
Value: TypeAlias = date | int | str | bool | None
#: what the rows of consents are called; no rule can call others so
_CONSENT = "_consent"
NUMERIC: frozenset[Kind] = frozenset({"years", "months", "days", "yen", "number"})


@dataclass(frozen=True, kw_only=True)
class Constant:
    """A literal or a dated value. A literal takes the unit of what it is compared with; a dated value has its own."""

    value: Value
    kind: Kind
    literal: bool = True


@dataclass(frozen=True, kw_only=True)
class Column:
    """A column of a bound record: `alias` is subject, subject.<table>, or a quantifier's name."""

    alias: str
    table: str
    name: str
    kind: Kind


@dataclass(frozen=True, kw_only=True)
class Moment:
    """`as_of` (the night) or `event.occurred_on`."""

    name: Literal["as_of", "occurred_on"]
    kind: Kind = "date"


@dataclass(frozen=True, kw_only=True)
class EventDetail:
    """`event.detail`: months of age, kind of certificate."""

    kind: Kind = "text"


@dataclass(frozen=True, kw_only=True)
class Call:
    """A statutory function by its name."""

    function: str
    arguments: "tuple[Node, ...]"
    kind: Kind


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """Two values of one kind."""

    operator: Literal["=", "<>", "<", "<=", ">", ">="]
    left: "Node"
    right: "Node"
    kind: Kind = "boolean"


@dataclass(frozen=True, kw_only=True)
class Among:
    """A value in a list of constants."""

    left: "Node"
    options: tuple[Constant, ...]
    kind: Kind = "boolean"


@dataclass(frozen=True, kw_only=True)
class Logic:
    """all of, any of, or not one of, in three values."""

    operator: Literal["and", "or", "not"]
    parts: "tuple[Node, ...]"
    kind: Kind = "boolean"


@dataclass(frozen=True, kw_only=True)
class Quantified:
    """Over the household's members or one person's records: any, all, none, or how many.

    `of` says whose records: the subject's, or those of the member whom an outer quantifier calls so.
    """

    quantifier: Literal["any_of", "all_of", "none_of", "count_of"]
    source: str
    alias: str
    predicate: "Node"
    kind: Kind
    of: str = "subject"


@dataclass(frozen=True, kw_only=True)
class Total:
    """A value drawn from the rows for which a condition holds: their sum, or the value of the only one there is.

    Unknown when it is unknown of a row whether it counts, or what it holds; of no row or several, the only one is unknown too.
    """

    quantifier: Literal["sum_of", "one_of"]
    source: str
    alias: str
    predicate: "Node"
    summed: "Node"
    kind: Kind
    of: str = "subject"


@dataclass(frozen=True, kw_only=True)
class Scale:
    """A dated value that is a table: for 0, 1, 2 … and, past its end, `step` more for each further one."""

    values: tuple[int, ...]
    step: int
    kind: Kind


@dataclass(frozen=True, kw_only=True)
class Lookup:
    """The value of a scale for a number: an income limit for so many dependants."""

    scale: Scale
    index: "Node"
    kind: Kind


@dataclass(frozen=True, kw_only=True)
class Consented:
    """What may be read only of somebody who agreed to it, and is unknown of everybody else. `of`: whose it is.

    `given`: the column that says whether they agreed, where that was found beforehand.
    """

    group: str
    programme: str
    inner: "Node"
    kind: Kind
    of: str = "subject"
    given: Column | None = None


Node: TypeAlias = (
    Constant
    | Column
    | Moment
    | EventDetail
    | Call
    | Comparison
    | Among
    | Logic
    | Quantified
    | Total
    | Lookup
    | Consented
)


def walk(node: Node) -> Iterator[Node]:
    """The node and everything below it."""
    yield node
    for child in children(node):
        yield from walk(child)


def children(node: Node) -> tuple[Node, ...]:
    """The expressions right below it."""
    if isinstance(node, Call):
        return node.arguments
    if isinstance(node, Logic):
        return node.parts
    if isinstance(node, Comparison):
        return (node.left, node.right)
    if isinstance(node, Among):
        return (node.left,)
    if isinstance(node, Total):
        return (node.predicate, node.summed)
    if isinstance(node, Lookup):
        return (node.index,)
    if isinstance(node, Consented):
        return (node.inner,) if node.given is None else (node.inner, node.given)
    return (node.predicate,) if isinstance(node, Quantified) else ()


def flat(operator: str, parts: Iterable[Node]) -> Iterator[Node]:
    """The parts of a condition, those of parts joined in the same way among them."""
    for part in parts:
        if isinstance(part, Logic) and part.operator == operator:
            yield from flat(operator, part.parts)
        else:
            yield part


def given(node: Consented) -> Quantified:
    """That a person agreed to a reading, as a question of their consents."""

    def column(name: str, kind: Any) -> Column:
        return Column(alias=_CONSENT, table="consents", name=name, kind=kind)

    def text(name: str, value: str) -> Comparison:
        return Comparison(operator="=", left=column(name, "text"), right=Constant(value=value, kind="text"))

    holds = (column("given_on", "date"), column("withdrawn_on", "date"), Moment(name="as_of"))
    parts = (
        text("data_group", node.group),
        text("programme", node.programme),
        Call(function="in_force", arguments=holds, kind="boolean"),
    )
    agreed = Logic(operator="and", parts=parts)
    return Quantified(
        quantifier="any_of", source="consents", alias=_CONSENT, predicate=agreed, kind="boolean", of=node.of
    )
