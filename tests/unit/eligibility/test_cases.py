from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest

from eligibility.cases import in_memory, judged_together, know, questions
from eligibility.language.nodes import Constant, Node
from eligibility.language.parse import parse
from engine.core.sql import Query
from tests.support.history import CITY, Records

ON = date(2026, 11, 20)


@pytest.fixture
def records(tmp_path: Path) -> Iterator[Records]:
    with (found := Records(tmp_path)).warehouse:
        found.resident("child", ON, household="h1", birth_date=date(2026, 11, 12))
        found.resident("parent", ON, household="h1", rel1="HEAD", birth_date=date(1990, 5, 5))
        found.resident("stranger", ON, household="h2", birth_date=date(2000, 1, 1))
        for claimant, child in (("parent", "child"), ("child", "nobody"), ("stranger", "nobody")):
            found.put("child_allowance", ON, claimant_id=claimant, child_id=child, benefit_status="RECEIVING")
        found.night(ON)
        yield found


@pytest.fixture
def found(records: Records) -> Iterator[Records]:
    """The same, with a place for what is found."""
    with in_memory(records.warehouse):
        yield records


def _cases(*subjects: str) -> pl.DataFrame:
    rows = [
        {
            "case_id": place,
            "subject_id": subject,
            "household_id": "h1",
            "occurred_on": ON,
            "as_of": ON,
            "detail": "",
        }
        for place, subject in enumerate(subjects)
    ]
    return pl.DataFrame(rows)


def _tree(text: str) -> Node:
    return parse(text, dated=lambda name: Constant(value=1, kind="number"))[0]


def _column(records: Records, table: str, column: str) -> list[str]:
    query = Query(name="ids", text="SELECT <column> FROM <table> ORDER BY 1").about(column=column, table=table)
    return records.warehouse.query(query)[column].to_list()


def _states(**bound_on: date) -> pl.DataFrame:
    return pl.DataFrame([{"state": name, "bound_on": on, "municipality_code": CITY} for name, on in bound_on.items()])


READ = {"residents": {"alias", "birth_date", "status"}, "child_allowance": {"benefit_status"}}


def test_only_the_subjects_records_and_households_are_copied_as_known_in_each_state(found: Records) -> None:
    found.resident("parent", ON + timedelta(days=1), household="h9", hist_no=2)
    know(found.warehouse, _cases("child"), _states(a=ON, b=ON + timedelta(days=1), z=ON - timedelta(days=1)), READ)
    assert _column(found, "found.residents", "known_resident_id") == ["achild", "aparent", "bchild", "bparent"]
    assert _column(found, "found.residents", "known_household_id") == ["ah1", "ah1", "bh1", "bh9"]
    assert _column(found, "found.child_allowance", "known_claimant_id") == ["achild", "aparent", "bchild", "bparent"]


def test_only_the_columns_that_are_read_are_copied(found: Records) -> None:
    know(found.warehouse, _cases("child"), _states(a=ON), READ)
    columns = found.warehouse.read("SELECT * FROM found.child_allowance", {}).columns
    asked, found_by = ["benefit_status"], ["child_id", "claimant_id", "known_child_id", "known_claimant_id"]
    assert sorted(columns) == sorted([*asked, *found_by, "gone", "municipality_code", "night"])


ASKED = {
    "young": "age_on(subject.birth_date, as_of) < 18",
    "known": "subject.alias = 'x'",
    "receives": "any_of(subject.allowance_as_child as a, a.benefit_status = 'RECEIVING')",
    "lives": "subject.status = 'RESIDENT'",
    "members": "count_of(household as m, m.birth_date <= event.occurred_on) >= 2",
    "elders": "count_of(household as m, m.birth_date < subject.birth_date) >= 1",
    "of_any": "any_of(household as m, any_of(m.allowance_as_child as a, a.benefit_status = 'RECEIVING'))",
}


def test_every_expression_of_every_case_in_one_query_each_in_its_state(found: Records) -> None:
    asked = {name: _tree(text) for name, text in ASKED.items()}
    cases = _cases("child", "parent", "nobody here", "child").with_columns(state=pl.Series(["a", "a", "a", "z"]))
    know(found.warehouse, cases, _states(a=ON, z=ON - timedelta(days=1)), READ)
    judged = judged_together(found.warehouse, cases, questions(asked, ON))
    nothing = {"young": None, "known": None, "receives": False, "lives": None, "elders": None}
    assert judged.drop("case_id").to_dicts() == [
        {
            "young": True,
            "known": None,
            "receives": True,
            "lives": True,
            "members": True,
            "elders": True,
            "of_any": True,
        },
        {
            "young": False,
            "known": None,
            "receives": False,
            "lives": True,
            "members": True,
            "elders": False,
            "of_any": True,
        },
        nothing | {"members": True, "of_any": True},
        nothing | {"members": False, "of_any": False, "elders": False},
    ]


def test_what_was_found_is_gone_with_the_block(records: Records) -> None:
    cases = _cases("child").with_columns(state=pl.lit("a"))
    made = "SELECT table_name FROM duckdb_tables() WHERE database_name IN ('found', 'temp')"
    with in_memory(records.warehouse):
        know(records.warehouse, cases, _states(a=ON), READ)
        judged_together(records.warehouse, cases, questions({name: _tree(text) for name, text in ASKED.items()}, ON))
        assert {"child_allowance", "residents", "people"} <= {*records.warehouse.read(made, {})["table_name"]}
    assert records.warehouse.read(made, {})["table_name"].to_list() == []
