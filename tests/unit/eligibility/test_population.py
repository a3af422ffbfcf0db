from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from eligibility.population import Population, judge_everybody, population, verdicts
from eligibility.programme import Programme, parse_programme
from engine.core.errors import InputError
from engine.records.reader import SnapshotReader
from tests.support.programmes import TEXT, plain
from tests.support.snapshots import publish

ON = date(2026, 11, 20)
PEOPLE = (
    {"resident_id": "child", "household_id": "h1", "birth_date": date(2015, 5, 5), "rel1": "CHILD"},
    {"resident_id": "head", "household_id": "h1", "birth_date": date(1985, 5, 5), "rel1": "HEAD"},
    {"resident_id": "unknown", "household_id": "h2", "rel1": "HEAD"},
    {"resident_id": "gone", "household_id": "h1", "birth_date": date(2014, 5, 5), "status": "MOVED_OUT"},
)
RECEIVES = {
    "id": "receives",
    "label": TEXT,
    "expr": "any_of(subject.allowance_as_child as a, a.benefit_status = 'RECEIVING')",
    "cites": "法",
}
READS = plain()["reads"] | {"child_allowance": {"basis": "法", "columns": ["benefit_status"]}}


@pytest.fixture
def reader(tmp_path: Path) -> SnapshotReader:
    people = [{"status": "RESIDENT", "addr_code": "0101", **one} for one in PEOPLE]
    receives = [{"claimant_id": "head", "child_id": "child", "benefit_status": "RECEIVING"}]
    publish({"residents": pl.DataFrame(people), "child_allowance": pl.DataFrame(receives)}, tmp_path)
    return SnapshotReader(tmp_path)


@pytest.fixture
def who(reader: SnapshotReader) -> Population:
    return population(reader, [_programme(exclusions=[RECEIVES], reads=READS)])


def _programme(**changes: Any) -> Programme:
    return parse_programme(plain(examples=None, **changes))


def _verdicts(who: Population, programme: Programme, on: date = ON) -> dict[str, tuple[str, str]]:
    rows = verdicts(who, programme, on).select("subject_id", "verdict", "excluded").iter_rows()
    return {subject: (verdict, excluded) for subject, verdict, excluded in rows}


def test_everybody_registered_is_judged_without_an_event(who: Population) -> None:
    assert who.people.select("subject_id", "members").rows() == [("child", 2), ("head", 2), ("unknown", 1)]
    assert _verdicts(who, _programme()) == {
        "child": ("possible", ""),
        "head": ("ineligible", ""),
        "unknown": ("possible", ""),
    }


def test_who_is_excluded_is_said_with_the_reason(who: Population) -> None:
    assert _verdicts(who, _programme(exclusions=[RECEIVES], reads=READS))["child"] == ("ineligible", "receives")


def test_a_programme_not_in_force_lets_nobody_in(who: Population) -> None:
    assert set(_verdicts(who, _programme(), date(2026, 3, 31)).values()) == {("ineligible", "not_in_force")}


@pytest.mark.parametrize(
    ("group", "verdict"),
    [
        pytest.param({"all": ["met", "met"]}, "eligible", id="all met"),
        pytest.param({"all": ["met", "unknown"]}, "possible", id="all, one unknown"),
        pytest.param({"all": ["not", "unknown"]}, "ineligible", id="all, one not met"),
        pytest.param({"any": ["met", "unknown"]}, "eligible", id="any met"),
        pytest.param({"any": ["not", "unknown"]}, "possible", id="any, the rest unknown"),
        pytest.param({"none": ["not", "unknown"]}, "possible", id="none, one unknown"),
        pytest.param({"none": ["met", "unknown"]}, "ineligible", id="none, one met"),
        pytest.param({"none": ["not", "not"]}, "eligible", id="none met"),
    ],
)
def test_groups_join_in_three_values(who: Population, group: dict[str, list[str]], verdict: str) -> None:
    texts = {"met": "true", "not": "false", "unknown": "subject.birth_date > as_of"}
    parts = {
        name: [
            {"id": f"c{place}", "label": TEXT, "expr": texts[one], "cites": "法", "verify": TEXT}
            for place, one in enumerate(results)
        ]
        for name, results in group.items()
    }
    assert _verdicts(who, _programme(criteria=parts))["unknown"][0] == verdict


