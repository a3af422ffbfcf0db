import numpy as np

from eligibility.columnar.register import Column, Texts, combined
from eligibility.columnar.vectors import Values, elements
from eligibility.language.sources import sources
from tests.support.registers import register_of

PEOPLE = (
    {"resident_id": 0, "household_id": 0, "rel1": "HEAD"},
    {"resident_id": 1, "household_id": 0, "rel1": "CHILD"},
    {"resident_id": 2, "household_id": 1, "rel1": "HEAD", "status": "MOVED_OUT"},
    {"resident_id": 4, "household_id": 2, "rel1": "HEAD"},
)
TAX = [{"resident_id": number, "fiscal_year": 2026} for number in (4, 0, 9, 2, 4, None)]


def test_only_who_is_registered_has_a_place() -> None:
    register = register_of(PEOPLE)
    assert (register.people, register.numbers.tolist()) == (3, [0, 1, 4])
    assert (register.homes.tolist(), register.members.tolist()) == ([0, 0, 2], [2, 2, 1])
    places, there = register.places_of(np.array([4, 2, 1, 9]))
    assert there.tolist() == [True, False, True, False]
    assert places[there].tolist() == [2, 1]


def test_records_are_told_in_the_order_of_whose_they_are() -> None:
    rows = register_of(PEOPLE, resident_tax=TAX).rows(sources()["resident_tax"])
    assert rows.of.tolist() == [0, 2, 2]
    assert rows.order is not None and rows.order.tolist() == [1, 0, 4]


def test_records_of_nobody_else_lie_as_they_are() -> None:
    rows = register_of(PEOPLE[:2], resident_tax=[{"resident_id": 0}, {"resident_id": 1}]).rows(
        sources()["resident_tax"]
    )
    assert (rows.of.tolist(), rows.order) == ([0, 1], None)


def test_some_people_and_whom_they_live_with_are_a_register_too() -> None:
    register, kept = register_of(PEOPLE, resident_tax=TAX).among(np.array([1]))
    assert (kept.tolist(), register.people) == ([0, 1], 2)
    assert register.rows(sources()["resident_tax"]).of.tolist() == [0]
    column = register.column("residents", "rel1")
    assert column.places is not None
    assert elements(column.listed)[column.places].tolist() == [register.texts.place(text) for text in ("HEAD", "CHILD")]


def test_an_empty_register_has_nobody() -> None:
    register = register_of([], resident_tax=TAX)
    assert (register.people, register.members.size, register.rows(sources()["resident_tax"]).of.size) == (0, 0, 0)


def test_what_columns_hold_together_is_found_by_one_place() -> None:
    register = register_of(PEOPLE)
    key = [("residents", "rel1"), ("residents", "rel2")]
    sizes = [elements(register.column(*one).listed).size for one in key]
    places = [register.column(*one).places for one in key]
    assert sizes == [3, 1]
    assert register.combinations(key).tolist() == sorted(
        set(combined([one for one in places if one is not None], sizes).tolist())
    )
    assert combined([np.array([1, 0]), np.array([2, 1])], [2, 3]).tolist() == [5, 1]


def test_equal_texts_have_one_place() -> None:
    texts = Texts()
    assert [texts.place(text) for text in ("a", "b", "a")] == [0, 1, 0]
    assert texts.listed == {0: "a", 1: "b"}


def test_a_column_is_kept_for_some_rows() -> None:
    plain = Column(listed=Values(np.array([7, 8, 9]))).kept(np.array([2, 0]))
    listed = Column(listed=Values(np.array([0, 5])), places=np.array([1, 0, 1])).kept(np.array([1]))
    assert elements(plain.listed).tolist() == [9, 7]
    assert listed.places is not None and listed.places.tolist() == [0]
