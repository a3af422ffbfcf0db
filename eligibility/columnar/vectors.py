"""Columns of answers and of values. An answer is one of three: 0 no, 1 not known, 2 yes; so `and` is the least, `or` the most."""

from collections.abc import Sequence
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

Array: TypeAlias = NDArray[Any]
NO, UNKNOWN, YES = np.uint8(0), np.uint8(1), np.uint8(2)


class Values(NamedTuple):
    """Whole numbers: yen, years, days since 1970, numbers of people, places of texts in a list. `known`: None where every one is."""

    of: Array
    known: Array | None = None


#: answers, as whole numbers of 8 bits, or values
Vector: TypeAlias = "Array | Values"


def answers(yes: Array, known: Array | None) -> Array:
    """Answers from what holds and what is known."""
    if known is None:
        return np.left_shift(yes.view(np.uint8), YES - UNKNOWN)
    found = np.left_shift((yes & known).view(np.uint8), YES - UNKNOWN)
    return np.add(found, (~known).view(np.uint8), out=found) if found.ndim else found + (~known).view(np.uint8)


def elements(vector: Vector) -> Array:
    """What it holds, known or not."""
    return vector.of if isinstance(vector, Values) else vector


def values_of(vector: Vector) -> Values:
    """Answers as values, 1 for yes; values as they are."""
    return vector if isinstance(vector, Values) else Values((vector == YES).astype(np.int64), vector != UNKNOWN)


def both_known(*parts: Array | None) -> Array | None:
    """Where all of them are known."""
    found: Array | None = None
    for part in parts:
        found = part if found is None else found if part is None else found & part
    return found


def taken(vector: Vector, places: Array) -> Vector:
    """The vector's elements at those places."""
    if isinstance(vector, Values):
        return Values(_taken(vector.of, places), None if vector.known is None else _taken(vector.known, places))
    return _taken(vector, places)


def _taken(array: Array, places: Array) -> Array:
    """Places are those of elements: nothing is looked for outside, which numpy would otherwise make sure of."""
    return array.take(places, mode="clip") if array.size else array.take(places)


def taken_if_many(vector: Vector, places: Array) -> Vector:
    """The same; what is one for all stays one."""
    return taken(vector, places) if elements(vector).ndim else vector


def answered(listed: Vector, places: Array) -> Vector:
    """What a list says, for rows that know theirs by place; an answer that is the same for all of them is one."""
    found = taken_if_many(listed, places)
    if isinstance(found, Values) or not found.size or not found.ndim:
        return found
    return np.asarray(found[0]) if found.min() == found.max() else found


def spread(vector: Vector, rows: int) -> Vector:
    """The vector with so many elements, where it is one for all of them."""
    if isinstance(vector, Values):
        return Values(_spread(vector.of, rows), None if vector.known is None else _spread(vector.known, rows))
    return _spread(vector, rows)


def _spread(array: Array, rows: int) -> Array:
    return np.broadcast_to(array, (rows,)) if array.ndim == 0 else array


def joined(parts: Sequence[Vector]) -> Vector:
    """Vectors of one kind, one after the other."""
    values = [part for part in parts if isinstance(part, Values)]
    if not values:
        return np.concatenate([part for part in parts if not isinstance(part, Values)])
    knowns = [np.ones(one.of.size, dtype=bool) if one.known is None else one.known for one in values]
    return Values(np.concatenate([one.of for one in values]), np.concatenate(knowns))
