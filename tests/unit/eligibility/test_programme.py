from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from eligibility.language.evaluate import Facts, evaluate
from eligibility.language.nodes import Comparison, Constant
from eligibility.parts import Group
from eligibility.programme import parse_programme, read_programme
from engine.core.errors import RuleError, ValueNotInForce
from tests.support.programmes import PLAIN, TEXT, plain

ON = date(2026, 11, 20)


def _criteria(*leaves: dict[str, Any]) -> dict[str, Any]:
    return {"all": [{"label": TEXT, "cites": "法", "verify": TEXT} | leaf for leaf in leaves]}


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        pytest.param({"colour": "red"}, "colour", id="unknown field"),
        pytest.param({"slug": "Plain Slug"}, "slug", id="slug"),
        pytest.param({"triggers": {}}, "triggers", id="no trigger"),
        pytest.param({"triggers": {"birth": {"kind": "duty"}}}, "triggers", id="an event by its name"),
        pytest.param({"triggers": {"E01": {"kind": "gift"}}}, "triggers.E01.kind", id="unknown kind"),
        pytest.param({"recipient": "head_of_household"}, "recipient", id="unknown recipient"),
        pytest.param({"criteria": {"all": []}}, "at least one criterion", id="no criteria"),
        pytest.param({"criteria": {"all": [], "any": []}}, "exactly one of all, any, none", id="two groups in one"),
        pytest.param(
            {"criteria": _criteria({"id": "x", "expr": "true"}, {"id": "x", "expr": "false"})},
            "plain.x: two criteria",
            id="one id twice",
        ),
        pytest.param(
            {"exclusions": [{"id": "young", "label": TEXT, "expr": "true", "cites": "法"}]}, "plain.young: two", id="exclusion of same id"
        ),
        pytest.param(
            {"criteria": _criteria({"id": "x", "when_unknown": "ask"})}, "what to ask the reader", id="nothing to ask"
        ),
        pytest.param({"criteria": _criteria({"id": "x"})}, "when_unknown must be ask", id="no record, not asked"),
        pytest.param(
            {"criteria": {"all": [{"id": "x", "label": TEXT, "expr": "true", "cites": "法"}]}}, "what staff must find out", id="no verify"
        ),
        pytest.param(
            {"criteria": _criteria({"id": "grown", "expr": "1 < age_on(subject.birth_date, as_of) < 3"})},
            "plain.grown: a comparison of a comparison",
            id="hostile expression",
        ),
        pytest.param(
            {"criteria": _criteria({"id": "here", "expr": "subject.status = 'RESIDENT'"})},
            "plain.here: reads residents.status, but `reads` gives no legal basis",
            id="a column without a legal basis",
        ),
        pytest.param(
            {"exclusions": [{"id": "ill", "label": TEXT, "expr": "subject.nhi.involuntary_relief = true", "cites": "法"}]},
            "plain.ill: reads nhi.involuntary_relief",
            id="a table without a legal basis",
        ),
        pytest.param({"reads": {"gold": {"basis": "法", "columns": []}}}, "no gold in the contracts", id="unknown table"),
        pytest.param(
            {"reads": {"nhi": {"basis": "法", "columns": ["colour"]}}}, "no nhi.colour in the contracts", id="unknown column"
        ),
        pytest.param({"amounts": [{"value": "nothing", "label": TEXT}]}, "nothing is no dated value", id="no such amount"),
        pytest.param({"amounts": [{"value": "age_limit", "label": TEXT}]}, "no dated value in yen", id="years as amount"),
        pytest.param({"valid_from": "2026-03-31"}, "begins after the programme", id="a day without a value"),
        pytest.param({"values": {}, "amounts": []}, "no dated value 'age_limit'", id="value that is not there"),
        pytest.param({"deadline": {"cites": "法"}}, "exactly one of days, months, month_day", id="empty deadline"),
    ],
)  # fmt: skip
def test_a_programme_that_is_not_well_formed_says_where(changes: dict[str, Any], said: str) -> None:
    with pytest.raises(RuleError) as refused:
        parse_programme(plain(**changes))
    assert said in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        pytest.param("slug: [", "plain.yaml is not YAML: line", id="not YAML"),
        pytest.param("- 1\n- 2", "plain.yaml: the file", id="a list"),
        pytest.param("slug: plain", "plain.yaml: name: is missing", id="unfinished"),
    ],
)
def test_the_file_is_named(tmp_path: Path, content: str, said: str) -> None:
    path = tmp_path / "plain.yaml"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(RuleError) as refused:
        read_programme(path)
    assert said in str(refused.value)


def test_a_file_that_is_not_utf_8_or_not_there(tmp_path: Path) -> None:
    (tmp_path / "sjis.yaml").write_bytes("名前: 児童手当".encode("shift_jis"))
    for name, said in (("sjis.yaml", "UTF-8"), ("none.yaml", "no programme file")):
        with pytest.raises(RuleError, match=said):
            read_programme(tmp_path / name)


def test_a_good_file_is_read(tmp_path: Path) -> None:
    path = tmp_path / "plain.yaml"
    path.write_text(yaml.safe_dump(PLAIN, allow_unicode=True), encoding="utf-8")
    assert read_programme(path) == parse_programme(PLAIN)


