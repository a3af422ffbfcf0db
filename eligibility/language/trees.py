"""Expressions turned into others, and what may be asked of one: whether it depends on its own rows alone, or on two people."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace

from eligibility.language.compile import PEOPLE
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
    children,
    walk,
)

#: the one name of the rows that facts are found in, whatever a rule calls them: equal questions become equal texts; no rule can call
#: rows so
ROW = "_row"
#: numbers stand in the table of people under names of its own, and are not held against each other
_NUMBERS = frozenset({"resident_id", "household_id"})


def alone(node: Node) -> bool:
    """Whether a count or total depends on its own rows alone, and on nothing of the subject or another quantifier."""
    assert isinstance(node, Quantified | Total)
    if node.source == "household" and node.of != "subject":
        return False
    return all(_of_row(part, node.alias) for one in children(node) for part in walk(one))


def _of_row(part: Node, alias: str) -> bool:
    if isinstance(part, Quantified | Total | Moment | EventDetail):
        return False
    if isinstance(part, Column):
        return part.alias.partition(".")[0] == alias
    return not isinstance(part, Consented) or part.of == alias


def beside_event(node: Node) -> bool:
    """Whether a count or total of the subject depends on its own rows, and of all else on the event alone."""
    assert isinstance(node, Quantified | Total)
    return node.of == "subject" and all(_only_of(one, {node.alias}) for one in children(node))


def _only_of(node: Node, names: Collection[str]) -> bool:
    """Whether all that is read is read of rows called so, or of rows of theirs."""
    if isinstance(node, Column):
        return node.alias.partition(".")[0] in names
    if isinstance(node, Consented) and node.of not in names:
        return False
    if isinstance(node, Quantified | Total):
        theirs = node.source != "household" and node.of in names
        return theirs and all(_only_of(one, {*names, node.alias}) for one in children(node))
    return all(_only_of(one, names) for one in children(node))


def between_two(node: Node) -> bool:
    """Whether what a household's members give together depends on nothing but them and the subject, as `people` has them."""
    assert isinstance(node, Quantified | Total)
    if node.source != "household" or node.of != "subject":
        return False
    whose = {name for one in (node.alias, "subject") for name in (one, f"{one}.{PEOPLE}")}
    return all(_of_two(part, whose) for one in children(node) for part in walk(one))


def _of_two(part: Node, whose: Collection[str]) -> bool:
    if isinstance(part, Column):
        return part.alias in whose and part.table in {"residents", PEOPLE} and part.name not in _NUMBERS
    return isinstance(part, Constant | Logic | Comparison | Among | Call)


def of_people(node: Node, whose: Mapping[str, str]) -> Node:
    """The expression reading all of it from `people`, with the rows called as `whose` says."""
    found = inside(node, lambda part: of_people(part, whose))
    if not isinstance(found, Column):
        return found
    return replace(found, alias=f"{whose[found.alias.partition('.')[0]]}.{PEOPLE}")


def renamed(node: Node, alias: str) -> Node:
    """The expression with its rows called as the tables of facts call them."""
    found = inside(node, lambda part: renamed(part, alias))
    if isinstance(found, Column):
        head, dot, rest = found.alias.partition(".")
        return replace(found, alias=ROW + dot + rest) if head == alias else found
    if isinstance(found, Quantified | Total) and found.of == alias:
        return replace(found, of=ROW)
    if isinstance(found, Consented) and found.of == alias:
        given = replace(found.given, alias=f"{ROW}.{PEOPLE}") if found.given else None
        return replace(found, of=ROW, given=given)
    return found


def inside(node: Node, change: Callable[[Node], Node]) -> Node:
    """The node with each expression right below it changed."""
    if isinstance(node, Comparison):
        return Comparison(operator=node.operator, left=change(node.left), right=change(node.right))
    if isinstance(node, Logic):
        return Logic(operator=node.operator, parts=tuple(map(change, node.parts)))
    if isinstance(node, Call):
        return Call(function=node.function, arguments=tuple(map(change, node.arguments)), kind=node.kind)
    if isinstance(node, Among):
        return Among(left=change(node.left), options=node.options)
    if isinstance(node, Lookup):
        return replace(node, index=change(node.index))
    if isinstance(node, Total):
        return replace(node, predicate=change(node.predicate), summed=change(node.summed))
    if isinstance(node, Quantified):
        return replace(node, predicate=change(node.predicate))
    return replace(node, inner=change(node.inner)) if isinstance(node, Consented) else node
