"""A broken programme file: what was found, what is allowed, the nearest right name, and where it stands."""

import re
from datetime import date
from pathlib import Path

import pytest

from eligibility.catalogue import FOLDER
from eligibility.lint import check
from eligibility.slips import in_japanese

GUIDE = FOLDER.parents[1] / "docs" / "guide" / "programmes.md"


@pytest.mark.parametrize(
    ("right", "wrong", "place", "said"),
    [
        pytest.param("kind: information", "kind: informatoin", (12, 9), "did you mean information?", id="a choice"),
        pytest.param("level: municipal", "level: municipl", (6, 1), "did you mean municipal?", id="a level"),
        pytest.param("E25:", "E99:", (12, 3), "there is no event E99; they are E01 to E54", id="an event"),
        pytest.param("valid_from: 2026-04-01", "valid_from: 2026-14-01", (8, 13), "2026-14-01 is no date", id="a date"),
        pytest.param("as_of: 2026-10-01", "as_of: 2026-02-30", (59, 48), "2026-02-30 is no date", id="a date of an example"),
        pytest.param("limit_days: 120", "limit_days: many", (47, 1), "'many' must be a whole number", id="a number"),
        pytest.param('"01-31"', '"13-31"', (46, 12), "'13-31' must be a day of the year", id="a day of the year"),
        pytest.param("documents:\n  - {ja: 予診票, en: the vaccination form}", "documents: 予診票", (19, 1), "must be a list", id="a list"),
        pytest.param("- id: in_season", "- id: in_season\n      id: again", (32, 7), "«id» is written twice", id="a field twice"),
        pytest.param("exclusions:\n", "exclusion:\n", (41, 1), "did you mean exclusions?", id="a field"),
        pytest.param("slug: senior", "slug senior", (3, 5), "is not YAML", id="no YAML"),
        pytest.param("as_of >= months_after", "as_off >= months_after", (33, 13), "did you mean as_of?", id="a name in a rule"),
        pytest.param("subject.status = 'RESIDENT'", "subject.status = 'LIVES'", (38, 13), "RESIDENT, MOVED_OUT", id="a code in a rule"),
        pytest.param("subject: {birth_date: 1961-11-22}", "subject: {birt_date: 1961-11-22}", (57, 5), "did you mean birth_date?", id="a column of an example"),
        pytest.param("{status: MOVED_OUT}", "{status: MOVED_OT}", (58, 5), "did you mean MOVED_OUT?", id="a code of an example"),
        pytest.param("gives:\n  ja: ", "gives:\n  ja: \"{amount}\" #", (13, 1), "slot in braces", id="a slot nothing fills"),
    ],
)  # fmt: skip
def test_a_slip_is_found_with_its_place(
    tmp_path: Path, right: str, wrong: str, place: tuple[int, int], said: str
) -> None:
    (text,) = re.findall(r"```yaml\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)
    assert right in text
    path = tmp_path / "senior_flu_vaccine.yaml"
    path.write_text(text.replace(right, wrong, 1), encoding="utf-8")
    finding = check([path], date(2026, 11, 24))[0]
    assert said in finding.text
    assert finding.blocks
    assert finding.ja
    named = re.search(r"line (\d+), column (\d+)", finding.text)
    found = (finding.line, finding.column) if finding.line else named and (int(named[1]), int(named[2]))
    assert found == place


def test_what_is_missing_is_named(tmp_path: Path) -> None:
    (text,) = re.findall(r"```yaml\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)
    path = tmp_path / "senior_flu_vaccine.yaml"
    path.write_text(text.replace("office: health\n", "", 1), encoding="utf-8")
    (finding,) = check([path], date(2026, 11, 24))
    assert finding.text == "senior_flu_vaccine.yaml: office: is missing"


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
