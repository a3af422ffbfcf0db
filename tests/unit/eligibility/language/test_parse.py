import pytest

from eligibility.language.nodes import Comparison, Constant, Logic, Quantified
from eligibility.language.parse import parse
from engine.core.errors import RuleError

VALUES = {
    "limit_yen": Constant(value=1, kind="yen", literal=False),
    "age_limit": Constant(value=18, kind="years", literal=False),
    "ancient": Constant(value=400, kind="years", literal=False),
}


def _parse(text: str) -> object:
    return parse(text, dated=VALUES.__getitem__)[0]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("age_on(subject.birth_date, as_of) >= 65", id="age"),
        pytest.param("until_fiscal_year_end_after_age(subject.birth_date, 18) >= as_of", id="fiscal year end"),
        pytest.param("reaches_age_on(subject.birth_date, value('age_limit')) <= event.occurred_on", id="dated age"),
        pytest.param("fiscal_year(as_of) = 2026", id="fiscal year"),
        pytest.param("subject.birth_date between '2024-04-02' and '2025-04-01'", id="between"),
        pytest.param("subject.rel1 in ('CHILD') or not subject.status = 'DEAD'", id="codes"),
        pytest.param("subject.nhi.involuntary_relief = true", id="a table with one row each"),
        pytest.param("any_of(subject.resident_tax as t, t.income_yen < value('limit_yen'))", id="yen with yen"),
        pytest.param("any_of(subject.resident_tax as t, t.income_yen < 4300000)", id="yen with a literal"),
        pytest.param("count_of(household as m, m.rel1 = 'CHILD') >= 3", id="count"),
        pytest.param("3 <= count_of(household as m, m.rel1 = 'CHILD')", id="count on the right"),
        pytest.param("event.detail in ('4', '10')", id="detail of the event"),
        pytest.param("age_months_on(subject.birth_date, as_of) > -1", id="negative constant"),
        pytest.param("any_of(household as m, m.resident_id <> subject.resident_id)", id="people told apart"),
    ],
)
def test_what_a_rule_may_say(text: str) -> None:
    assert _parse(text) is not None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param("subject.status = 'RESIDENT' -- always", "comments", id="comment"),
        pytest.param("subject.status = 'RESIDENT' /* always */", "comments", id="block comment"),
        pytest.param("subject.status = 'RESIDENT' {# always #}", "comments", id="template comment"),
        pytest.param("true; drop table x", "semicolons", id="second statement"),
        pytest.param("(select true)", "may not stand", id="subquery"),
        pytest.param("subject.rel1 in (select 'CHILD')", "list of constants", id="subquery in a list"),
        pytest.param("exists(select 1)", "may not stand", id="exists"),
        pytest.param("1 < age_on(subject.birth_date, as_of) < 3", "1 < x and x < 3", id="chained comparison"),
        pytest.param("1 = 1 = true", "comparison of a comparison", id="chained equality"),
        pytest.param("subject.birth_date < today()", "may not stand", id="today"),
        pytest.param("subject.birth_date < current_date", "may not stand", id="current date"),
        pytest.param("subject.birth_date < now()", "there is no function now", id="now"),
        pytest.param("true and 1 + 'a'", "may not stand", id="arithmetic"),
        pytest.param("age_on(subject.birth_date, as_of) >= 1.5e3", "constant", id="exponent"),
        pytest.param("age_on(subject.birth_date, as_of) >= 6.5", "constant", id="fraction"),
        pytest.param("random() = 1", "may not stand", id="random"),
        pytest.param("subject.resident_id = '1'", "compares a person with a text", id="a person by name"),
        pytest.param("subject.resident_id = subject.household_id", "a person with a household", id="person, household"),
        pytest.param(
            "any_of(household as m, m.resident_id < subject.resident_id)", "has no order", id="order of people"
        ),
        pytest.param("read_csv('/etc/passwd') = 'x'", "may not stand", id="file function"),
        pytest.param("getenv('HOME') = 'x'", "there is no function getenv", id="unknown function"),
        pytest.param("any(subject.nhi, n -> true)", "may not stand", id="lambda"),
        pytest.param("subject.rel1 is null", "may not stand", id="is null"),
        pytest.param("case when true then true end", "may not stand", id="case"),
        pytest.param("coalesce(subject.ward_flag, false)", "may not stand", id="coalesce"),
        pytest.param("cast(subject.hist_no as date) < as_of", "may not stand", id="cast"),
        pytest.param("subject.rel1 like 'C%'", "may not stand", id="like"),
        pytest.param("subject.birth_date + 1 > as_of", "may not stand", id="plus"),
        pytest.param('"subject.birth_date" < as_of', "plain lower-case names", id="quoted path"),
        pytest.param('"subject"."birth_date" < as_of', "plain lower-case names", id="quoted names"),
        pytest.param("SUBJECT.birth_date < as_of", "plain lower-case names", id="upper case"),
        pytest.param("residents.birth_date < as_of", "not declared", id="a table by its own name"),
        pytest.param("main.now.residents.name = 'x'", "not declared", id="long path"),
        pytest.param("subject.shoe_size = 1", "no column shoe_size", id="undeclared column"),
        pytest.param("subject.child_allowance.facility = true", "any_of(subject.child_allowance", id="several rows"),
        pytest.param("m.rel1 = 'CHILD'", "not declared", id="name outside its quantifier"),
        pytest.param("any_of(household, rel1 = 'CHILD')", "household as m", id="quantifier without a name"),
        pytest.param("any_of(history.residents as r, true)", "household as m", id="quantifier over any table"),
        pytest.param("any_of(household as subject, true)", "cannot stand after", id="taken name"),
        pytest.param(
            "any_of(household as m, any_of(household as n, n.rel1 = m.rel1))", "inside another", id="nested quantifiers"
        ),
        pytest.param("any_of(household as m, m.hist_no)", "not a condition", id="quantifier over a number"),
        pytest.param("age_on(subject.birth_date, as_of)", "not a condition", id="a number is no condition"),
        pytest.param("subject.rel1", "not a condition", id="a code is no condition"),
        pytest.param("true and subject.hist_no", "not a condition", id="and of a number"),
        pytest.param("subject.birth_date > 65", "a date with a number", id="date with number"),
        pytest.param("age_on(subject.birth_date, as_of) < value('limit_yen')", "years with yen", id="years with yen"),
        pytest.param(
            "age_on(subject.birth_date, as_of) < age_months_on(subject.birth_date, as_of)",
            "years with months",
            id="years with months",
        ),
        pytest.param("age_on(subject.birth_date, as_of) < subject.hist_no", "years with a number", id="years, number"),
        pytest.param("subject.status = subject.name", "a code with a text", id="code with text"),
        pytest.param("subject.status = 'RESIDNT'", "has the codes RESIDENT", id="no such code"),
        pytest.param("subject.status in ('RESIDENT', 'GONE')", "has the codes", id="no such code in a list"),
        pytest.param("subject.rel1 in ('CHILD', 1)", "a code with a number", id="mixed list"),
        pytest.param("subject.birth_date > 'yesterday'", "YYYY-MM-DD", id="not a date"),
        pytest.param("subject.rel1 > 'CHILD'", "no order", id="order of codes"),
        pytest.param("subject.addr_line = '<joins>'", "in quotes", id="placeholder in a text"),
        pytest.param("subject.addr_line = '$night'", "in quotes", id="parameter in a text"),
        pytest.param("subject.addr_line = 'a'' or true'", "in quotes", id="quote in a text"),
        pytest.param("age_on(subject.birth_date) > 1", "takes (date, date)", id="too few arguments"),
        pytest.param("age_on(subject.birth_date, as_of, as_of) > 1", "takes (date, date)", id="too many arguments"),
        pytest.param("reaches_age_on(subject.birth_date, 9000) > as_of", "0 to 150", id="an impossible age"),
        pytest.param("reaches_age_on(subject.birth_date, -1) > as_of", "0 to 150", id="a negative age"),
        pytest.param(
            "reaches_age_on(subject.birth_date, value('ancient')) > as_of", "0 to 150", id="dated, impossible"
        ),
        pytest.param(
            "reaches_age_on(subject.birth_date, age_on(subject.birth_date, as_of)) > as_of", "0 to 150", id="age of age"
        ),
        pytest.param("value(subject.rel1) = 1", "one name in quotes", id="value of a column"),
        pytest.param(
            "count_of(household as m, true) > count_of(household as n, true)", "whole number", id="count with count"
        ),
        pytest.param("((" * 100 + "true" + "))" * 100, "too deep", id="two hundred parentheses"),
        pytest.param("not " * 200 + "true", "too deep", id="two hundred nots"),
        pytest.param("true and " * 200 + "true", "too long", id="long"),
        pytest.param("", "cannot be read", id="empty"),
        pytest.param("subject.rel1 = ", "cannot be read", id="half"),
        pytest.param("drop table residents", "may not stand", id="statement"),
    ],
)
def test_what_it_may_not_and_what_to_write_instead(text: str, said: str) -> None:
    with pytest.raises(RuleError) as refused:
        _parse(text)
    assert said in str(refused.value)
    assert "\n" not in str(refused.value)


def test_every_column_read_is_told() -> None:
    text = "subject.status = 'RESIDENT' and any_of(subject.allowance_as_child as a, a.facility = true)"
    _, reads = parse(text, dated=VALUES.__getitem__)
    assert reads == {("residents", "status"), ("child_allowance", "facility")}


def test_a_constant_on_the_left_changes_sides() -> None:
    node = _parse("3 <= count_of(household as m, m.rel1 = 'CHILD')")
    assert isinstance(node, Comparison)
    assert node.operator == ">="
    assert isinstance(node.left, Quantified)


def test_between_is_two_comparisons() -> None:
    node = _parse("subject.birth_date between '2024-04-02' and '2025-04-01'")
    assert isinstance(node, Logic)
    assert [part.operator for part in node.parts if isinstance(part, Comparison)] == [">=", "<="]