@pytest.mark.parametrize(
    ("on", "young"),
    [
        pytest.param(date(2027, 3, 31), False, id="under 18 counts"),
        pytest.param(date(2027, 4, 1), True, id="from April under 20 counts"),
    ],
)
def test_the_value_in_force_on_the_date_is_used(on: date, young: bool) -> None:
    tree = parse_programme(PLAIN).compiled(on).criteria["young"]
    facts = Facts(subject={"birth_date": date(2009, 1, 1)}, as_of=on, occurred_on=None)
    assert tree is not None
    assert evaluate(tree, facts) is young


def test_a_date_without_a_value_is_an_error_and_never_zero() -> None:
    with pytest.raises(ValueNotInForce, match=r"plain\.age_limit has no value in force on 2026-03-31; the first is"):
        parse_programme(PLAIN).values["age_limit"].on(date(2026, 3, 31), "plain.age_limit")


def test_before_its_first_day_a_programme_is_read_by_the_law_of_that_day() -> None:
    programme = parse_programme(PLAIN)
    assert programme.compiled(date(2020, 1, 1)) == programme.compiled(date(2026, 4, 1))
    assert not programme.in_force(date(2026, 3, 31))


def test_what_is_given_once_stands_in_every_example() -> None:
    given = {"as_of": "2026-11-20", "subject": {"birth_date": "2020-01-01", "sex": "1"}, "verdict": "possible"}
    examples = [{"name": "a"}, {"name": "b", "subject": {"sex": "2"}, "verdict": "ineligible"}]
    first, second = parse_programme(plain(given=given, examples=examples)).examples
    assert first.subject == {"birth_date": "2020-01-01", "sex": "1"}
    assert (second.subject, second.verdict) == ({"birth_date": "2020-01-01", "sex": "2"}, "ineligible")


@pytest.mark.parametrize(
    ("values", "step"),
    [
        pytest.param({"2026-04-01": [1, 2]}, None, id="a table without a step"),
        pytest.param({"2026-04-01": 1}, 5, id="one value with a step"),
        pytest.param({"2026-04-01": 1, "2027-04-01": [1, 2]}, 5, id="a number that becomes a table"),
        pytest.param({"2026-04-01": []}, 5, id="an empty table"),
    ],
)
def test_a_dated_value_is_a_number_or_a_table(values: dict[str, Any], step: int | None) -> None:
    limit = PLAIN["values"]["grant"] | {"values": values, "step": step}
    with pytest.raises(RuleError, match="either every value is a number"):
        parse_programme(plain(values=PLAIN["values"] | {"limit": limit}))


def test_a_dated_value_may_be_named_with_its_programme() -> None:
    criteria = _criteria({"id": "x", "expr": "age_on(subject.birth_date, as_of) < value('plain.age_limit')"})
    tree = parse_programme(plain(criteria=criteria)).compiled(ON).criteria["x"]
    assert isinstance(tree, Comparison)
    assert tree.right == Constant(value=18, kind="years", literal=False)


T, F, U = True, False, None
NESTED = Group.model_validate(
    {
        "all": [
            {"id": "a", "label": TEXT, "cites": "法", "when_unknown": "ask", "ask": TEXT},
            {
                "any": [
                    {"id": name, "label": TEXT, "cites": "法", "when_unknown": "ask", "ask": TEXT}
                    for name in ("b", "c")
                ]
            },
            {"none": [{"id": "d", "label": TEXT, "cites": "法", "when_unknown": "ask", "ask": TEXT}]},
        ]
    }
)


@pytest.mark.parametrize(
    ("results", "verdict", "undecided"),
    [
        pytest.param((T, T, F, F), True, [], id="all hold"),
        pytest.param((T, T, U, F), True, [], id="one of two is enough"),
        pytest.param((T, F, U, F), None, ["c"], id="the other may hold"),
        pytest.param((F, F, U, F), False, [], id="nothing helps any more"),
        pytest.param((U, T, U, F), None, ["a"], id="only what still matters is asked"),
        pytest.param((T, T, F, T), False, [], id="none of them may hold"),
        pytest.param((U, U, U, U), None, ["a", "b", "c", "d"], id="nothing is known"),
    ],
)
def test_groups_in_three_values(results: tuple[bool | None, ...], verdict: bool | None, undecided: list[str]) -> None:
    told = dict(zip("abcd", results, strict=True))
    assert NESTED.verdict(told) is verdict
    assert [one.id for one in NESTED.undecided(told)] == undecided
    assert [one.id for one in NESTED.criteria()] == ["a", "b", "c", "d"]


@pytest.mark.parametrize(
    ("on", "stale"),
    [
        pytest.param(date(2027, 4, 1), [], id="on the review date"),
        pytest.param(date(2027, 4, 2), ["age_limit", "grant"], id="values past theirs"),
        pytest.param(date(2027, 10, 2), ["age_limit", "grant", "plain"], id="everything"),
    ],
)
def test_what_is_past_its_review(on: date, stale: list[str]) -> None:
    assert parse_programme(PLAIN).past_review(on) == stale


@pytest.mark.parametrize(
    ("valid_to", "on", "in_force"),
    [
        pytest.param(None, date(2026, 3, 31), False, id="before it begins"),
        pytest.param(None, date(2026, 4, 1), True, id="the day it begins"),
        pytest.param("2026-12-31", date(2026, 12, 31), True, id="its last day"),
        pytest.param("2026-12-31", date(2027, 1, 1), False, id="a closed programme"),
    ],
)
def test_when_a_programme_exists(valid_to: str | None, on: date, in_force: bool) -> None:
    assert parse_programme(plain(valid_to=valid_to)).in_force(on) is in_force
