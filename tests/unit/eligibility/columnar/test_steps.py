from itertools import product

import numpy as np
import pytest

from eligibility.columnar import steps
from eligibility.columnar.owners import Owned, neighbours
from eligibility.columnar.vectors import NO, UNKNOWN, YES, Array, Values
from eligibility.language.evaluate import _between

ANSWERS = (NO, UNKNOWN, YES)
ROWS = Owned(of=np.array([0, 0, 2]), count=3)


def _told(*answers: np.uint8) -> Array:
    return np.array(answers, dtype=np.uint8)


@pytest.mark.parametrize("told", list(product(ANSWERS, repeat=3)))
def test_everybody_at_home_hears_the_most_that_anybody_says(told: tuple[np.uint8, ...]) -> None:
    homes = np.array([1, 1, 1, 2])
    found = steps.any_at_home(_told(*told, NO), neighbours(homes))
    assert found.tolist() == [max(told)] * 3 + [NO]


def test_a_large_household_hears_it_from_end_to_end() -> None:
    homes = np.array([5] * 37 + [6])
    for place in (0, 17, 36):
        told = np.zeros(38, dtype=np.uint8)
        told[place] = YES
        assert steps.any_at_home(told, neighbours(homes)).tolist() == [YES] * 37 + [NO]
    assert steps.any_at_home(np.asarray(YES), neighbours(homes)) == YES


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        pytest.param(_told(NO, YES, UNKNOWN), [YES, NO, UNKNOWN], id="a row each"),
        pytest.param(_told(UNKNOWN, NO, NO), [UNKNOWN, NO, NO], id="unknown"),
        pytest.param(np.asarray(YES), [YES, NO, YES], id="the same of all rows; who has none says no"),
    ],
)
def test_any_of_the_rows_of_each(told: Array, expected: list[np.uint8]) -> None:
    assert steps.any_of(told, ROWS).tolist() == expected
    assert steps.any_of(np.asarray(NO), ROWS) == NO


@pytest.mark.parametrize("parts", list(product(ANSWERS, repeat=2)))
def test_answers_are_joined_in_three_values(parts: tuple[np.uint8, np.uint8]) -> None:
    one, other = parts
    for left, right in (
        (_told(one), _told(other)),
        (np.asarray(one), _told(other)),
        (np.asarray(one), np.asarray(other)),
    ):
        assert np.broadcast_to(steps.every(left, right), 1).tolist() == [min(parts)]
        assert np.broadcast_to(steps.some(left, right), 1).tolist() == [max(parts)]
    assert steps.opposite(_told(*parts)).tolist() == [YES - one, YES - other]
    assert steps.surely(_told(one)).tolist() == [YES if one == YES else NO]


@pytest.mark.parametrize("operator", ["=", "<>", "<", "<=", ">", ">="])
def test_a_count_with_unknowns_is_compared_as_the_evaluator_compares_it(operator: str) -> None:
    cases = list(product(range(4), range(3), range(4)))
    for yes, unknown, than in cases:
        found = steps.between(operator, than)(np.array([yes]), np.array([unknown]))
        expected = _between(operator, yes, yes + unknown, than)
        assert found.tolist() == [UNKNOWN if expected is None else YES if expected else NO], (yes, unknown, than)


def test_rows_are_counted_by_what_they_say() -> None:
    told = _told(YES, UNKNOWN, YES)
    assert steps.how_many(YES)(told, ROWS).tolist() == [1, 0, 1]
    assert steps.how_many(UNKNOWN)(told, ROWS).tolist() == [1, 0, 0]
    assert steps.how_many(YES)(np.asarray(YES), ROWS).tolist() == [2, 0, 1]
    assert steps.how_many(YES)(np.asarray(NO), ROWS).shape == steps.how_many(UNKNOWN)(np.asarray(NO), ROWS).shape == ()
    assert steps.how_many(YES)(np.asarray(UNKNOWN), ROWS).tolist() == [0, 0, 0]
    assert steps.how_many(UNKNOWN)(np.asarray(UNKNOWN), ROWS).tolist() == [2, 0, 1]
    assert steps.how_many(UNKNOWN)(_told(YES, NO, YES), ROWS).shape == ()
    assert steps.counted(np.array([1, 0]), np.asarray(0)).known is None
    found = steps.counted(np.array([1, 0]), np.array([1, 0]))
    assert found.known is not None and found.known.tolist() == [False, True]


