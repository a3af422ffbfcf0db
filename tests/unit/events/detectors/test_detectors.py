from collections import Counter
from pathlib import Path

import polars as pl
import pytest

from engine.core.errors import ContractError
from events.detectors import COLUMNS, load_detectors, read_detector, read_detectors
from events.people import copy_asked, copy_people
from events.reading import calendar_days, reached_tonight
from tests.support.eventful import BASELINE, FIRST, Register

GLOSSARY = Path(__file__).resolve().parents[4] / "docs" / "glossary.md"
GOOD = """-- code: E77
-- name: something
-- ja: なにか
-- en: Something
-- class: automatic
-- table: residents
-- evidence: move_reason, status
-- reasons: BIRTH
-- urgency: 0
-- together: person
-- source: here
-- traps: none
SELECT 1
"""


def written(folder: Path, text: str, name: str = "something.sql") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_the_whole_catalogue_is_there_in_its_classes() -> None:
    assert sorted(load_detectors()) == [f"E{number:02d}" for number in range(1, 55)]
    classes = Counter(detector.event_class for detector in load_detectors().values())
    assert classes == {"automatic": 24, "staff-only": 19, "control": 9, "never": 2}


def test_the_glossary_lists_every_event_by_its_number() -> None:
    said = GLOSSARY.read_text(encoding="utf-8")
    for code, detector in load_detectors().items():
        assert f"| `{code}` | {detector.ja} | `{detector.name}` | {detector.event_class} |" in said


def test_a_file_says_what_its_event_is(tmp_path: Path) -> None:
    detector = read_detector(written(tmp_path, GOOD))
    assert (detector.code, detector.evidence) == ("E77", ("move_reason", "status"))
    assert detector.reasons == frozenset({"BIRTH"})
    assert detector.query.text == "SELECT 1"
    assert not detector.from_calendar


@pytest.mark.parametrize(
    ("wrong", "right", "said"),
    [
        pytest.param("class: automatic", "class: sometimes", "class", id="no class"),
        pytest.param("table: residents", "table: people", "there is no table people", id="no table"),
        pytest.param("evidence: move_reason", "evidence: mood", "residents has no column mood", id="no column"),
        pytest.param("SELECT 1", "", "one SELECT below its header", id="no SELECT"),
        pytest.param(
            "class: automatic", "class: never", "never recorded has none", id="a SELECT for what is never recorded"
        ),
        pytest.param("-- urgency: 0\n", "", "urgency", id="a line is missing"),
        pytest.param("-- urgency: 0", "-- urgency: 0\n-- mood: good", "mood", id="a line too many"),
        pytest.param(
            "-- urgency: 0", "-- urgency: 0\n-- when: on Mondays", "no date of the calendar", id="no such day"
        ),
        pytest.param(
            "-- urgency: 0", "-- urgency: 0\n-- when: years 65 eve", "the calendar's files", id="a day elsewhere"
        ),
    ],
)
def test_a_header_that_is_not_well_formed_is_refused(wrong: str, right: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(ContractError, match=said) as caught:
        read_detector(written(tmp_path, GOOD.replace(wrong, right)))
    assert "something.sql" in str(caught.value)


def test_the_calendar_reads_residents_alone(tmp_path: Path) -> None:
    (folder := tmp_path / "calendar").mkdir()
    text = GOOD.replace("-- urgency: 0", "-- urgency: 0\n-- when: years 65 eve")
    assert read_detector(written(folder, text)).from_calendar
    other = text.replace("table: residents", "table: nhi").replace("evidence: move_reason, status\n", "evidence:\n")
    with pytest.raises(ContractError, match="the calendar reads the dates of residents"):
        read_detector(written(folder, other))


def test_a_code_belongs_to_one_file(tmp_path: Path) -> None:
    paths = [written(tmp_path, GOOD), written(tmp_path, GOOD, "other.sql")]
    with pytest.raises(ContractError, match="the code E77 is taken by something"):
        read_detectors(paths)


@pytest.mark.parametrize("code", [code for code, one in load_detectors().items() if one.query.text])
def test_a_select_answers_with_the_columns_that_settling_reads(code: str, register: Register) -> None:
    night = register.night(FIRST)
    nobody = pl.DataFrame(schema={"resident_id": pl.String})
    days = calendar_days(night, nobody)
    copy_people(night, (), days)
    copy_asked(night, [load_detectors()[code]])
    with register.warehouse.frame("reached", reached_tonight(night, days, nobody)):
        found = register.warehouse.query(load_detectors()[code].query, municipality=night.municipality, night=FIRST)
    assert tuple(found.columns) == COLUMNS
    assert found.height == 0


@pytest.fixture(scope="module")
def register(tmp_path_factory: pytest.TempPathFactory) -> Register:
    """A register in which nothing happens."""
    found = Register(tmp_path_factory.mktemp("register"))
    found.run(BASELINE, FIRST)
    return found
