"""Who belongs to whom: members to their household, records to people; and rows of each with each of theirs."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from eligibility.columnar.vectors import NO, Array, Values


@dataclass(frozen=True, kw_only=True)
class Owned:
    """Rows that belong to others: `of` says to which of `count` each does, in their order."""

    of: Array = field(repr=False)
    count: int

    @cached_property
    def ends(self) -> Array:
        """For each owner how many rows are theirs or of those before them."""
        return np.cumsum(np.bincount(self.of, minlength=self.count))

    def how_many(self, which: Array) -> Array:
        """For each owner how many of their rows are such."""
        so_far = np.zeros(which.size + 1, dtype=np.int32)
        np.cumsum(which, out=so_far[1:])
        return np.diff(so_far.take(self.ends), prepend=0)


@dataclass(frozen=True, kw_only=True)
class Neighbours:
    """Members of households lie together: `within[d]` covers with ones who has somebody of the household d places on, d = 1, 2, 4 …"""

    within: Mapping[int, Array] = field(repr=False)


def neighbours(homes: Array) -> Neighbours:
    """Of people whose households these are, in order."""
    within, apart = {}, 1
    while apart < homes.size and (same := homes[apart:] == homes[:-apart]).any():
        within[apart] = np.negative(same.view(np.uint8))
        apart *= 2
    return Neighbours(within=within)


def members(homes: Array) -> Owned:
    """Whose household everybody is of: by place among the households of the block."""
    new = np.ones(homes.size, dtype=bool)
    new[1:] = homes[1:] != homes[:-1]
    of = np.cumsum(new) - 1
    return Owned(of=of, count=int(of[-1]) + 1 if of.size else 0)


@dataclass(frozen=True, kw_only=True)
class Reach:
    """For each person where theirs begin, and how many they are: rows, or, by their places in `of`, some of the people."""

    first: Array = field(repr=False)
    size: Array = field(repr=False)
    of: Array | None = field(default=None, repr=False)


def home_of(held: Owned, counting: Array) -> Reach:
    """The members of each person's household that may count; `counting` says of everybody whether they may."""
    may = np.broadcast_to(counting != NO, held.of.shape)
    size = held.how_many(may)
    return Reach(first=(np.cumsum(size) - size).take(held.of), size=size.take(held.of), of=np.flatnonzero(may))


def records_of(rows: Owned) -> Reach:
    """Each person's records."""
    size = np.diff(rows.ends, prepend=0)
    return Reach(first=rows.ends - size, size=size)


def row_of(rows: Owned) -> Array:
    """For each person the place of their one record, -1 where there is none."""
    found = np.full(rows.count, -1)
    found[rows.of] = np.arange(rows.of.size)
    return found


def own_places(places: Array, at: Array) -> Array:
    """For each person the place of what their one record says; 0, that of nothing, where there is none."""
    return np.where(at < 0, 0, places.take(at, mode="clip")) if places.size else np.zeros(at.size, dtype=np.intp)


def own_values(values: Values, at: Array) -> Values:
    """For each person the value their one record holds; not known where there is none."""
    there = at >= 0
    if not values.of.size:
        return Values(np.zeros(at.size, dtype=np.int64), there)
    known = there if values.known is None else there & values.known.take(at, mode="clip")
    return Values(values.of.take(at, mode="clip"), known)


def reach_of(reached: Reach, whose: Array) -> Reach:
    """What these people reach, one after the other."""
    return Reach(first=reached.first.take(whose), size=reached.size.take(whose), of=reached.of)


def pairs(reached: Reach) -> tuple[Owned, Array]:
    """A row for each person and each of what is theirs: whose it is, and the place of what it reaches."""
    shift = reached.first + reached.size
    shift -= np.cumsum(reached.size)
    place = np.repeat(shift, reached.size)
    place += np.arange(place.size)
    owned = Owned(of=np.repeat(np.arange(shift.size), reached.size), count=shift.size)
    return owned, place if reached.of is None else reached.of.take(place)
