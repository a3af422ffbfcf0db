"""What is found once for everybody says of each person what the expression itself says."""

from collections.abc import Iterator
from datetime import date

import duckdb
import pytest

from eligibility.language.compile import joins, to_sql
from eligibility.language.flags import in_three_values
from eligibility.language.nodes import Constant, Node, Quantified, Scale, Total, walk
from eligibility.language.parse import parse
from eligibility.language.shared import Shared
from engine.records.contract import load_contracts

ON = date(2026, 11, 20)
VALUES: dict[str, Constant | Scale] = {"limit": Scale(values=(100, 200), step=50, kind="yen")}
CONSENT = {"resident_tax": ("TAX", "some_programme")}
FOUND_ONCE = (
    "any_of(household as m, m.birth_date > as_of)",
    "all_of(household as m, m.rel1 = 'HEAD')",
    "none_of(household as m, m.rel1 = 'CHILD')",
    "count_of(household as m, m.birth_date < as_of) >= 2",
    "count_of(household as m, m.birth_date < as_of) = 0",
    "any_of(subject.allowance_as_child as a, a.benefit_status = 'RECEIVING')",
    "none_of(subject.allowance_as_child as a, a.benefit_status = 'RECEIVING')",
    "all_of(subject.allowance_as_child as a, a.benefit_status = 'RECEIVING')",
    "count_of(subject.allowance_as_child as a, a.benefit_status = 'RECEIVING') < 1",
    "any_of(household as m, any_of(m.allowance_as_child as a, a.benefit_status = 'RECEIVING'))",
    "any_of(subject.raised as m, any_of(m.allowance_as_child as a, a.benefit_status = 'RECEIVING'))",
    "none_of(subject.spouse as m, m.birth_date < as_of)",
    "count_of(subject.children as m, m.birth_date < as_of) >= 1",
    "sum_of(subject.resident_tax as t, t.fiscal_year = 2026, t.income_yen) <= 100",
    "one_of(subject.resident_tax as t, t.fiscal_year = 2026, t.income_yen)"
    " < value('limit', one_of(subject.resident_tax as t, t.fiscal_year = 2026, t.dependants))",
)
#: each member held against the subject
OF_PAIRS = (
    "any_of(household as m, m.birth_date > subject.birth_date)",
    "all_of(household as m, m.birth_date >= subject.birth_date or m.rel1 = 'HEAD')",
    "count_of(household as m, m.rel1 = 'CHILD' and m.birth_date <= subject.birth_date) >= 1",
    "rank_of(household as m, m.rel1 <> 'CHILD', m.birth_date) <= 1",
)
#: asks of a member's records and of the subject at once: cannot be found once for everybody
OF_BOTH = "any_of(household as m, any_of(m.resident_tax as t, t.income_yen > 40 and m.birth_date > subject.birth_date))"


@pytest.fixture
def town() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        connection.execute("CREATE SCHEMA now")
        for table in ("residents", "child_allowance", "resident_tax", "consents"):
            columns = ", ".join(f'"{name}" {kind}' for name, kind in load_contracts()[table].physical_columns().items())
            connection.execute(f"CREATE TABLE now.{table} ({columns})")
        connection.execute(
            "INSERT INTO now.residents (resident_id, household_id, status, birth_date, rel1) VALUES"
            " ('child', 'h1', 'RESIDENT', DATE '2015-05-05', 'CHILD'), ('head', 'h1', 'RESIDENT', DATE '1985-05-05', 'HEAD'),"
            " ('unborn', 'h2', 'RESIDENT', NULL, 'HEAD'), ('gone', 'h2', 'MOVED_OUT', DATE '1950-01-01', NULL),"
            " ('nobody', 'h3', 'RESIDENT', DATE '1960-02-29', NULL)"
        )
        connection.execute(
            "INSERT INTO now.child_allowance (claimant_id, child_id, benefit_status) VALUES"
            " ('head', 'child', 'RECEIVING'), ('head', 'unborn', NULL)"
        )
        connection.execute(
            "INSERT INTO now.resident_tax (resident_id, fiscal_year, income_yen, dependants) VALUES"
            " ('child', 2026, 40, 0), ('head', 2026, 249, 2), ('unborn', 2026, NULL, 1), ('nobody', 2025, 1, 1)"
        )
        connection.execute(
            "INSERT INTO now.consents (resident_id, data_group, programme, given_on, withdrawn_on) VALUES"
            " ('head', 'TAX', 'some_programme', DATE '2026-01-01', NULL),"
            " ('child', 'TAX', 'some_programme', DATE '2026-01-01', DATE '2026-05-01'),"
            " ('unborn', 'TAX', 'another', DATE '2026-01-01', NULL)"
        )
        yield connection


@pytest.mark.parametrize("consent", [{}, CONSENT], ids=["plain", "consented"])
@pytest.mark.parametrize("text", [*FOUND_ONCE, *OF_PAIRS, OF_BOTH])
def test_columns_of_facts_say_what_the_expression_says(
    town: duckdb.DuckDBPyConnection, text: str, consent: dict[str, tuple[str, str]]
) -> None:
    node, _ = parse(text, dated=VALUES.__getitem__, consent=consent)
    shared = Shared(schema="now", as_of=ON, occurred_on=ON)
    rewritten = shared.rewritten(node)
    every = set(load_contracts())
    facts = shared.of_values() | {"records": shared.records(every), "people": shared.people((), every)}
    for name, select in (facts | {"households": shared.households(), "pairs": shared.pairs()}).items():
        town.execute(f"CREATE TEMP TABLE {name} AS {select}")
    moment = f"DATE '{ON}' AS as_of, DATE '{ON}' AS occurred_on, '' AS detail"
    cases = (
        f"(SELECT resident_id AS subject_id, household_id, {moment} FROM now.residents WHERE status = 'RESIDENT') AS c"
    )
    found = f"SELECT p.subject_id, p.household_id{shared.found('p', 'h', 't')}"
    joined = (
        "JOIN temp.households AS h ON h.household_id = p.household_id LEFT JOIN temp.pairs AS t ON t.k = p.subject_id"
    )
    people = f"({found} FROM temp.people AS p {joined}) AS c"

    def said(one: Node, rows: str) -> list[tuple[str, bool | None]]:
        sql = f"SELECT c.subject_id, {to_sql(one, 'now')}, {in_three_values(one, 'now')} FROM {rows} {joins([one], 'now')} ORDER BY 1"
        found = town.execute(sql).fetchall()
        assert [plain for _, plain, _ in found] == [bounded for _, _, bounded in found]
        return [(person, value) for person, value, _ in found]

    assert said(rewritten, people) == said(node, cases)
    assert any(isinstance(part, Quantified | Total) for part in walk(rewritten)) == (text == OF_BOTH)
