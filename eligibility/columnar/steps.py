"""What a step does with whole columns: compares them, joins answers, and gathers what the rows of each person or household give."""

from collections.abc import Callable, Mapping, Sequence
from functools import reduce
from typing import Any

import numpy as np

from eligibility.columnar.owners import Neighbours, Owned
from eligibility.columnar.vectors import NO, UNKNOWN, YES, Array, Values, Vector, answers, both_known, spread, values_of

_COMPARE: Mapping[str, Callable[[Array, Any], Array]] = {
    "=": np.equal,
    "<>": np.not_equal,
    "<": np.less,
    "<=": np.less_equal,
    ">": np.greater,
    ">=": np.greater_equal,
}


def any_at_home(told: Array, near: Neighbours) -> Array:
    """For everybody, the most that anybody in their household says: first handed to the first of them, then from there to all."""
    if told.ndim == 0:
        return told
    found = np.array(told)
    for apart, within in near.within.items():
        handed = found[apart:] & within
        np.maximum(found[:-apart], handed, out=found[:-apart])
    for apart, within in reversed([*near.within.items()]):
        handed = found[:-apart] & within
        np.maximum(found[apart:], handed, out=found[apart:])
    return found


def any_of(told: Array, rows: Owned) -> Array:
    """For each owner, the most that any of their rows says."""
    if told.ndim == 0 and told == NO:
        return told
    told = _of_rows(told, rows)
    found = np.zeros(rows.count, dtype=np.uint8)
    for what in (UNKNOWN, YES):
        found[rows.of.take(np.flatnonzero(told == what))] = what
    return found


def opposite(told: Array) -> Array:
    """Not."""
    return np.asarray(YES - told)


def every(*told: Array) -> Array:
    """And."""
    return _joined(told, np.minimum, settles=NO, changes_nothing=YES)


def some(*told: Array) -> Array:
    """Or."""
    return _joined(told, np.maximum, settles=YES, changes_nothing=NO)


def _joined(told: Sequence[Array], join: np.ufunc, *, settles: np.uint8, changes_nothing: np.uint8) -> Array:
    """What is one for all is looked at first: it may settle the rest."""
    of_all = [one for one in told if one.ndim == 0]
    if any(one == settles for one in of_all):
        return np.asarray(settles)
    left = [one for one in told if one.ndim] + [one for one in of_all if one != changes_nothing]
    return np.asarray(reduce(join, left)) if left else np.asarray(changes_nothing)


def surely(told: Array) -> Array:
    """No also where it is not known."""
    return np.asarray(told & YES)


def how_many(what: np.uint8) -> Callable[[Array, Owned], Array]:
    """For each owner, how many of their rows say this. It is one number where all rows say no, and none where nobody's is unknown."""

    def counted(told: Array, rows: Owned) -> Array:
        such = told == what
        if (what == UNKNOWN and not such.any()) or (not told.ndim and told == NO):
            return np.asarray(0)
        return rows.how_many(np.broadcast_to(such, rows.of.shape))

    return counted


def counted(yes: Array, unknown: Array) -> Values:
    """A count, known where it is known of each row whether it counts."""
    return Values(yes, unknown == 0 if unknown.ndim else None)


def between(operator: str, than: int) -> Callable[[Array, Array], Array]:
    """A count of which its bounds are known, compared: decided where both say the same."""
    if operator in {"=", "<>"}:
        return lambda yes, unknown: _same(yes, yes + unknown, than, unequal=operator == "<>")
    compare = _COMPARE[operator]

    def compared(yes: Array, unknown: Array) -> Array:
        low = compare(yes, than)
        if not unknown.ndim:
            return answers(low, None)
        return np.where(low == compare(yes + unknown, than), answers(low, None), UNKNOWN)

    return compared


def _same(least: Array, most: Array, than: int, *, unequal: bool) -> Array:
    open_ = (least <= than) & (than <= most)
    found = np.where(open_, np.where(least == most, YES, UNKNOWN), NO)
    return opposite(found) if unequal else found


def total(told: Array, summed: Vector, rows: Owned) -> Values:
    """For each owner, the sum of their rows that count; unknown where it is unknown of one whether it counts, or what it holds."""
    told, values = _of_rows(told, rows), values_of(spread(summed, rows.of.size))
    counts = told == YES
    open_ = told == UNKNOWN if values.known is None else (told == UNKNOWN) | (counts & ~values.known)
    found = np.zeros(rows.count, dtype=np.int64)
    np.add.at(found, rows.of[counts], values.of[counts])
    known = np.ones(rows.count, dtype=bool)
    known[rows.of[open_]] = False
    return Values(found, known)


def the_only(told: Array, drawn: Vector, rows: Owned) -> Values:
    """For each owner, the value of their only row that counts; unknown of several, of none, and where that is open."""
    told, values = _of_rows(told, rows), values_of(spread(drawn, rows.of.size))
    counting = np.flatnonzero(told == YES)
    whose = rows.of.take(counting)
    one = np.zeros(rows.count, dtype=bool)
    one[whose] = True if values.known is None else values.known.take(counting)
    one[whose[1:][whose[1:] == whose[:-1]]] = False
    one[rows.of.take(np.flatnonzero(told == UNKNOWN))] = False
    found = np.zeros(rows.count, dtype=np.int64)
    found[whose] = values.of.take(counting)
    return Values(found, one)


def _of_rows(told: Array, rows: Owned) -> Array:
    whole = spread(told, rows.of.size)
    assert not isinstance(whole, Values)
    return whole


def compared(operator: str) -> Callable[[Vector, Vector], Array]:
    """Two columns held against each other."""
    compare = _COMPARE[operator]

    def held(left: Vector, right: Vector) -> Array:
        one, other = values_of(left), values_of(right)
        return answers(compare(one.of, other.of), both_known(one.known, other.known))

    return held


def among(options: Sequence[int]) -> Callable[[Vector], Array]:
    """Whether a value is one of these."""

    def held(told: Vector) -> Array:
        found = values_of(told)
        return answers(np.isin(found.of, options), found.known)

    return held


def over(function: Callable[..., Array]) -> Callable[..., Values]:
    """A function of values, unknown where one of them is."""

    def applied(*given: Values) -> Values:
        return Values(function(*(one.of for one in given)), both_known(*(one.known for one in given)))

    return applied


def in_force(begin: Values, end: Values, on: Values) -> Array:
    """From `begin` until the day before `end`. No end means that it still runs."""
    ended = compared("<")(on, end)
    open_ended = ended if end.known is None else np.where(end.known, ended, YES)
    return np.minimum(compared("<=")(begin, on), open_ended)


def looked_up(values: Sequence[int], step: int) -> Callable[[Values], Values]:
    """The value of a scale; unknown below 0."""
    scale, last = np.array(values, dtype=np.int64), len(values) - 1

    def found(index: Values) -> Values:
        value = scale.take(index.of, mode="clip")
        if index.of.size and index.of.max() > last:
            value = value + step * np.maximum(index.of - last, 0)
        return Values(value, both_known(index.known, index.of >= 0))

    return found


def agreed(given: Array, told: Vector) -> Vector:
    """What was told, unknown where nobody agreed to its being read."""
    if isinstance(told, Values):
        return Values(told.of, both_known(told.known, given == YES))
    return np.where(given == YES, told, UNKNOWN)
