"""Rows over which expressions are worked out, and whom and what an expression names."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from eligibility.language.nodes import (
    Call,
    Column,
    Consented,
    EventDetail,
    Moment,
    Node,
    Quantified,
    Total,
    children,
)
from eligibility.language.statutory import EVERY, FUNCTIONS

#: what rows may be, beside the name of a source: people, the events of cases
PEOPLE, EVENTS = "people", "events"
#: what an expression names beside people and records
EVENT = "event"
#: functions of texts; all others are of days and numbers
OF_TEXTS = frozenset(EVERY) - frozenset(FUNCTIONS) | {"relation"}
#: columns of one person or record whose values stand together in a list; most often it is one column
Columns: TypeAlias = tuple[Column, ...]


@dataclass(frozen=True, kw_only=True)
class Seat:
    """How rows know somebody or something a rule names: `at`, the step that gives their places there; None: they are those rows."""

    base: str
    at: int | None = None


@dataclass(frozen=True, kw_only=True)
class Frame:
    """Rows, and whom each of them knows by which name. `count`: the step that gives how many. `listed`: of these columns' values alone."""

    seats: Mapping[str, Seat]
    count: int
    listed: Columns = ()


@dataclass(frozen=True, kw_only=True)
class About:
    """Whom and what an expression names outside itself, and its columns; None where it asks rows of anybody's."""

    whose: frozenset[str]
    columns: frozenset[Columns] | None


@dataclass(kw_only=True)
class Naming:
    """Tells what expressions are about. `of_cases`: each has an event of its own, which is then named as well."""

    of_cases: bool
    _found: dict[int, tuple[Node, About]] = field(default_factory=dict)

    def about(self, node: Node) -> About:
        """What this one is about; looked at once."""
        found = self._found.get(id(node))
        if found is None:  # the node is kept beside it, so that no other comes to have its id
            found = self._found[id(node)] = node, About(whose=self._whose(node), columns=self._columns(node))
        return found[1]

    def _whose(self, node: Node) -> frozenset[str]:
        if isinstance(node, Column):
            return frozenset([node.alias.partition(".")[0]])
        if isinstance(node, EventDetail) or (isinstance(node, Moment) and node.name == "occurred_on"):
            return frozenset([EVENT] if self.of_cases else [])
        inner = frozenset[str]().union(*(self.about(part).whose for part in children(node)))
        if isinstance(node, Quantified | Total):
            return inner - {node.alias} | {node.of}
        return inner | {node.of} if isinstance(node, Consented) else inner

    def _columns(self, node: Node) -> frozenset[Columns] | None:
        if isinstance(node, Quantified | Total | Consented):
            return None
        if isinstance(node, Column):
            return frozenset([(node,)])
        if isinstance(node, Call) and node.function in OF_TEXTS:
            return frozenset([tuple(one for one in node.arguments if isinstance(one, Column))])
        parts = [self.about(part).columns for part in children(node)]
        return None if None in parts else frozenset[Columns]().union(*(part for part in parts if part is not None))