def test_a_snapshot_without_a_table_says_so(reader: SnapshotReader) -> None:
    reads = {"nhi": {"basis": "法", "columns": ["lost_on"]}}
    criteria = {
        "all": [{"id": "x", "label": TEXT, "expr": "subject.nhi.lost_on < as_of", "cites": "法", "verify": TEXT}]
    }
    with pytest.raises(InputError, match=r"has no table now\.nhi"):
        population(reader, [_programme(reads=reads, criteria=criteria)])


def test_many_programmes_in_one_pass_let_in_whom_each_alone_does(who: Population) -> None:
    plain_one = _programme()
    closed = _programme(slug="other", exclusions=[RECEIVES], reads=READS)
    found = judge_everybody(who, [plain_one, closed], ON, let_in=True).sort("subject_id")
    assert found.columns == ["subject_id", "household_id", "members", plain_one.slug, "other"]
    assert found.rows() == [("child", "h1", 2, 1, 0), ("unknown", "h2", 1, 1, 1)]


def test_one_pass_explains_each_criterion_exclusion_and_amount_in_three_values(who: Population) -> None:
    found = judge_everybody(
        who, [_programme(exclusions=[RECEIVES], reads=READS)], ON, explained=True, about=["birth_date"]
    )
    assert {row.pop("subject_id"): row for row in found.drop("household_id", "members").to_dicts()} == {
        person: {
            "birth_date": born,
            "plain": verdict,
            "plain|criterion:young": young,
            "plain|criterion:asked": None,
            "plain|exclusion:receives": receives,
            "plain|amount:0": True,
        }
        for person, born, verdict, young, receives in (
            ("child", date(2015, 5, 5), 0, True, True),
            ("head", date(1985, 5, 5), 0, False, False),
            ("unknown", None, 1, None, False),
        )
    }


def test_one_pass_on_a_day_before_the_law_lets_nobody_in(who: Population) -> None:
    assert judge_everybody(who, [_programme()], date(2026, 3, 31), let_in=True).height == 0


ON_RECORD = {"id": "on_record", "label": TEXT, "cites": "法", "verify": TEXT}


@pytest.mark.parametrize(
    ("expr", "let_in"),
    [
        pytest.param("any_of(subject.allowance_as_child as a, a.benefit_status = 'RECEIVING')", ["child"], id="on record"),
        pytest.param("none_of(subject.allowance_as_child as a, a.benefit_status = 'RECEIVING')", ["head", "unknown"], id="not"),
        pytest.param(
            "any_of(household as m, any_of(m.allowance_as_child as a, a.benefit_status = 'RECEIVING'))",
            ["child", "head"],
            id="of the household",
        ),
    ],
)  # fmt: skip
def test_whom_a_record_lets_in_is_found_whichever_way_is_taken(who: Population, expr: str, let_in: list[str]) -> None:
    programme = _programme(criteria={"all": [ON_RECORD | {"expr": expr}]}, reads=READS)
    found = judge_everybody(who, [programme], ON, let_in=True)
    everybody = judge_everybody(who, [programme], ON)
    assert sorted(found["subject_id"]) == let_in
    assert sorted(everybody.filter(pl.col("plain") > 0)["subject_id"]) == let_in


def test_a_snapshot_without_numbers_says_to_run_the_night_again(reader: SnapshotReader) -> None:
    path = reader.path("now.residents")
    pl.read_parquet(path).drop("resident_number").write_parquet(path)
    with pytest.raises(InputError, match="run `todoke night` again"):
        population(reader, [_programme()])


def test_who_is_not_in_the_register_is_a_case_of_which_nothing_is_known(who: Population) -> None:
    cases = pl.DataFrame(
        [
            {"case_id": number, "subject_id": one, "household_id": "h1", "occurred_on": ON, "as_of": ON, "detail": ""}
            for number, one in enumerate(("child", "nobody"))
        ]
    )
    found = verdicts(who, _programme(), ON, cases=cases).sort("case_id")
    assert found.select("subject_id", "household_id", "criterion:young").rows() == [
        ("child", "h1", True),
        ("nobody", "h1", None),
    ]
