"""Nothing of any resident reaches a drafter, whatever the feeds contain: what a model is asked is the same without a town."""

import csv
from pathlib import Path

import pytest

from eligibility.programme import read_programme
from fixtures.demo_settings import BASELINE
from fixtures.town import build_town
from notices.wording import prompt
from notices.wording.draft import requests_for
from notices.wording.language import languages
from notices.wording.public import public_facts

PROGRAMMES = sorted((Path(__file__).parents[2] / "eligibility" / "programmes").glob("*.yaml"))
PERSONAL = ("resident_id", "household_id", "name", "kana", "address", "birth_date", "postal")


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("town")
    build_town(residents=1000, seed=1, baseline=BASELINE, nights=2, folder=folder)
    return folder


def personal_values(folder: Path) -> set[str]:
    """Every value of a person in every feed: numbers, names, addresses, dates of birth."""
    found: set[str] = set()
    for path in folder.rglob("*.csv"):
        with path.open(encoding="utf-8") as file:
            for row in csv.DictReader(file):
                for column, value in row.items():
                    if value and len(value) >= 4 and any(part in column for part in PERSONAL):
                        found.add(value)
    return found


def test_no_personal_value_of_the_town_is_in_anything_a_drafter_is_asked(town: Path) -> None:
    personal = personal_values(town)
    assert len(personal) > 2000
    facts = [public_facts(read_programme(path)) for path in PROGRAMMES]
    asked = "\n".join(prompt.asked(request) for request in requests_for(facts, languages=languages()))
    assert len(asked) > 100_000
    assert [value for value in personal if value in asked] == []
