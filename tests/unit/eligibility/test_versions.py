import json
import subprocess
import sys
from datetime import date, datetime
from pathlib import Path

import pytest

from eligibility.catalogue import publish
from eligibility.programme import parse_programme
from eligibility.versions import CURRENT, compiled, known_spans
from engine.core.clock import TOKYO
from engine.core.errors import RuleError
from tests.support.programmes import plain

AT, ON = datetime(2026, 11, 9, 9, tzinfo=TOKYO), date(2026, 11, 20)
PROGRAMME = parse_programme(plain())


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """The file of a version just published."""
    version = publish(PROGRAMME, signed_off_by=["child_benefits"], at=AT, folder=tmp_path, demonstration=False)
    return tmp_path / "plain" / f"{version}.json"


@pytest.mark.parametrize("on", [date(2020, 1, 1), ON, date(2030, 1, 1)])
def test_a_published_programme_is_judged_as_its_text_says(place: Path, on: date) -> None:
    assert compiled(place.parents[1], ["plain"], on) == [PROGRAMME.compiled(on)]


def test_trees_that_are_missing_are_made_of_the_text(place: Path) -> None:
    place.with_suffix(".trees").unlink()
    assert known_spans(place) is None
    assert compiled(place.parents[1], ["plain"], ON) == [PROGRAMME.compiled(ON)]


def test_trees_of_another_form_of_the_language_are_made_anew(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    trees = place.with_suffix(".trees")
    monkeypatch.setattr("eligibility.compiled.form", lambda: "another")
    assert known_spans(place) is None
    assert compiled(place.parents[1], ["plain"], ON) == [PROGRAMME.compiled(ON)]
    written = trees.read_text(encoding="utf-8")
    publish(PROGRAMME, signed_off_by=["child_benefits"], at=AT, folder=place.parents[1], demonstration=False)
    assert trees.read_text(encoding="utf-8") != written
    assert known_spans(place) == PROGRAMME.spans()


def test_trees_that_were_touched_are_refused(place: Path) -> None:
    trees = place.with_suffix(".trees")
    trees.write_text(trees.read_text(encoding="utf-8").replace("18", "19"), encoding="utf-8")
    with pytest.raises(RuleError, match=r"plain/.*….trees was changed after it was published; publish plain again"):
        compiled(place.parents[1], ["plain"], ON)


def test_a_version_that_was_touched_is_refused_though_its_trees_were_not(place: Path) -> None:
    content = json.loads(place.read_text(encoding="utf-8"))
    place.write_text(json.dumps(content | {"office": "tax"}), encoding="utf-8")
    with pytest.raises(RuleError, match="was changed after it was published"):
        compiled(place.parents[1], ["plain"], ON)
    place.unlink()
    with pytest.raises(RuleError, match="is not there"):
        compiled(place.parents[1], ["plain"], ON)


def test_what_was_never_published_is_named(tmp_path: Path) -> None:
    with pytest.raises(RuleError, match="plain was never published"):
        compiled(tmp_path, ["plain"], ON)
    assert not (tmp_path / "plain" / CURRENT).exists()


def test_what_is_published_is_judged_without_reading_yaml_or_expressions(place: Path) -> None:
    lines = (
        "import sys",
        "from datetime import date",
        "from pathlib import Path",
        "import eligibility.columnar.reading, eligibility.everybody",
        "from eligibility.versions import compiled",
        f"found = compiled(Path({str(place.parents[1])!r}), ['plain'], date(2026, 11, 20))",
        "eligibility.everybody.columns_read(found)",
        "print(sorted({'sqlglot', 'pydantic', 'yaml'} & {*sys.modules}))",
    )
    done = subprocess.run([sys.executable, "-c", "\n".join(lines)], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
