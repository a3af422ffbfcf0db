from typing import Any

import pytest

from eligibility.mutants import judge_examples, mutants, noticed
from eligibility.programme import parse_programme
from tests.support.programmes import plain

CONTENT: dict[str, Any] = parse_programme(plain()).model_dump(mode="json", exclude_none=True)


def _changes(place: str) -> list[str]:
    return [one.change for one in mutants(CONTENT) if one.place == place]


@pytest.mark.parametrize(
    ("place", "changes"),
    [
        pytest.param("criteria.all.young.expr", ["< → <="], id="an operator"),
        pytest.param("criteria", ["all → any"], id="a group"),
        pytest.param("criteria.all", ["without young", "without asked"], id="a condition less"),
        pytest.param("values.grant.values.2026-04-01", ["30000 → 29999", "30000 → 30001"], id="an amount"),
        pytest.param(
            "values.age_limit.values", ["2027-04-01 → 2027-03-31", "2027-04-01 → 2027-04-02"], id="a date change"
        ),
        pytest.param("valid_from", ["2026-04-01 → 2026-03-31", "2026-04-01 → 2026-04-02"], id="the first day"),
    ],
)
def test_one_thing_is_changed_at_a_time(place: str, changes: list[str]) -> None:
    assert _changes(place) == changes


@pytest.mark.parametrize(
    ("expression", "changes"),
    [
        pytest.param("subject.birth_date <> as_of", ["<> → ="], id="inequality"),
        pytest.param(
            "subject.rel1 in ('HEAD', 'CHILD')",
            ["without 'HEAD'", "without 'CHILD'"],
            id="codes, but not what is in quotes",
        ),
        pytest.param("age_on(subject.birth_date, as_of) >= 65", [">= → >", "65 → 66", "65 → 64"], id="a number"),
        pytest.param("not any_of(household as m, true)", ["any_of → all_of", "true → false"], id="words"),
        pytest.param(
            "none_of(subject.spouse as s, true)",
            ["none_of → any_of", "subject.spouse → subject.wards", "true → false"],
            id="of whom it is asked",
        ),
    ],
)
def test_an_expression_is_changed_token_by_token(expression: str, changes: list[str]) -> None:
    criteria = {"all": [{"id": "x", "expr": expression, "cites": "法"}, {"id": "y", "cites": "法"}]}
    found = [one.change for one in mutants(CONTENT | {"criteria": criteria}) if one.place == "criteria.all.x.expr"]
    assert found == changes


def test_every_part_of_a_deadline_is_changed_but_not_into_itself() -> None:
    short = {"days": 15, "shift": "next_business_day", "cites": "法"}
    assert [one.change for one in mutants(CONTENT | {"deadline": short}) if one.place.startswith("deadline")] == [
        "15 → 14",
        "15 → 16",
        "next_business_day → none",
        "deadline → later_of_deadline_and_month_end",
    ]
    long = {"month_day": "03-31", "base": "04-01", "cites": "法"}
    assert [one.change for one in mutants(CONTENT | {"deadline": long}) if one.place.startswith("deadline")] == [
        "03-31 → 03-30",
        "03-31 → 04-01",
        "04-01 → 03-31",
        "04-01 → 04-02",
        "none → next_business_day",
    ]


def test_what_no_example_notices_is_named() -> None:
    outcome = judge_examples(parse_programme(plain()))
    survivors = {(one.place, one.change) for one in outcome.survivors}
    assert ("values.grant.values.2026-04-01", "30000 → 30001") in survivors
    assert ("criteria.all.young.expr", "< → <=") not in survivors
    assert 0 < outcome.share < 1


def test_a_file_the_language_refuses_is_noticed() -> None:
    (mutant,) = [one for one in mutants(CONTENT) if one.place == "criteria.all.young.expr"]
    broken = dict(mutant.content) | {"slug": "No Slug"}
    assert noticed(type(mutant)(place="slug", change="", content=broken))
