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
        pytest.param({"gives": None}, "error", "gives: Field required", id="unfinished"),
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
    ((found, text),) = findings
    assert found == severity
    assert said in text


def test_a_stale_value_is_a_warning_that_does_not_block(tmp_path: Path) -> None:
    found = _found(tmp_path, on=date(2027, 4, 2))
    assert [severity for severity, _ in found] == ["warning", "warning"]
    assert "age_limit is past its review date" in found[0][1]
