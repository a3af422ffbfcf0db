"""A register and its tables as columns in memory. A column whose values repeat is a short list of them, and each row a place in it."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np

from eligibility.columnar.vectors import Array, Values, Vector, elements, taken
from eligibility.language.sources import Source

_AT_ONCE = 1 << 16


@dataclass(frozen=True, kw_only=True)
class Column:
    """`listed`: the values there are, the first of them none at all, and `places`: row → place; or, without places, each row's value.

    `complete`: surely no row is without a value.
    """

    listed: Vector = field(repr=False)
    places: Array | None = field(default=None, repr=False)
    complete: bool = False

    def kept(self, rows: Array) -> "Column":
        """Of these rows alone."""
        if self.places is None:
            return replace(self, listed=taken(self.listed, rows))
        return replace(self, places=self.places[rows])


@dataclass(kw_only=True)
class Texts:
    """Every text there is, by its place in one list: equal texts have one."""

    _places: dict[str, int] = field(default_factory=dict)

    def place(self, text: str) -> int:
        """Its place, made if there is none yet."""
        return self._places.setdefault(text, len(self._places))

    @property
    def listed(self) -> Mapping[int, str]:
        """All, by their places."""
        return {place: text for text, place in self._places.items()}


@dataclass(frozen=True, kw_only=True)
class Rows:
    """The records of a source that are of somebody registered, in the order of whose they are: `of`, their places among people.

    `order`: where in the table each is; None: as they lie.
    """

    of: Array = field(repr=False)
    order: Array | None = field(repr=False)


@dataclass(kw_only=True)
class Register:
    """Everybody registered as of a snapshot, by household, and their records. A person's place is that in the order of numbers.

    `columns`: by table and name; those of residents of nobody else.
    """

    columns: Mapping[tuple[str, str], Column] = field(repr=False)
    texts: Texts
    _rows: dict[tuple[str, str], Rows] = field(default_factory=dict, repr=False)
    _combinations: dict[tuple[tuple[str, str], ...], Array] = field(default_factory=dict, repr=False)

    @cached_property
    def numbers(self) -> Array:
        """The number in the snapshot of each person."""
        return self._numbers("resident_id")

    @cached_property
    def homes(self) -> Array:
        """The number in the snapshot of the household of each person; those of one household lie together."""
        return self._numbers("household_id")

    def _numbers(self, name: str) -> Array:
        found = self.columns["residents", name].listed
        assert isinstance(found, Values)
        return found.of

    @property
    def people(self) -> int:
        """How many are registered."""
        return self.numbers.size

    @cached_property
    def members(self) -> Array:
        """How many are registered in the household of each person."""
        ends = (
            np.append(np.flatnonzero(np.diff(self.homes)) + 1, self.people)
            if self.people
            else np.zeros(0, dtype=np.int64)
        )
        sizes = np.diff(ends, prepend=0)
        return np.repeat(sizes, sizes)

    def among(self, people: Array) -> tuple["Register", Array]:
        """Who lives with people at these places, as a register of its own, and their places in this one."""
        kept = np.flatnonzero(np.isin(self.homes, self.homes[people]))
        return Register(columns=of_residents(self.columns, kept), texts=self.texts), kept

    def column(self, table: str, name: str) -> Column:
        """A column of a table; of residents, only of who is registered."""
        return self.columns[table, name]

    def combinations(self, names: Sequence[tuple[str, str]]) -> Array:
        """The places, as `combined` makes them, that listed columns of one table may hold together: of all rows, and few more."""
        key = tuple(names)
        if key not in self._combinations:
            self._combinations[key] = self._combined([self.columns[name] for name in key])
        return self._combinations[key]

    def _combined(self, columns: Sequence[Column]) -> Array:
        sizes = [elements(one.listed).size for one in columns]
        long = [one for one, size in zip(columns, sizes, strict=True) if size > 1]
        if len(long) < 2:  # what a list holds is in some row
            return np.arange(1 if long and long[0].complete else 0, math.prod(sizes))
        there = np.zeros(math.prod(sizes), dtype=bool)
        places = [one.places for one in columns if one.places is not None]
        for begin in range(0, places[0].size, _AT_ONCE):
            there[combined([one[begin : begin + _AT_ONCE] for one in places], sizes)] = True
        return np.flatnonzero(there) if there.any() else np.arange(there.size)

    def rows(self, source: Source) -> Rows:
        """A source's records of people registered."""
        key = source.table, source.join
        if key not in self._rows:
            self._rows[key] = self._owned(source)
        return self._rows[key]

    def _owned(self, source: Source) -> Rows:
        told = self.columns[source.table, source.join].listed
        assert isinstance(told, Values)
        of, known = self.places_of(told.of)
        known = known if told.known is None else known & told.known
        order = None if known.all() else np.flatnonzero(known)
        of = of if order is None else of[order]
        if of.size > 1 and not (of[1:] >= of[:-1]).all():
            sorting = np.argsort(of, kind="stable")
            order = sorting if order is None else order[sorting]
            of = of[sorting]
        return Rows(of=of, order=order)

    def places_of(self, asked: Array) -> tuple[Array, Array]:
        """The places of people by their numbers, and who is there at all."""
        if not self.people:
            return np.zeros(asked.size, dtype=np.int64), np.zeros(asked.size, dtype=bool)
        if self.numbers[-1] == self.people - 1:  # nobody is left out between
            return asked, asked < self.people
        places = np.searchsorted(self.numbers, asked).clip(max=self.people - 1)
        return places, self.numbers[places] == asked


def of_residents(columns: Mapping[tuple[str, str], Column], rows: Array) -> Mapping[tuple[str, str], Column]:
    """The columns, those of residents for these rows alone."""
    return {key: one.kept(rows) if key[0] == "residents" else one for key, one in columns.items()}


def combined(places: Sequence[Array], sizes: Sequence[int]) -> Array:
    """One place for several, among all the ways in which they can stand together."""
    if len(places) == 1:
        return places[0]
    found = places[0].astype(np.intp)
    for place, size in zip(places[1:], sizes[1:], strict=True):
        found = found if size == 1 else found * size + place
    return found
