"""Steps over columns, each worked out once however many ask for it, and carried out block by block: whole households in each.

A step takes what others gave and gives a column. What is the same for everybody is worked out when the plan is made.
"""

from collections import Counter
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cached_property
from os import cpu_count
from typing import Any

import numpy as np

from eligibility.columnar.register import Register
from eligibility.columnar.vectors import Array, Values, Vector, joined, spread
from eligibility.language.sources import sources

#: people in a block: what is found of so many stays in memory that is near
_BLOCK = 3 << 15


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
        blocks = self._blocks(asked)
        ends = np.cumsum([0, *(block.size for block in blocks)])
        found = [np.empty(ends[-1], dtype=np.uint8) for _ in asked]

        def fill(block: Block, begin: int, end: int) -> None:
            for step, whole in zip(asked, found, strict=True):
                whole[begin:end] = block.get(step)
            block.forget()

        with ThreadPoolExecutor(cpu_count()) as threads:
            list(threads.map(fill, blocks, ends[:-1], ends[1:]))
        return found

    def vectors(self, asked: Sequence[int]) -> list[Vector]:
        """The same of steps that may give values, too."""
        parts = [[spread(block.get(step), block.size) for step in asked] for block in self._blocks(asked)]
        return [joined(part) for part in zip(*parts, strict=True)]

    def _takers(self, asked: Sequence[int]) -> Mapping[int, int]:
        """For each step that is needed for those asked, how often it is taken."""
        taken, needed = Counter(asked), list({*asked})
        while needed:
            for one in self.steps.get(needed.pop(), (None, ()))[1]:
                needed += [one] if not taken[one] else []
                taken[one] += 1
        return taken

    def _blocks(self, asked: Sequence[int]) -> "list[Block]":
        """The blocks in which somebody is asked about; one of nobody where there is none."""
        takers = self._takers(asked)
        return [Block(self, ends, Counter(takers)) for ends in list(self._ends()) or [(0, 0)]]

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


class Block:
    """The people from one place of the register to another, the cases that are of them, and what was found."""

    def __init__(self, plan: Plan, ends: tuple[int, int], takers: dict[int, int]) -> None:
        """`takers`: how often each step will be taken."""
        self.plan, (self.begin, self.end), self._takers = plan, ends, takers
        self._found: dict[int, Any] = {}
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

    def get(self, step: int) -> Any:
        """What a step gives. It is let go of when the last of those who take it has."""
        if step in self.plan.fixed:
            return self.plan.fixed[step]
        if step not in self._found:
            function, inputs = self.plan.steps[step]
            self._found[step] = function(*map(self.get, inputs)) if inputs else function(self)
        self._takers[step] -= 1
        return self._found[step] if self._takers[step] else self._found.pop(step)

    def forget(self) -> None:
        """Lets go of all that was found."""
        self._found.clear()
        self._rows.clear()

    def rows(self, source: str) -> tuple[Array, slice | Array]:
        """The records of these people: whose each is, by place in the block, and where they are in the table."""
        if source not in self._rows:
            held = self.plan.register.rows(sources()[source])
            mine = slice(*np.searchsorted(held.of, np.array([self.begin, self.end], dtype=held.of.dtype)))
            where = mine if held.order is None else held.order[mine]
            self._rows[source] = held.of[mine].astype(np.int64) - self.begin, where
        return self._rows[source]
