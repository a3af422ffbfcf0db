"""What is said of a slip in English is said in Japanese: the place, what was found, what is allowed, the nearest right name."""

from datetime import date
from pathlib import Path

import pytest

from eligibility.catalogue import FOLDER
from eligibility.japanese import in_japanese
from eligibility.lint import check

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
    ],
)  # fmt: skip
def test_a_slip_is_said_in_japanese(name: str, right: str, wrong: str, line: int, said: str, tmp_path: Path) -> None:
    text = (FOLDER / f"{name}.yaml").read_text(encoding="utf-8")
    path = tmp_path / f"{name}.yaml"
    path.write_text(text.replace(right, wrong, 1), encoding="utf-8")
    found = [one for one in check([path], ON) if one.blocks]
    assert [(one.line, said in one.ja) for one in found] == [(line, True)], [(one.line, one.ja) for one in found]


def test_words_of_no_known_form_point_to_the_line_beside() -> None:
    assert "次の行" in in_japanese("something else is wrong")
