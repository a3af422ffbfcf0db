"""Two readings of one expression, SQL and evaluator, on generated rules and generated households, unknowns included."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from eligibility.language.compile import joins, to_sql
from eligibility.language.evaluate import Facts, evaluate
from eligibility.language.nodes import Column, Constant, Scale, walk
from eligibility.language.parse import parse
from eligibility.language.sources import columns_of
from tests.support.cases import SqlReader, sql_reader

VALUES: dict[str, Constant | Scale] = {
    "limit_yen": Constant(value=50_000, kind="yen", literal=False),
    "age_limit": Constant(value=18, kind="years", literal=False),
    "members": Constant(value=2, kind="number"),
    "scale_yen": Scale(values=(10_000, 49_999), step=1_000, kind="yen"),
}
DATES = st.one_of(
    st.dates(date(1920, 1, 1), date(2030, 12, 31)),
    st.sampled_from([date(2008, 2, 29), date(2004, 2, 29), date(2026, 2, 28), date(2026, 3, 31), date(2026, 4, 1)]),
)
REACHING = st.sampled_from(["reaches_age_on", "until_fiscal_year_end_after_age", "until_month_end_of_birthday"])
TURNING = st.sampled_from(
    [
        "fiscal_year_start({})",
        "fiscal_year_end({})",
        "months_after({}, 3)",
        "months_before({}, 7)",
        "days_after({}, 14)",
    ]
)
AGES = st.sampled_from(["0", "3", "18", "22", "65", "75", "value('age_limit')"])


@pytest.fixture(scope="module")
def reader() -> Iterator[SqlReader]:
    with sql_reader("nhi", "child_allowance", "resident_tax", "consents") as found:
        yield found


def plain_dates(who: str) -> st.SearchStrategy[str]:
    return st.sampled_from(
        [f"{who}.birth_date", f"{who}.effective_date", "as_of", "event.occurred_on", "subject.nhi.acquired_on"]
    )


def _dates(who: str) -> st.SearchStrategy[str]:
    plain = plain_dates(who)
    reached = st.builds("{}({}, {})".format, REACHING, plain, AGES)
    turned = st.builds(lambda turning, day: turning.format(day), TURNING, plain)
    return st.one_of(plain, reached, turned)


def _conditions(who: str) -> st.SearchStrategy[str]:
    days, order = _dates(who), st.sampled_from(["=", "<>", "<", "<=", ">", ">="])
    ordered = st.builds("{} {} {}".format, days, order, st.one_of(days, DATES.map(lambda day: f"'{day}'")))
    between = st.builds("{} between {} and {}".format, days, days, days)
    aged = st.builds("age_on({}, {}) {} {}".format, days, days, order, AGES)
    months = st.builds("age_months_on({}, {}) {} {}".format, days, days, order, st.integers(-3, 60))
    cohort = st.builds("fiscal_age({}, {}) {} {}".format, plain_dates(who), plain_dates(who), order, AGES)
    fiscal = st.builds("fiscal_year({}) {} {}".format, days, order, st.integers(2020, 2030))
    running = st.builds("in_force({}, {}, {})".format, days, days, days)
    codes = st.sampled_from(
        [
            f"{who}.rel1 = 'CHILD'",
            f"{who}.rel1 <> 'HEAD'",
            f"{who}.sex in ('1')",
            f"{who}.rel1 not in ('HEAD', 'WIFE')",
            f"{who}.ward_flag = true",
            "event.detail = '4'",
            "subject.nhi.involuntary_relief = true",
        ]
    )
    return st.one_of(ordered, between, aged, months, cohort, fiscal, running, codes)


def _joined(parts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.recursive(
        parts,
        lambda inner: st.one_of(
            st.builds("({} and {})".format, inner, inner),
            st.builds("({} or {})".format, inner, inner),
            st.builds("not ({})".format, inner),
        ),
        max_leaves=4,
    )


def _quantified() -> st.SearchStrategy[str]:
    deciding = st.sampled_from(["any_of", "all_of", "none_of"])
    household = st.builds("{}(household as m, {})".format, deciding, _joined(_conditions("m")))
    counted = st.builds(
        "count_of(household as m, {}) {} {}".format,
        _joined(_conditions("m")),
        st.sampled_from(["=", "<>", "<", "<=", ">", ">="]),
        st.one_of(st.integers(0, 4), st.just("value('members')")),
    )
    records = st.sampled_from(
        [
            "any_of(subject.allowance_as_child as a, a.benefit_status in ('RECEIVING', 'APPLIED'))",
            "none_of(subject.allowance_as_child as a, in_force(a.from_month, a.to_month, as_of))",
            "all_of(subject.allowance_as_child as a, a.public_servant = false)",
            "count_of(subject.allowance_as_child as a, a.public_servant = true) >= 1",
            "any_of(subject.resident_tax as t, t.income_yen < value('limit_yen') and t.fiscal_year = fiscal_year(as_of))",
            "any_of(household as m, m.sex = '1' and any_of(m.resident_tax as t, t.income_yen < value('limit_yen')))",
            "none_of(household as m, any_of(m.allowance_as_child as a, in_force(a.from_month, a.to_month, as_of)))",
            "count_of(household as m, in_force(m.nhi.acquired_on, m.nhi.lost_on, event.occurred_on)) >= 2",
            "all_of(household as m, m.nhi.involuntary_relief = true or m.birth_date < subject.birth_date)",
            "sum_of(subject.resident_tax as t, t.fiscal_year = 2026, t.income_yen) < value('limit_yen')",
            "one_of(subject.resident_tax as t, t.fiscal_year = 2026, t.income_yen) < value('limit_yen')",
            "one_of(household as m, m.sex = '1', m.birth_date) < as_of",
            "all_of(household as m, one_of(m.resident_tax as t, t.fiscal_year = 2026, t.income_yen)"
            " < value('scale_yen', one_of(m.resident_tax as t, t.fiscal_year = 2026, t.dependants)))",
            "sum_of(household as m, m.sex = '1', m.hist_no) >= 2",
            "any_of(household as consent, any_of(consent.resident_tax as row, row.income_yen < value('limit_yen')))",
            "any_of(subject.resident_tax as t, t.income_yen < value('scale_yen', t.dependants))",
            "rank_of(household as m, m.rel1 = 'CHILD', m.birth_date) >= 2",
            "any_of(subject.raised as m, m.sex = '1' or m.birth_date > subject.birth_date)",
            "none_of(subject.spouse as m, m.birth_date < as_of)",
            "count_of(subject.children as m, any_of(m.resident_tax as t, t.income_yen < value('limit_yen'))) < 2",
            "relation(subject.rel1, subject.rel2, subject.rel3, subject.rel4) = 'CHILD.CHILD'",
        ]
    )
    return st.one_of(household, counted, records)


RULES = _joined(st.one_of(_conditions("subject"), _quantified()))
MAYBE_DATE = st.one_of(st.none(), DATES)
MAYBE = st.sampled_from([None, True, False])
PERSON = st.fixed_dictionaries(
    {
        "birth_date": MAYBE_DATE,
        "effective_date": MAYBE_DATE,
        "rel1": st.sampled_from([None, "HEAD", "CHILD", "WIFE"]),
        "rel2": st.sampled_from([None, None, "CHILD"]),
        "sex": st.sampled_from([None, "1", "2"]),
        "ward_flag": MAYBE,
        "hist_no": st.sampled_from([None, 1, 2]),
        "status": st.sampled_from(["RESIDENT", "RESIDENT", "MOVED_OUT", "DEAD"]),
    }
)
WHOSE = st.sampled_from(["s", "m0", "m1"])
NHI = st.fixed_dictionaries({"resident_id": WHOSE, "acquired_on": MAYBE_DATE, "involuntary_relief": MAYBE})
ALLOWANCE = st.fixed_dictionaries(
    {
        "claimant_id": st.just("9"),
        "child_id": WHOSE,
        "benefit_status": st.sampled_from(["RECEIVING", "APPLIED", "ENDED"]),
        "from_month": MAYBE_DATE,
        "to_month": MAYBE_DATE,
        "public_servant": MAYBE,
    }
)
TAX = st.fixed_dictionaries(
    {
        "resident_id": WHOSE,
        "fiscal_year": st.sampled_from([2025, 2026]),
        "dependants": st.sampled_from([None, 0, 1, 2, 5]),
        "income_yen": st.one_of(st.none(), st.sampled_from([0, 49_999, 50_000, 4_000_000_000])),
    }
)
CONSENT = st.fixed_dictionaries(
    {
        "resident_id": WHOSE,
        "data_group": st.sampled_from(["TAX", "HEALTH"]),
        "programme": st.sampled_from(["plain", "other"]),
        "given_on": MAYBE_DATE,
        "withdrawn_on": MAYBE_DATE,
    }
)


@st.composite
def cases(draw: st.DrawFn) -> Facts:
    subject = {"resident_id": "s", **draw(PERSON)}
    others = [{"resident_id": f"m{place}", **one} for place, one in enumerate(draw(st.lists(PERSON, max_size=4)))]
    records: dict[str, list[dict[str, Any]]] = {
        "consents": draw(st.lists(CONSENT, max_size=4)),
        "nhi": draw(st.lists(NHI, max_size=3, unique_by=lambda row: row["resident_id"])),
        "child_allowance": draw(st.lists(ALLOWANCE, max_size=3)),
        "resident_tax": draw(st.lists(TAX, max_size=2)),
    }
    return Facts(
        subject=subject,
        household=[subject, *others],
        records=records,
        as_of=draw(DATES),
        occurred_on=draw(MAYBE_DATE),
        detail=draw(st.sampled_from(["", "4", "10"])),
    )


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    rules=st.lists(RULES, min_size=1, max_size=4),
    facts=st.lists(cases(), min_size=1, max_size=6),
    consent=st.sampled_from([{}, {"resident_tax": ("TAX", "plain"), "nhi": ("HEALTH", "plain")}]),
)
def test_sql_and_evaluator_say_the_same(
    reader: SqlReader, rules: list[str], facts: list[Facts], consent: dict[str, tuple[str, str]]
) -> None:
    short = [rule for rule in rules if len(rule) < 1_000]
    asked = {rule: parse(rule, dated=VALUES.__getitem__, consent=consent)[0] for rule in short}
    if not asked:
        return
    found = reader.values(asked, facts)
    for one, values in zip(facts, found, strict=True):
        assert values == {rule: evaluate(node, one) for rule, node in asked.items()}


@pytest.mark.parametrize(
    ("text", "joined", "read"),
    [
        pytest.param("subject.rel1 = 'CHILD'", ["residents"], {"residents": {"rel1"}}, id="the subject alone"),
        pytest.param(
            "subject.nhi.acquired_on < as_of", ["nhi"], {"nhi": {"acquired_on"}}, id="a table with one row each"
        ),
        pytest.param(
            "any_of(household as m, m.birth_date < subject.pension.acquired_on)",
            ["pension"],
            {"pension": {"acquired_on"}, "residents": {"birth_date"}},
            id="inside a quantifier",
        ),
        pytest.param(
            "any_of(subject.nhi as n, n.acquired_on < as_of)", [], {"nhi": {"acquired_on"}}, id="read by a quantifier"
        ),
        pytest.param("any_of(household as m, true)", [], {"residents": set()}, id="read without a column"),
        pytest.param("event.detail = '4'", [], {}, id="no record"),
    ],
)
def test_only_what_is_read_is_joined(text: str, joined: list[str], read: dict[str, set[str]]) -> None:
    node, _ = parse(text, dated=VALUES.__getitem__)
    assert columns_of([node]) == read
    said = joins([node], "now")
    assert said.count("LEFT JOIN") == len(joined)
    assert all(f'"now"."{table}"' in said for table in joined)


def test_records_are_read_as_of_the_schema_asked_for() -> None:
    node, _ = parse("any_of(subject.nhi as n, n.acquired_on < as_of)", dated=VALUES.__getitem__)
    assert '"before"."nhi"' in to_sql(node, "before")
    assert '"now"' not in to_sql(node, "before")


def test_a_quantifiers_name_cannot_meet_one_of_ours() -> None:
    node, _ = parse("any_of(household as c, c.birth_date < as_of)", dated=VALUES.__getitem__)
    assert [part.alias for part in walk(node) if isinstance(part, Column)] == ["c"]
    assert '"q_c"."household_id" = c.household_id' in to_sql(node, "now")
