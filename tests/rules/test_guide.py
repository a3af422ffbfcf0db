"""The guide is walked word for word: its programme is written as it says, and the commands say what the guide promises."""

import re
from datetime import date
from pathlib import Path

import pytest

from eligibility.catalogue import FOLDER
from eligibility.lint import check
from eligibility.mutants import judge_examples
from eligibility.programme import read_programme

GUIDE = FOLDER.parents[1] / "docs" / "guide" / "programmes.md"
SLUG = "senior_flu_vaccine"


@pytest.fixture
def written(tmp_path: Path) -> Path:
    (found,) = re.findall(r"```yaml\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)
    path = tmp_path / f"{SLUG}.yaml"
    path.write_text(found, encoding="utf-8")
    return path


def test_its_programme_is_one_the_catalogue_does_not_have() -> None:
    assert not (FOLDER / f"{SLUG}.yaml").exists()


def test_its_programme_passes_the_check(written: Path) -> None:
    assert check([written], date(2026, 11, 24)) == []


def test_its_examples_notice_every_change(written: Path) -> None:
    outcome = judge_examples(read_programme(written))
    assert [(one.place, one.change) for one in outcome.survivors] == []


@pytest.mark.parametrize(
    ("right", "wrong", "message"),
    [
        pytest.param(
            "reaches_age_on", "reach_age_on", "line 28, column 13: .* did you mean reaches_age_on", id="a function"
        ),
        pytest.param("office:", "ofice:", "line 5, column 1: .* did you mean office", id="a field"),
        pytest.param(
            "as_of: 2026-10-01, sub", "as_off: 2026-10-01, sub", "did you mean as_of", id="a field of an example"
        ),
        pytest.param("[vaccine, vaccinated_on]", "[vacine, vaccinated_on]", "did you mean vaccine", id="a column"),
    ],
)
def test_a_slip_is_named_with_its_place_and_the_right_name(right: str, wrong: str, message: str, written: Path) -> None:
    written.write_text(written.read_text(encoding="utf-8").replace(right, wrong, 1), encoding="utf-8")
    (finding,) = check([written], date(2026, 11, 24))
    assert re.search(message, finding.text), finding.text
