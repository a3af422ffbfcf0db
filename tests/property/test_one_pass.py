"""Everybody judged in one pass against the evaluator, on generated programmes and households: verdicts, criteria, exclusions, amounts."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from eligibility.assess import judge
from eligibility.judge import measured, verdict
from eligibility.language.evaluate import Facts, evaluate
from eligibility.language.parse import parse
from eligibility.population import judge_cases, judge_everybody, verdicts
from eligibility.programme import Programme, parse_programme
from engine.records.contract import load_contracts
from tests.support.cases import SqlReader, sql_reader
from tests.support.programmes import TEXT, plain
from tests.support.snapshots import numbered_population
from tests.unit.eligibility.language.test_compile import RULES, cases, plain_dates
from tests.unit.eligibility.language.test_compile import VALUES as VALUES_OF

#: within the time of the plain programme, on either side of the fiscal year's end and on a 29 February
DAYS = st.sampled_from([date(2026, 11, 20), date(2027, 3, 31), date(2027, 4, 1), date(2028, 2, 29)])
TABLES = ("nhi", "child_allowance", "resident_tax", "consents")
NUMBERS = {"unit": "JPY", "source": "法", "verified_on": "2026-11-01", "next_review": "2027-04-01"}
VALUES = plain()["values"] | {
    "limit_yen": NUMBERS | {"values": {"2026-04-01": 50_000}},
    "members": NUMBERS | {"unit": "count", "values": {"2026-04-01": 2}},
    "scale_yen": NUMBERS | {"values": {"2026-04-01": [10_000, 49_999]}, "step": 1_000},
}


@pytest.fixture(scope="module")
def reader() -> Iterator[SqlReader]:
    with sql_reader(*TABLES) as found:
        yield found


def _criterion(number: int, text: str | None) -> dict[str, Any]:
    asked = {"when_unknown": "ask", "ask": TEXT} if text is None else {"expr": text, "verify": TEXT}
    return {"id": f"c{number}", "label": TEXT, "cites": "法", **asked}


def _programme(
    slug: str, inner: str, texts: list[str | None], excluded: list[str], when: list[str], *, consent: bool
) -> Programme:
    """Criteria of which all but the first stand in a group of their own, exclusions, and an amount for each condition."""
    first, *rest = [_criterion(number, text) for number, text in enumerate(texts)]
    reads: dict[str, Any] = {
        table: {"basis": "法", "columns": list(load_contracts()[table].columns)}
        for table in ("residents", "nhi", "child_allowance", "resident_tax")
    }
    if consent:
        reads["resident_tax"]["consent"], reads["nhi"]["consent"] = "TAX", "HEALTH"
    changes: dict[str, Any] = {
        "slug": slug,
        "reads": reads,
        "values": VALUES,
        "criteria": {"all": [first, *([{inner: rest}] if rest else [])]},
        "exclusions": [
            {"id": f"e{number}", "label": TEXT, "expr": text, "cites": "法"} for number, text in enumerate(excluded)
        ],
        "amounts": [{"value": "grant", "label": TEXT, "when": text} for text in when],
    }
    return parse_programme(plain(examples=None, **changes))


#: of two people, of records held against others', and with a value worth showing beside the answer
COMPARED = st.one_of(
    st.builds("{} < as_of".format, plain_dates("subject")),
    st.builds("age_on({}, as_of) >= 18".format, plain_dates("subject")),
    st.sampled_from(
        [
            "subject.rel1 = 'CHILD'",
            "event.detail in ('4', '10')",
            "subject.ward_flag = true",
            "count_of(household as m, m.birth_date < event.occurred_on) >= 2",
            "one_of(subject.resident_tax as t, t.fiscal_year = fiscal_year(event.occurred_on), t.income_yen) < value('limit_yen')",
            "one_of(household as m, m.birth_date > event.occurred_on, m.ward_flag) = true",
            "any_of(household as m, m.birth_date > subject.birth_date and m.birth_date < event.occurred_on)",
            "any_of(household as m, m.resident_id <> subject.resident_id and m.rel1 = subject.rel1)",
            "all_of(household as m, any_of(m.allowance_as_child as a, a.from_month > subject.birth_date))",
            "any_of(household as m, any_of(subject.allowance_as_child as a, a.from_month > m.birth_date))",
            "any_of(subject.allowance_as_child as a, any_of(subject.allowance_as_child as b, b.from_month < a.to_month))",
            "sum_of(subject.resident_tax as t, t.fiscal_year = fiscal_year(subject.birth_date), t.income_yen) > 0",
        ]
    ),
)
SHORT = st.one_of(RULES.filter(lambda rule: len(rule) < 600), COMPARED)


def programmes(slug: str) -> st.SearchStrategy[Programme]:
    """Programmes called so, of a few rules."""
    return st.builds(
        _programme,
        st.just(slug),
        st.sampled_from(["all", "any", "none"]),
        st.lists(st.one_of(SHORT, SHORT, st.none()), min_size=1, max_size=4),
        st.lists(SHORT, max_size=2),
        st.lists(SHORT, max_size=2),
        consent=st.booleans(),
    )


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(one=programmes("plain"), other=programmes("second"), facts=st.lists(cases(), min_size=1, max_size=5), on=DAYS)
def test_one_pass_and_evaluator_say_the_same(
    reader: SqlReader, one: Programme, other: Programme, facts: list[Facts], on: date
) -> None:
    told = [replace(fact, as_of=on, occurred_on=on, detail="") for fact in facts]
    reader.fill(told)
    who = numbered_population(reader.warehouse, ["residents", *TABLES])
    rows = {row["subject_id"]: row for row in judge_everybody(who, [one, other], on, explained=True).to_dicts()}
    mine = verdicts(who, one, on)
    counting = {row["subject_id"]: row for row in mine.to_dicts()}
    slugs = [programme.slug for programme in (one, other)]
    let_in = {
        row["subject_id"]: row for row in judge_everybody(who, [one, other], on, explained=True, let_in=True).to_dicts()
    }
    assert let_in == {
        person: row for person, row in rows.items() if any(row[slug] for slug in slugs)
    }  # fmt: skip
    for place, fact in enumerate(told):
        if fact.subject["status"] != "RESIDENT":
            assert f"p{place}" not in rows
            continue
        row = rows[f"p{place}"]
        for programme in (one, other):
            case, _ = judge(programme, fact)
            said, _ = verdict(programme, case)
            found = {name.partition("|")[2]: value for name, value in row.items() if name.startswith(programme.slug)}
            assert found.pop("") == {"eligible": 2, "possible": 1, "ineligible": 0}[said]
            expected = {f"criterion:{name}": value for name, value in case.results.items()}
            expected |= {f"exclusion:{name}": value for name, value in case.excluded_by.items()}
            assert found == expected | {f"amount:{number}": counts for number, counts in enumerate(case.amounts)}
        case, _ = judge(one, fact)
        told_again = counting[f"p{place}"]
        assert (told_again["verdict"], told_again["excluded"]) == verdict(one, case)
        assert [told_again[f"amount:{number}"] for number in range(len(one.amounts))] == list(case.amounts)


ASKED = st.lists(st.one_of(RULES, COMPARED), min_size=1, max_size=4)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(texts=ASKED, facts=st.lists(cases(), min_size=1, max_size=5), on=DAYS)
def test_cases_and_evaluator_say_the_same(reader: SqlReader, texts: list[str], facts: list[Facts], on: date) -> None:
    """Cases each with an event of their own, whether registered or not; whose subject is not is unknown throughout."""
    nodes = {f"e{place}": parse(text, dated=VALUES_OF.__getitem__)[0] for place, text in enumerate(texts)}
    nodes |= {f"{name}, left": shown for name, node in nodes.items() if (shown := measured(node)) is not None}
    told = [replace(fact, as_of=on) for fact in facts]
    reader.fill(told)
    who = numbered_population(reader.warehouse, ["residents", *TABLES])
    rows = [
        {
            "case_id": place,
            "subject_id": f"p{place}",
            "occurred_on": fact.occurred_on,
            "detail": fact.detail,
            "as_of": on,
        }
        for place, fact in enumerate(told)
    ]
    asked = pl.DataFrame([*rows, rows[0] | {"case_id": len(rows)}], schema_overrides={"occurred_on": pl.Date})
    found = judge_cases(who, asked, nodes).sort("case_id").to_dicts()
    assert found[-1] | {"case_id": 0} == found[0]
    for row, fact in zip(found, told, strict=False):
        registered = fact.subject["status"] == "RESIDENT"
        expected = {name: evaluate(node, fact) if registered else None for name, node in nodes.items()}
        assert {name: row[name] for name in nodes} == expected
