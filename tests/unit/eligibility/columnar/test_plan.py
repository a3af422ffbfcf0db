import numpy as np
import pytest

from eligibility.columnar import plan as planning
from eligibility.columnar.plan import Block, Cases, Plan
from eligibility.columnar.vectors import YES, Array, Values, elements
from tests.support.registers import register_of

HOMES = (0, 0, 1, 2, 2, 2, 3)


@pytest.fixture
def plan() -> Plan:
    people = ({"resident_id": number, "household_id": home} for number, home in enumerate(HOMES))
    return Plan(register=register_of(people, resident_tax=[{"resident_id": number} for number in (0, 5, 5, 6)]))


def test_equal_steps_are_one_and_what_is_the_same_for_all_is_worked_out_at_once(plan: Plan) -> None:
    two, three = plan.constant(2, np.asarray(2)), plan.constant(3, np.asarray(3))
    five = plan.derived("sum", np.add, two, three)
    assert plan.derived("sum", np.subtract, two, three) == five
    assert plan.fixed[five] == 5
    assert not plan.steps
    people = plan.leaf("people", lambda block: block.people)
    assert plan.derived("sum", np.add, people, two) in plan.steps


@pytest.mark.parametrize("size", [1, 2, 3, 100])
def test_a_household_is_never_in_two_blocks(size: int, plan: Plan, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(planning, "_BLOCK", size)
    homes = plan.leaf("homes", lambda block: block.homes)
    alike = plan.derived("alone", lambda of: np.isin(of, of[0]).astype(np.uint8), homes)
    seen: list[list[int]] = []

    def told(block: Block) -> Array:
        seen.append(block.homes.tolist())
        return np.zeros(block.people, dtype=np.uint8)

    assert plan.answers([alike])[0].size == len(HOMES)
    plan.answers([plan.leaf("told", told)])
    assert sorted(home for block in seen for home in block) == list(HOMES)
    assert sum(len(set(block)) for block in seen) == len(set(HOMES))


def test_a_step_that_several_take_is_worked_out_once(plan: Plan) -> None:
    times: list[int] = []

    def two(block: Block) -> Array:
        times.append(1)
        return np.full(block.people, 2, dtype=np.uint8)

    people = plan.leaf("people", two)
    one, other = plan.derived("one", np.negative, people), plan.derived("other", np.square, people)
    found = plan.answers([one, other, people])
    assert times == [1]
    assert [answers[0] for answers in found] == [254, 4, 2]


def test_what_was_found_is_let_go_of_when_the_last_has_taken_it(plan: Plan) -> None:
    people = plan.leaf("people", lambda block: np.full(block.people, 2, dtype=np.uint8))
    one = plan.derived("one", np.negative, people)
    other = plan.derived("other", np.add, one, people)
    block = Block(plan, (0, len(HOMES)))
    assert {*block.found(plan.turns([other]))} == {other}
    assert {*block.found(plan.turns([one, other]))} == {one, other}


def test_a_block_has_its_own_records_and_cases(plan: Plan) -> None:
    told = Values(np.array([10, 20, 30]), np.array([True, False, True]))
    plan.cases = Cases(of=np.array([1, 5, 5]), occurred_on=told, detail=Values(np.array([7, 8, 9])))
    block = Block(plan, (3, 6))
    assert (block.people, block.size) == (3, 2)
    assert (block.cases.of.tolist(), block.cases.detail.of.tolist()) == ([2, 2], [8, 9])
    of, where = block.rows("resident_tax")
    assert (of.tolist(), np.arange(4)[where].tolist()) == ([2, 2], [1, 2])


def test_cases_are_answered_where_there_are_any(plan: Plan, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(planning, "_BLOCK", 2)
    happened = Values(np.array([10, 20]), np.array([True, True]))
    plan.cases = Cases(of=np.array([0, 6]), occurred_on=happened, detail=Values(np.array([0, 0])))
    step = plan.leaf("occurred_on", lambda block: block.cases.occurred_on)
    (found,) = plan.vectors([step])
    assert elements(found).tolist() == [10, 20]
    assert plan.answers([plan.constant("yes", np.asarray(YES))])[0].tolist() == [YES, YES]


def test_nobody_gives_no_answers() -> None:
    plan = Plan(register=register_of([]))
    assert plan.answers([plan.constant("yes", np.asarray(YES))])[0].size == 0
    assert elements(plan.vectors([plan.constant("yes", np.asarray(YES))])[0]).size == 0
