from collections.abc import Iterator
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from eligibility.cases import evaluate, forget, touch
from eligibility.language.nodes import Constant, Node
from eligibility.language.parse import parse
from engine.core.sql import Query
from tests.support.history import Records

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


def test_only_the_subjects_records_and_households_are_copied(records: Records) -> None:
    touch(records.warehouse, _cases("child"), {"residents", "child_allowance"}, "now")
    assert _column(records, "temp.residents", "resident_id") == ["child", "parent"]
    assert _column(records, "temp.child_allowance", "claimant_id") == ["child", "parent"]
    forget(records.warehouse, {"residents", "child_allowance"})
    touch(records.warehouse, _cases("child"), {"residents"}, "before")
    assert _column(records, "temp.residents", "resident_id") == []


def test_every_expression_of_every_case_in_one_query(records: Records) -> None:
    asked = {
        "young": _tree("age_on(subject.birth_date, as_of) < 18"),
        "known": _tree("subject.alias = 'x'"),
        "receives": _tree("any_of(subject.allowance_as_child as a, a.benefit_status = 'RECEIVING')"),
    }
    cases = _cases("child", "parent", "nobody here")
    touch(records.warehouse, cases, {"residents", "child_allowance"}, "now")
    assert evaluate(records.warehouse, cases, asked) == {
        0: {"young": True, "known": None, "receives": True},
        1: {"young": False, "known": None, "receives": False},
        2: {"young": None, "known": None, "receives": False},
    }


def test_nothing_asked_is_nothing_answered(records: Records) -> None:
    assert evaluate(records.warehouse, _cases("child"), {}) == {0: {}}
    assert evaluate(records.warehouse, _cases("child").clear(), {"x": _tree("true")}) == {}


def test_records_of_other_members_are_copied_where_a_rule_reads_them(records: Records) -> None:
    touch(records.warehouse, _cases("child"), {"child_allowance"}, "now", members={"child_allowance"})
    assert _column(records, "temp.child_allowance", "claimant_id") == ["child", "parent"]
    asked = {"known": _tree("any_of(household as m, any_of(m.child_allowance as a, a.benefit_status = 'RECEIVING'))")}
    touch(records.warehouse, _cases("child"), {"residents"}, "now")
    assert evaluate(records.warehouse, _cases("child"), asked) == {0: {"known": True}}
    touch(records.warehouse, _cases("parent"), {"child_allowance"}, "now")
    assert _column(records, "temp.child_allowance", "claimant_id") == ["parent"]
