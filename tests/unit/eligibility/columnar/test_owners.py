import numpy as np

from eligibility.columnar.owners import (
    Owned,
    home_of,
    members,
    neighbours,
    own_places,
    own_values,
    pairs,
    reach_of,
    records_of,
    row_of,
)
from eligibility.columnar.vectors import NO, UNKNOWN, YES, Values

HOMES = np.array([3, 3, 3, 7, 9, 9])
RECORDS = Owned(of=np.array([1, 1, 3]), count=4)


def test_members_go_by_the_place_of_their_household() -> None:
    found = members(HOMES)
    assert (found.of.tolist(), found.count) == ([0, 0, 0, 1, 2, 2], 3)
    assert members(np.zeros(0, dtype=np.int64)).count == 0


def test_neighbours_are_covered_at_each_distance() -> None:
    within = neighbours(HOMES).within
    assert {apart: cover.tolist() for apart, cover in within.items()} == {
        1: [255, 255, 0, 0, 255],
        2: [255, 0, 0, 0],
    }
    assert neighbours(np.array([1])).within == {}


def test_a_household_reaches_those_who_may_count() -> None:
    counting = np.array([YES, NO, UNKNOWN, NO, NO, YES])
    reach = home_of(members(HOMES), counting)
    assert reach.of is not None
    assert (reach.of.tolist(), reach.size.tolist()) == ([0, 2, 5], [2, 2, 2, 0, 1, 1])
    rows, reached = pairs(reach_of(reach, np.array([1, 3, 4])))
    assert (rows.of.tolist(), rows.count, reached.tolist()) == ([0, 0, 2], 3, [0, 2, 5])
    _, everybody = pairs(home_of(members(HOMES), np.asarray(YES)))
    assert everybody.tolist() == [0, 1, 2] * 3 + [3] + [4, 5] * 2


def test_a_person_reaches_their_records() -> None:
    rows, reached = pairs(reach_of(records_of(RECORDS), np.array([3, 1, 0])))
    assert (rows.of.tolist(), reached.tolist()) == ([0, 1, 1], [2, 0, 1])


def test_a_persons_one_record_is_found_or_nothing_is_known() -> None:
    at = row_of(Owned(of=np.array([2, 0]), count=3))
    assert at.tolist() == [1, -1, 0]
    assert own_places(np.array([4, 5]), at).tolist() == [5, 0, 4]
    assert own_places(np.zeros(0, dtype=np.intp), np.array([-1])).tolist() == [0]
    found = own_values(Values(np.array([40, 50]), np.array([True, False])), at)
    assert found.known is not None
    assert (found.of[[0, 2]].tolist(), found.known.tolist()) == ([50, 40], [False, False, True])
    nothing = own_values(Values(np.zeros(0, dtype=np.int64)), np.array([-1, -1])).known
    assert nothing is not None and nothing.tolist() == [False, False]


def test_rows_are_counted_for_each_owner() -> None:
    assert RECORDS.ends.tolist() == np.cumsum(np.bincount(RECORDS.of, minlength=RECORDS.count)).tolist()
    rows = Owned(of=np.array([0, 0, 2, 2, 2]), count=4)
    assert rows.how_many(np.array([True, False, True, False, True])).tolist() == [1, 0, 2, 0]
    assert Owned(of=np.zeros(0, dtype=np.int64), count=2).how_many(np.zeros(0, dtype=bool)).tolist() == [0, 0]
