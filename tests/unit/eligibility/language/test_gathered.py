"""What is gathered by one look at a household says what each question alone says."""

from datetime import date

import duckdb
import pytest

from eligibility.language.compile import to_sql
from eligibility.language.gathered import gathered_sql
from eligibility.language.nodes import Constant
from eligibility.language.parse import parse
from engine.records.contract import load_contracts


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("any_of(subject.raised as m, m.birth_date > '2010-01-01')", id="who is raised"),
        pytest.param("count_of(subject.children as m, true) >= 1", id="counted"),
        pytest.param("any_of(household as m, m.rel1 = 'HEAD') and sum_of(household as n, true, n.hist_no) > 2", id="summed"),
        pytest.param(
            "any_of(household as m, any_of(m.allowance_as_child as a, a.benefit_status = 'RECEIVING'))"
            " and none_of(subject.spouse as s, true)",
            id="records of a member",
        ),
        pytest.param("any_of(household as m, m.birth_date < as_of)", id="a single one is as it was"),
    ],
)  # fmt: skip
def test_it_says_what_the_expression_says(text: str) -> None:
    node, _ = parse(text, dated=lambda name: Constant(value=1, kind="number"))
    with duckdb.connect() as connection:
        connection.execute("CREATE SCHEMA now")
        for table in ("residents", "child_allowance"):
            columns = ", ".join(f'"{name}" {kind}' for name, kind in load_contracts()[table].physical_columns().items())
            connection.execute(f"CREATE TABLE now.{table} ({columns})")
        connection.execute(
            "INSERT INTO now.residents (resident_id, household_id, status, birth_date, rel1, hist_no) VALUES"
            " ('a', 'h', 'RESIDENT', DATE '1980-01-01', 'HEAD', 1), ('b', 'h', 'RESIDENT', DATE '2015-01-01', 'CHILD', 2),"
            " ('c', 'h', 'RESIDENT', NULL, 'RELATIVE', NULL), ('d', 'x', 'RESIDENT', DATE '2000-01-01', NULL, 3)"
        )
        connection.execute(
            "INSERT INTO now.child_allowance (claimant_id, child_id, benefit_status) VALUES ('a', 'b', 'RECEIVING')"
        )
        on = date(2026, 11, 20)
        connection.execute(
            "CREATE TABLE cases AS SELECT resident_id AS subject_id, household_id, ? AS as_of, ? AS occurred_on FROM now.residents",
            [on, on],
        )
        one, other = (
            connection.execute(
                f"SELECT c.subject_id, {sql} FROM cases AS c LEFT JOIN now.residents AS subject"
                " ON subject.resident_id = c.subject_id ORDER BY 1"
            ).fetchall()
            for sql in (to_sql(node, "now"), gathered_sql(node, "now"))
        )
    assert one == other
