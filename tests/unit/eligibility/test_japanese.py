"""Every slip is said in Japanese to somebody who knows the law and no Python: what was found, and what to write."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from eligibility.catalogue import FOLDER
from eligibility.japanese import in_japanese
from eligibility.lint import check
from eligibility.programme import parse_programme
from engine.core.errors import RuleError
from tests.support.programmes import TEXT, plain

ON = date(2026, 11, 28)


@pytest.mark.parametrize(
    ("name", "right", "wrong", "line", "said"),
    [
        pytest.param("ltc_at_65", "columns: [birth_date, status]", "columns: [birth_dat, status]", 20, "birth_date のまちがいでは", id="a column"),
        pytest.param("ltc_at_65", "(subject.birth_date, 65)", "(subject.birthdate, 65)", 26, "birth_date のまちがいでは", id="a column in a rule"),
        pytest.param("nhi_funeral_grant", "unit: JPY", "unit: YEN", 29, "JPY のまちがいでは", id="a unit"),
        pytest.param("nhi_funeral_grant", "    unit: JPY\n", "", 28, "単位（unit）がありません", id="no unit"),
        pytest.param("ltc_at_65", ", en: ", ", english: ", 3, "english という項目はありません", id="another name for a language"),
        pytest.param("child_rearing_allowance", "[2080000, 2460000,", "[2080000, ,", 49, "値がありません", id="a hole in a table"),
        pytest.param("nhi_funeral_grant", "{2020-04-01: 30000}", "{2021-04-01: 30000}", 28, "2020-04-01 からの値を書いて", id="a gap at the beginning"),
        pytest.param("nhi_funeral_grant", "{2020-04-01: 30000}", "{2020-04-01: 30000, 2020-04-01: 5}", 33, "2度あります", id="a date twice"),
        pytest.param("nhi_funeral_grant", "valid_from: 2020-04-01", "valid_from: 2020-04-01\nvalid_to: 2019-03-31", 9, "2019-03-31 が始まりの日", id="an end before the beginning"),
        pytest.param("ltc_at_65", "reaches_age_on(subject.birth_date, 65) <= as_of", "subject.birth_date <= 65", 26, "年齢なら reaches_age_on", id="an age without a unit"),
        pytest.param("ltc_at_65", "E25:", "E95:", 12, "E01 から E54 まで", id="an event there is not"),
        pytest.param("ltc_at_65", "E25:", "e25:", 12, "E25 のような出来事の番号", id="an event in small letters"),
        pytest.param("ltc_at_65", "reaches_age_on(", "reach_age(", 26, "reaches_age_on のまちがいでは", id="a function"),
        pytest.param("ltc_at_65", "criteria:\n  all:", "criteria:\n\tall:", 23, "タブがあります", id="a tab"),
        pytest.param("ltc_at_65", "gives:\n  ja: ", "gives:\n  ja: '{amount}' #", 13, "{ } があります", id="a slot that nothing fills"),
        pytest.param("child_rearing_allowance", "any_of(subject.raised as m", "any_of(subject.raise as m", 99, "raised のまちがいでは", id="who is asked"),
        pytest.param("child_rearing_allowance", "any_of(subject.raised as m", "all_of(subject.raised as m", 99, "any_of か none_of", id="what may be asked of them"),
        pytest.param("nhi_funeral_grant", "by_event_alone: true", "by_event_alone: perhaps", 13, "true か false", id="neither yes nor no"),
        pytest.param("nhi_funeral_grant", "{2020-04-01: 30000}", "{2020-04-01: '30,000円'}", 33, "values.2020-04-01: 「30,000円」ではなく、整数", id="an amount as it is spoken"),
        pytest.param("ltc_at_65", "'RESIDENT'", "’RESIDENT’", 36, "全角の「’」があります。半角の「'」", id="a full-width quote"),
        pytest.param("ltc_at_65", "= 'RESIDENT'", "!= 'RESIDENT'", 36, "「!=」は式の記号ではありません。<> と書いてください", id="a programmer's sign"),
        pytest.param("ltc_at_65", "subject.birth_date, 65", "subject.birth_date, ６５", 26, "半角の「65」", id="full-width digits"),
        pytest.param("ltc_at_65", ") <= as_of", ") ≦ as_of", 26, "半角の「<=」", id="a mathematical sign"),
        pytest.param("ltc_at_65", "subject.status =", "subject.状態 =", 36, "日本語の「状態」は書けません", id="a Japanese name"),
        pytest.param("ltc_at_65", "'RESIDENT'", '"RESIDENT"', 36, "一重の引用符", id="double quotes"),
        pytest.param("ltc_at_65", "office: ", "office：", 5, "全角の「：」", id="a full-width colon"),
        pytest.param("ltc_at_65", "    - id: lives_here", "\u3000- id: lives_here", 34, "半角の空白", id="a full-width space"),
        pytest.param("ltc_at_65", "gives:\n  ja: ", "gives:\n  ja: a: ", 14, "2つ目の「: 」", id="a colon in a text"),
        pytest.param("ltc_at_65", "{ja: 65歳になった, en: has reached 65}", "65歳以上", 25, "criteria.all.is_65.label: 「65歳以上」ではなく、日本語と英語", id="one language"),
        pytest.param("ltc_at_65", "columns: [birth_date, status]", "columns: [birth_date]", 36, "reads に「表: {basis:", id="a column without a basis"),
        pytest.param("ltc_at_65", "verdict: ineligible", "verdict: eligible", 53, "例では eligible、規則では ineligible", id="an example that contradicts"),
        pytest.param("ltc_at_65", "1\", birth_date:", "1\", birthdate:", 48, "birthdate という列はありません。birth_date のまちがい", id="a column of an example"),
    ],
)  # fmt: skip
def test_a_slip_is_said_in_japanese(name: str, right: str, wrong: str, line: int, said: str, tmp_path: Path) -> None:
    text = (FOLDER / f"{name}.yaml").read_text(encoding="utf-8")
    path = tmp_path / f"{name}.yaml"
    path.write_text(text.replace(right, wrong, 1), encoding="utf-8")
    found = [one for one in check([path], ON) if one.blocks]
    assert [(one.line, said in one.ja) for one in found] == [(line, True)], [(one.line, one.ja) for one in found]


@pytest.mark.parametrize(
    ("criterion", "said"),
    [
        pytest.param({"expr": None}, "本人への質問 ask を書いて", id="no record and no question"),
        pytest.param({"when_unknown": "ask"}, "ask: {ja: …, en: …}", id="no words to ask"),
        pytest.param({"verify": None}, "verify: {ja: …, en: …}", id="no words for staff"),
        pytest.param({"expr": "subject.birth_date"}, "日付です。これだけでは条件になりません", id="a date alone"),
        pytest.param({"expr": "1 < fiscal_year(as_of) < 3"}, "1 < x and x < 3", id="two comparisons in one"),
        pytest.param({"expr": "subject.sex > '1'"}, "大小はありません", id="an order of codes"),
        pytest.param({"expr": "subject.birth_date < '1961-13-01'"}, "「1961-13-01」は日付ではありません", id="no date"),
        pytest.param({"expr": "subject.birth_date in subject.sex"}, "in は x in", id="no list"),
        pytest.param({"expr": "reaches_age_on(subject.birth_date, 1.5) <= as_of"}, "数は整数", id="a broken number"),
        pytest.param({"expr": "reaches_age_on(subject.birth_date, 900) <= as_of"}, "までの整数か", id="an age nobody reaches"),
        pytest.param({"expr": "reaches_age_on(subject.birth_date, value(age)) <= as_of"}, "引用符で囲んで", id="a value without quotes"),
        pytest.param({"expr": "value('age') <= 65"}, "値 age はありません", id="a value there is not"),
        pytest.param({"expr": "count_of(household as m, m.sex = '1') > fiscal_year(as_of)"}, "整数とくらべて", id="a number of days"),
        pytest.param({"expr": "any_of(household as subject, subject.sex = '1')"}, "as のあとの名前に", id="a name that is taken"),
        pytest.param({"expr": "any_of(household as m, any_of(household as n, n.sex = m.sex))"}, "要件を分けて", id="one in another"),
        pytest.param({"expr": "subject.programme_status.programme = 'x'"}, "1人に何行もありえます", id="one row of several"),
        pytest.param({"expr": "subject.sex = '1' -- men"}, "式の中に注", id="a comment"),
        pytest.param({"expr": "(" * 90 + "true" + ")" * 90}, "要件をいくつかに分けて", id="too deep"),
        pytest.param({"expr": "subject.sex = '1' 2"}, "式が読めません", id="unreadable"),
        pytest.param({"expr": "case when true then true end"}, "書けません", id="another language"),
    ],
)  # fmt: skip
def test_a_criterion_that_cannot_be_is_said_in_japanese(criterion: dict[str, str], said: str) -> None:
    one = {"id": "it", "label": TEXT, "expr": "true", "cites": "法", "verify": TEXT} | criterion
    with pytest.raises(RuleError) as told:
        parse_programme(plain(criteria={"all": [{name: value for name, value in one.items() if value is not None}]}))
    assert said in in_japanese(str(told.value)), str(told.value)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        pytest.param({"criteria": {"all": [], "any": []}}, "どれか1つです", id="all and any"),
        pytest.param({"criteria": {"all": []}}, "要件を1つは", id="no criterion"),
        pytest.param({"amounts": [{"value": "nothing", "label": TEXT}]}, "values に円", id="an amount without a value"),
    ],
)
def test_a_programme_that_cannot_be_is_said_in_japanese(changes: dict[str, Any], said: str) -> None:
    with pytest.raises(RuleError) as told:
        parse_programme(plain(**changes))
    assert said in in_japanese(str(told.value)), str(told.value)


@pytest.mark.parametrize(
    ("message", "said"),
    [
        pytest.param("it may not read ltc.cert_to: the register grants it to nobody; leave", "許されているのは だれもいません", id="nobody's"),
        pytest.param("it may not read ltc.cert_to: the register grants it to a for b, c; leave", "a の b, c", id="other offices'"),
        pytest.param("it may read t.c by consent only; write consent: TAX under reads.t", "reads.t に consent: TAX", id="by consent"),
        pytest.param("it may read t to leave somebody out only; take", "除外（exclusions）だけ", id="to leave out"),
    ],
)  # fmt: skip
def test_what_may_not_be_read_is_said_in_japanese(message: str, said: str) -> None:
    assert said in in_japanese(message)


def test_words_of_no_known_form_point_to_the_line_beside() -> None:
    assert "英語の文" in in_japanese("something else is wrong")
