"""Steps over columns, each worked out once however many ask for it, and carried out block by block: whole households in each.

A step takes what others gave and gives a column. What is the same for everybody is worked out when the plan is made.
"""

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cached_property
from os import cpu_count
from typing import Any, NamedTuple

import numpy as np

from eligibility.columnar.register import Register
from eligibility.columnar.vectors import Array, Values, Vector, joined, spread
from eligibility.language.sources import sources

#: people in a block: what is found of so many stays in memory that is near
_BLOCK = 3 << 15
_AT_HAND = 1 << 24  #: bytes


@dataclass(frozen=True, kw_only=True)
class Cases:
    """People, by their places in order and as often as they are asked about, each with the event that led there."""

    of: Array = field(repr=False)
    occurred_on: Values = field(repr=False)
    detail: Values = field(repr=False)  #: places of texts


@dataclass(kw_only=True)
class Plan:
    """Steps over a register: of everybody, or of cases. A step is known by its number.

    `steps`: what works out each, and the steps it takes; of none, it looks at the block itself. `fixed`: what is the same for all.
    """

    register: Register
    cases: Cases | None = None
    steps: dict[int, tuple[Callable[..., Any], tuple[int, ...]]] = field(default_factory=dict)
    fixed: dict[int, Any] = field(default_factory=dict)
    _numbers: dict[Hashable, int] = field(default_factory=dict)

    def constant(self, name: Hashable, value: Any) -> int:
        """A step that is known already. Equal names are one step, here as of the others."""
        number = self._number(("constant", name))
        self.fixed[number] = value
        return number

    def leaf(self, name: Hashable, function: "Callable[[Block], Any]") -> int:
        """A step that looks at a block's own people and records."""
        return self._step((name,), function, ())

    def derived(self, name: Hashable, function: Callable[..., Any], *inputs: int) -> int:
        """A step of others."""
        return self._step((name, *inputs), function, inputs)

    def _step(self, name: Hashable, function: Callable[..., Any], inputs: tuple[int, ...]) -> int:
        number = self._number(name)
        if number not in self.steps and number not in self.fixed:
            if inputs and all(one in self.fixed for one in inputs):
                self.fixed[number] = function(*(self.fixed[one] for one in inputs))
            else:
                self.steps[number] = function, inputs
        return number

    def _number(self, name: Hashable) -> int:
        return self._numbers.setdefault(name, len(self._numbers))

    def answers(self, asked: Sequence[int]) -> list[Array]:
        """The answers of those steps for everybody, in the order of their places; or for every case in theirs."""
        blocks, turns = self._blocks(), self.turns(asked)
        ends = np.cumsum([0, *(block.size for block in blocks)])
        found = [np.empty(ends[-1], dtype=np.uint8) for _ in asked]

        def fill(block: Block, begin: int, end: int) -> None:
            told = block.found(turns)
            for step, whole in zip(asked, found, strict=True):
                whole[begin:end] = told[step]

        _keep_at_hand()
        with ThreadPoolExecutor(cpu_count()) as threads:
            list(threads.map(fill, blocks, ends[:-1], ends[1:]))
        return found

    def vectors(self, asked: Sequence[int]) -> list[Vector]:
        """The same of steps that may give values, too."""
        blocks, turns = self._blocks(), self.turns(asked)
        found = ((block.size, block.found(turns)) for block in blocks)
        parts = [[spread(told[step], size) for step in asked] for size, told in found]
        return [joined(part) for part in zip(*parts, strict=True)]

    def turns(self, asked: Sequence[int]) -> "list[Turn]":
        """Every step that those asked need, each after all that it takes."""
        needed: dict[int, None] = {}
        for one in asked:
            self._need(one, needed)
        kept, turns = {*asked, *self.fixed}, list[Turn]()
        for number in reversed(needed):
            function, inputs = self.steps[number]
            turns.append(Turn(number, function, inputs, tuple({*inputs} - kept)))
            kept.update(inputs)
        return turns[::-1]

    def _need(self, step: int, needed: dict[int, None]) -> None:
        if step not in self.fixed and step not in needed:
            for one in self.steps[step][1]:
                self._need(one, needed)
            needed[step] = None

    def _blocks(self) -> "list[Block]":
        """The blocks in which somebody is asked about; one of nobody where there is none."""
        return [Block(self, ends) for ends in list(self._ends()) or [(0, 0)]]

    def _ends(self) -> Iterator[tuple[int, int]]:
        """Begin and end of each block, no household in two."""
        homes, begin = self.register.homes, 0
        while begin < homes.size:
            end = begin + _BLOCK
            end = homes.size if end >= homes.size else int(np.searchsorted(homes, homes[end]))
            end = end if end > begin else int(np.searchsorted(homes, homes[begin], side="right"))
            if self.cases is None or np.diff(np.searchsorted(self.cases.of, [begin, end])):
                yield begin, end
            begin = end


def _keep_at_hand() -> None:
    """Has glibc keep memory between steps, twice as much as is freed here at once, instead of handing it back and clearing it anew."""
    np.empty(_AT_HAND, dtype=np.uint8)


class Turn(NamedTuple):
    """A step when it is its turn, and what nobody takes after it."""

    number: int
    function: Callable[..., Any]
    inputs: tuple[int, ...]
    over: tuple[int, ...]


class Block:
    """The people from one place of the register to another, and the cases that are of them."""

    def __init__(self, plan: Plan, ends: tuple[int, int]) -> None:
        """`ends`: their first place, and the one after their last."""
        self.plan, (self.begin, self.end) = plan, ends
        self._rows: dict[str, tuple[Array, slice | Array]] = {}

    @property
    def people(self) -> int:
        """How many they are."""
        return self.end - self.begin

    @property
    def size(self) -> int:
        """How many are asked about: all these people, or their cases."""
        return self.people if self.plan.cases is None else self.cases.of.size

    @cached_property
    def cases(self) -> Cases:
        """The cases of these people, each of the person at a place in the block."""
        told = self.plan.cases
        assert told is not None and told.occurred_on.known is not None
        mine = slice(*np.searchsorted(told.of, [self.begin, self.end]))
        happened = Values(told.occurred_on.of[mine], told.occurred_on.known[mine])
        return Cases(of=told.of[mine] - self.begin, occurred_on=happened, detail=Values(told.detail.of[mine]))

    @property
    def homes(self) -> Array:
        """The household of each."""
        return self.plan.register.homes[self.begin : self.end]

    def found(self, turns: Sequence[Turn]) -> Mapping[int, Any]:
        """What steps give that somebody asked for, by their numbers. What nobody takes any more is let go of."""
        found = dict(self.plan.fixed)
        for number, function, inputs, over in turns:
            found[number] = function(*[found[one] for one in inputs]) if inputs else function(self)
            for one in over:
                del found[one]
        self._rows.clear()
        return found

    def rows(self, source: str) -> tuple[Array, slice | Array]:
        """The records of these people: whose each is, by place in the block, and where they are in the table."""
        if source not in self._rows:
            held = self.plan.register.rows(sources()[source])
            mine = slice(*np.searchsorted(held.of, np.array([self.begin, self.end], dtype=held.of.dtype)))
            where = mine if held.order is None else held.order[mine]
            self._rows[source] = held.of[mine].astype(np.int64) - self.begin, where
        return self._rows[source]
