"""Yes-or-no questions answered for many rows at once: two bits each in a few words, one for true, one for true or not known.

So what any of several rows says is the bitwise or of their words, and a condition in three values becomes two plain ones:
whether it surely holds, and whether it may.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import TypeAlias

from eligibility.language.compile import column_sql, flag_sql, given_sql, mask, to_sql
from eligibility.language.nodes import Consented, Constant, Flag, Logic, Node, flat, walk

#: in a word of 64 bits
_IN_A_WORD = 31
_TRUE, _UNKNOWN = 3, 2
#: the SQL of a question's bits for one row, given those that say true and those that say unknown; none say false
Answer: TypeAlias = Callable[[int, int], str]


@dataclass(kw_only=True)
class Words:
    """Questions by their text, each with its place in the words `<letter>0`, `<letter>1` …"""

    letter: str
    _places: dict[str, int] = field(default_factory=dict)

    def place(self, question: str) -> tuple[str, int]:
        """The word of a question and its place in there; equal questions have one place."""
        found = self._places.setdefault(question, len(self._places))
        return f"{self.letter}{found // _IN_A_WORD}", found % _IN_A_WORD

    def names(self) -> Iterator[str]:
        """The words in use."""
        for place in range(0, len(self._places), _IN_A_WORD):
            yield f"{self.letter}{place // _IN_A_WORD}"

    def all_unknown(self, name: str) -> int:
        """The word in which no answer is known."""
        return sum(_UNKNOWN << 2 * place for word, place in map(self.place, self._places) if word == name)

    def values(self, answers: Iterable[tuple[str, Answer]]) -> Iterator[str]:
        """The SQL of every word for one row, from questions, each with the SQL of its bits."""
        held: dict[str, list[str]] = {}
        for question, bits in answers:
            word, place = self.place(question)
            held.setdefault(word, []).append(bits(_TRUE << 2 * place, _UNKNOWN << 2 * place))
        for name in self.names():
            yield " + ".join(held.get(name, ["CAST(0 AS BIGINT)"]))


def answer(condition: str) -> Answer:
    """The bits of a condition in three values, from its SQL, which is told once: texts take time to be planned."""
    return lambda true, unknown: f"COALESCE(CAST(({condition}) AS BIGINT) * {true:d}, {unknown:d})"


def answer_of(node: Node, schema: str) -> Answer:
    """The bits of an expression, by two conditions without unknowns: quicker row by row."""
    sure, may = surely(node, schema), maybe(node, schema)
    return lambda true, unknown: f"CASE WHEN {sure} THEN {true:d} WHEN {may} THEN {unknown:d} ELSE 0 END"


def surely(node: Node, schema: str) -> str:
    """A condition without unknowns: whether the expression is true."""
    return _bound(node, schema, may=False)


def maybe(node: Node, schema: str) -> str:
    """A condition without unknowns: whether the expression is true or not known."""
    return _bound(node, schema, may=True)


def _bound(node: Node, schema: str, *, may: bool) -> str:
    if isinstance(node, Flag):
        return flag_sql(node, maybe=may)
    if isinstance(node, Constant) and node.value is None:
        return "TRUE" if may else "FALSE"
    if isinstance(node, Logic):
        return _logic(node, schema, may=may)
    if isinstance(node, Consented) and node.given is not None:
        given, inner = given_sql(node.given), _bound(node.inner, schema, may=may)
        return f"(NOT {given} OR {inner})" if may else f"({given} AND {inner})"
    return f"COALESCE({to_sql(node, schema)}, {'TRUE' if may else 'FALSE'})"


def _logic(node: Logic, schema: str, *, may: bool) -> str:
    """Flags of one word are asked together, and what takes more only where they leave it open: CASE works out no more than it must.

    What is surely not so is the opposite of what may be so.
    """
    if node.operator == "not":
        return f"(NOT {_bound(node.parts[0], schema, may=not may)})"
    masks: dict[str, int] = {}
    plain: list[str] = []
    more: list[str] = []
    for part in flat(node.operator, node.parts):
        if isinstance(part, Flag):
            name = column_sql(part)
            masks[name] = masks.get(name, 0) | mask(part, maybe=may)
        else:
            of_flags = all(isinstance(one, Flag | Logic | Constant) for one in walk(part))
            (plain if of_flags else more).append(_bound(part, schema, may=may))
    every, between = node.operator == "and", f" {node.operator.upper()} "
    asked = [f"(({name} & {bits:d}) {f'= {bits:d}' if every else '<> 0'})" for name, bits in masks.items()]
    flags, rest = between.join([*asked, *plain]), between.join(more)
    if not flags or not rest:
        return f"({flags or rest})"
    return (
        f"(CASE WHEN {flags} THEN ({rest}) ELSE FALSE END)"
        if every
        else f"(CASE WHEN {flags} THEN TRUE ELSE ({rest}) END)"
    )


def in_three_values(node: Node, schema: str) -> str:
    """The expression as one SQL value."""
    return f"CASE WHEN {surely(node, schema)} THEN TRUE WHEN NOT {maybe(node, schema)} THEN FALSE ELSE NULL END"
