from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from eligibility.catalogue import files
from eligibility.lint import check
from tests.support.programmes import PLAIN, TEXT, plain

ON = date(2026, 11, 20)


def _found(folder: Path, name: str = "plain.yaml", on: date = ON, **changes: Any) -> list[tuple[str, str]]:
    path = folder / name
    path.write_text(yaml.safe_dump(plain(**changes), allow_unicode=True), encoding="utf-8")
    return [(one.severity, one.text) for one in check([path], on)]


def test_our_own_programmes_are_clean() -> None:
    assert check(files(), ON) == []


def test_a_good_file_has_no_findings(tmp_path: Path) -> None:
    assert _found(tmp_path) == []


WRONG = [*PLAIN["examples"][:3], PLAIN["examples"][3] | {"verdict": "eligible"}]


@pytest.mark.parametrize(
    ("changes", "severity", "said"),
    [
        pytest.param({"examples": PLAIN["examples"][:3]}, "error", "3 examples; at least 4", id="few examples"),
        pytest.param({"examples": WRONG}, "error", "«example 3»: verdict: eligible expected, ineligible found", id="wrong example"),
        pytest.param(
            {"examples": [*PLAIN["examples"], PLAIN["examples"][0] | {"subject": {"shoe": 1}}]},
            "error",
            "residents has no 'shoe'",
            id="an example about nothing",
        ),
        pytest.param({"slug": "other"}, "error", "not named after its slug", id="file name"),
        pytest.param({"recipient": "next_of_kin"}, "error", "write by_event_alone: true", id="the dead sought among the living"),
        pytest.param({"recipient": "next_of_kin", "by_event_alone": True}, None, "", id="found by a death alone"),
        pytest.param({"gives": None}, "error", "gives: is missing", id="unfinished"),
        pytest.param(
            {"reads": {"residents": {"basis": "法", "columns": ["birth_date", "sex"]}}},
            "warning",
            "allows residents.sex, which no rule reads",
            id="more than is needed",
        ),
        pytest.param({"amounts": None}, "warning", "values.grant is used by no rule and no amount", id="an unused value"),
        pytest.param(
            {"reads": {"residents": {"basis": "法", "columns": ["birth_date"]}}, "office": "moon", "law": {"name": "法", "articles": "1"}},
            None,
            "",
            id="granted to every office",
        ),
        pytest.param(
            {"exclusions": [{"id": "x", "label": TEXT, "expr": "subject.alias = 'x'", "cites": "法"}],
             "reads": {"residents": {"basis": "法", "columns": ["birth_date", "alias"]}}},
            "error",
            "may not read residents.alias: the register grants it to nobody",
            id="not granted",
        ),
    ],
)  # fmt: skip
def test_what_is_found(tmp_path: Path, changes: dict[str, Any], severity: str | None, said: str) -> None:
    findings = _found(tmp_path, **changes)
    if severity is None:
        assert findings == []
        return
    found, text = findings[0]
    assert found == severity
    assert said in text


def test_a_stale_value_is_a_warning_that_does_not_block(tmp_path: Path) -> None:
    found = _found(tmp_path, on=date(2027, 4, 2))
    assert [severity for severity, _ in found] == ["warning", "warning"]
    assert "age_limit is past its review date" in found[0][1]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        pytest.param({"table": [100, 200, 200]}, "does not rise at entry 3", id="a figure twice"),
        pytest.param({"table": [100, 200, 150]}, "does not rise at entry 3", id="a figure that falls"),
        pytest.param({"table": [100, 300, 400]}, "rises by twice its step or more at entry 2", id="a figure left out"),
        pytest.param({"table": [100, 299, 400]}, "", id="a table that rises"),
    ],
)
def test_a_table_with_a_gap_is_a_warning(tmp_path: Path, changes: dict[str, Any], said: str) -> None:
    table = PLAIN["values"]["grant"] | {"values": {"2026-04-01": changes["table"]}, "step": 100}
    found = [text for _, text in _found(tmp_path, values=PLAIN["values"] | {"table": table})]
    assert [text for text in found if "rise" in text] == ([text for text in found if said in text] if said else [])


def test_an_exclusion_without_an_example_is_pointed_at(tmp_path: Path) -> None:
    out = [{"id": "moved", "label": TEXT, "expr": "age_on(subject.birth_date, as_of) > 90", "cites": "法"}]
    (found,) = _found(tmp_path, exclusions=out)
    assert found == ("warning", "no example is left out by moved; add one (excluded: moved)")


def test_a_value_after_the_end_of_the_programme_is_pointed_at(tmp_path: Path) -> None:
    assert any("begins after the programme has ended" in text for _, text in _found(tmp_path, valid_to="2027-03-31"))


def test_every_finding_is_said_in_japanese_too(tmp_path: Path) -> None:
    path = tmp_path / "plain.yaml"
    path.write_text(yaml.safe_dump(plain(amounts=None), allow_unicode=True), encoding="utf-8")
    (finding,) = check([path], ON)
    assert "values.grant はどこでも使われていません" in finding.ja
    assert (finding.as_json()["line"], finding.as_json()["severity"]) == (finding.line, "warning")
    assert finding.line
