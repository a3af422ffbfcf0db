"""Three programmes for who raises a child alone, swept over a small town: by its homes, and everybody of them who is let in."""

import json
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from eligibility import catalogue
from eligibility.match import match_programmes
from eligibility.programme import read_programme
from eligibility.sweep import Sweep, release
from engine.core.clock import TOKYO
from tests.support.history import Records

AT = datetime(2026, 11, 9, 9, tzinfo=TOKYO)
BASELINE, ON = date(2026, 11, 9), date(2026, 11, 20)
#: home → its people: the way from the head and the year of birth
TOWN = {
    "mother": [("HEAD", 1990), ("CHILD", 2009), ("CHILD", 2024)],
    "couple": [("HEAD", 1985), ("WIFE", 1986), ("CHILD", 2015)],
    "young": [("HEAD", 1975), ("WIFE", 1976), ("CHILD", 2009), ("CHILD.CHILD", 2026)],
    "daughter": [("HEAD", 1965), ("WIFE", 1966), ("CHILD", 1995), ("CHILD.CHILD", 2018)],
    "grandmother": [("HEAD", 1956), ("CHILD.CHILD", 2015)],
    "three": [("HEAD", 1956), ("CHILD", 1985), ("CHILD.WIFE", 1986), ("CHILD.CHILD", 2015)],
    "orphans": [("HEAD", 2009), ("SIBLING", 2016)],
    "not_head": [("HEAD", 2009), ("MOTHER", 1980), ("SIBLING", 2016)],
    "old": [("HEAD", 1975), ("MOTHER", 1936), ("CHILD", 2012)],
    "alone": [("HEAD", 2008)],
    "foreign": [("HEAD", 1990), ("RELATIVE", 2015)],
}
#: of whom the record leaves open whether they raise the child: a staff task, no letter
OPEN = {"young-2", "daughter-2", "grandmother-0", "orphans-0", "foreign-0"}
LET_IN = {"mother-0", "not_head-1", "old-0", *OPEN}
#: a couple who may raise the child of their daughter of 17 in a parent's place, which a spouse does not hinder
COUPLE = {"young-0", "young-1"}
PROGRAMMES = {
    "child_rearing_allowance": LET_IN | COUPLE,
    "single_parent_loans_and_training": LET_IN,
    "single_parent_medical_subsidy": LET_IN | COUPLE,
}


@pytest.fixture
def records(tmp_path: Path) -> Iterator[Records]:
    with (found := Records(tmp_path)).warehouse:
        for slug in PROGRAMMES:
            programme = read_programme(catalogue.FOLDER / f"{slug}.yaml")
            folder = found.settings.paths.catalogue
            catalogue.publish(programme, signed_off_by=["x"], at=AT, folder=folder, demonstration=True)
        match_programmes(found.night(BASELINE))
        for home, people in TOWN.items():
            for place, (relation, year) in enumerate(people):
                steps: dict[str, Any] = dict(zip(("rel1", "rel2"), relation.split("."), strict=False))
                born = date(year, 5, 5)
                found.resident(f"{home}-{place}", BASELINE, household=home, birth_date=born, **steps)
        yield found


@pytest.mark.parametrize("slug", PROGRAMMES)
def test_only_who_raises_a_child_or_may_is_let_in(records: Records, slug: str) -> None:
    release(records.night(ON), [Sweep(request="7", programme=slug, a_day=100)], held=())
    rows = [row for row in records.rows("matches.matches") if row["night"] == ON]
    assert {row["subject_id"] for row in rows} == PROGRAMMES[slug]
    told = {row["subject_id"]: {one["id"]: one["result"] for one in json.loads(row["criteria"])} for row in rows}
    assert {person for person, results in told.items() if results["raises_a_child"] == "unknown"} == OPEN
