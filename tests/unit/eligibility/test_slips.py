"""A broken programme file: what was found, what is allowed, the nearest right name, and where it stands."""

import re
from datetime import date
from pathlib import Path

import pytest

from eligibility.catalogue import FOLDER
from eligibility.lint import check

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
        pytest.param("subject.status = 'RESIDENT'", "subject.status == 'RESIDENT'", (38, 13), "«==» is no sign of a rule; write «=»", id="a programmer's sign"),
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