def _shown(values: Values) -> list[int | None]:
    known = np.ones(values.of.size, dtype=bool) if values.known is None else values.known
    return [int(value) if there else None for value, there in zip(values.of, known, strict=True)]


@pytest.mark.parametrize(
    ("told", "known", "summed", "only"),
    [
        pytest.param([YES, NO, YES], [True] * 3, [10, 0, 30], [10, None, 30], id="one row each"),
        pytest.param([YES, YES, NO], [True] * 3, [30, 0, 0], [None, None, None], id="two rows"),
        pytest.param([YES, UNKNOWN, YES], [True] * 3, [None, 0, 30], [None, None, 30], id="a row that may count"),
        pytest.param([YES, NO, YES], [False, True, True], [None, 0, 30], [None, None, 30], id="a value not known"),
        pytest.param([NO, NO, NO], [False] * 3, [0, 0, 0], [None] * 3, id="no row counts"),
    ],
)
def test_values_of_the_rows_that_count(
    told: list[np.uint8], known: list[bool], summed: list[int | None], only: list[int | None]
) -> None:
    values = Values(np.array([10, 20, 30]), np.array(known))
    assert _shown(steps.total(_told(*told), values, ROWS)) == summed
    assert _shown(steps.the_only(_told(*told), values, ROWS)) == only


def test_values_are_compared_and_looked_for() -> None:
    values = Values(np.array([1, 2, 3]), np.array([True, True, False]))
    assert steps.compared("<")(values, Values(np.asarray(2))).tolist() == [YES, NO, UNKNOWN]
    assert steps.among([2, 3])(values).tolist() == [NO, YES, UNKNOWN]
    assert steps.compared("=")(_told(YES, NO, UNKNOWN), np.asarray(YES)).tolist() == [YES, NO, UNKNOWN]


def test_a_function_of_values_knows_what_all_of_them_know() -> None:
    found = steps.over(np.add)(Values(np.array([1, 2]), np.array([True, False])), Values(np.asarray(5)))
    assert _shown(found) == [6, None]


@pytest.mark.parametrize(
    ("begin", "end", "on", "expected"),
    [
        pytest.param(1, None, 5, YES, id="still runs"),
        pytest.param(1, 5, 5, NO, id="ends that day"),
        pytest.param(1, 6, 5, YES, id="ends the next"),
        pytest.param(None, None, 5, UNKNOWN, id="unknown begin"),
        pytest.param(None, 5, 5, NO, id="unknown begin, ended"),
        pytest.param(1, None, None, UNKNOWN, id="unknown day"),
    ],
)
def test_in_force(begin: int | None, end: int | None, on: int | None, expected: np.uint8) -> None:
    told = (Values(np.array([one or 0]), np.array([one is not None])) for one in (begin, end, on))
    assert steps.in_force(*told).tolist() == [expected]


def test_a_scale_goes_on_past_its_end_and_says_nothing_below_it() -> None:
    index = Values(np.array([0, 1, 3, -1, 2]), np.array([True, True, True, True, False]))
    assert _shown(steps.looked_up([100, 200], 50)(index)) == [100, 200, 300, None, None]


def test_what_nobody_agreed_to_is_unknown() -> None:
    given = _told(YES, NO, UNKNOWN)
    told = steps.agreed(given, _told(YES, YES, NO))
    assert not isinstance(told, Values) and told.tolist() == [YES, UNKNOWN, UNKNOWN]
    values = steps.agreed(given, Values(np.array([1, 2, 3])))
    assert isinstance(values, Values) and _shown(values) == [1, None, None]
