"""Who belongs to whom: members to their household, records to people; and rows of each with each of theirs."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from eligibility.columnar.vectors import NO, Array, Values


@dataclass(frozen=True, kw_only=True)
class Owned:
    """Rows that belong to others: `of` says to which of `count` each does, in their order."""

    of: Array = field(repr=False)
    count: int


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


def home_of(homes: Array, counting: Array) -> Reach:
    """The members of each person's household that may count; `counting` says of everybody whether they may."""
    held = members(homes)
    there = np.flatnonzero(np.broadcast_to(counting, homes.shape) != NO)
    size = np.bincount(held.of[there], minlength=held.count)
    first = np.cumsum(size) - size
    return Reach(first=first[held.of], size=size[held.of], of=there)


def records_of(rows: Owned) -> Reach:
    """Each person's records."""
    size = np.bincount(rows.of, minlength=rows.count)
    return Reach(first=np.cumsum(size) - size, size=size)


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


def pairs(whose: Array, reached: Reach) -> tuple[Owned, Array]:
    """A row for each person asked for and each of what is theirs: of which asking it is, and the place of what it reaches."""
    first, size = reached.first[whose], reached.size[whose]
    owner = np.repeat(np.arange(whose.size), size)
    before = np.cumsum(size) - size
    place = np.arange(owner.size) + (first - before)[owner]
    return Owned(of=owner, count=whose.size), place if reached.of is None else reached.of[place]
