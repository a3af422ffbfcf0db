import numpy as np
import pytest

from eligibility.columnar.vectors import (
    NO,
    UNKNOWN,
    YES,
    Values,
    answered,
    answers,
    both_known,
    elements,
    joined,
    spread,
    taken,
    taken_if_many,
    values_of,
)

HOLDS = np.array([True, False, True])


def test_an_answer_is_unknown_where_what_it_is_made_of_is() -> None:
    assert answers(HOLDS, None).tolist() == [YES, NO, YES]
    assert answers(HOLDS, np.array([True, True, False])).tolist() == [YES, NO, UNKNOWN]
    assert answers(np.asarray(True), np.asarray(False)) == UNKNOWN


def test_answers_are_values_too_and_values_stay_as_they_are() -> None:
    found = values_of(np.array([YES, NO, UNKNOWN]))
    assert found.known is not None
    assert [value if known else None for value, known in zip(found.of, found.known, strict=True)] == [1, 0, None]
    assert values_of(found) is found


def test_several_are_known_together_where_each_is() -> None:
    assert both_known(None, None) is None
    found = both_known(None, np.array([True, False]), np.array([True, True]))
    assert found is not None and found.tolist() == [True, False]


def test_elements_are_taken_with_what_is_known_of_them() -> None:
    found = taken(Values(np.array([5, 6]), np.array([True, False])), np.array([1, 0, 1]))
    assert isinstance(found, Values) and found.known is not None
    assert (found.of.tolist(), found.known.tolist()) == ([6, 5, 6], [False, True, False])
    assert elements(taken(np.array([YES, NO]), np.array([1, 1]))).tolist() == [NO, NO]
    assert elements(taken(np.zeros(0, dtype=np.uint8), np.zeros(0, dtype=np.int64))).size == 0


def test_what_is_one_for_all_stays_one() -> None:
    one = np.asarray(YES)
    assert taken_if_many(one, np.array([0, 0])) is one
    assert answered(np.array([NO, YES]), np.array([1, 1, 1])) == YES
    assert elements(answered(np.array([NO, YES]), np.array([1, 0]))).tolist() == [YES, NO]


@pytest.mark.parametrize("rows", [0, 3])
def test_one_for_all_is_spread_over_so_many(rows: int) -> None:
    assert elements(spread(np.asarray(UNKNOWN), rows)).tolist() == [UNKNOWN] * rows
    assert elements(spread(Values(np.asarray(7)), rows)).tolist() == [7] * rows


def test_parts_are_joined_in_order() -> None:
    assert elements(joined([np.array([YES]), np.array([NO])])).tolist() == [YES, NO]
    found = joined([Values(np.array([1])), Values(np.array([2]), np.array([False]))])
    assert isinstance(found, Values) and found.known is not None
    assert (found.of.tolist(), found.known.tolist()) == ([1, 2], [True, False])
