"""Every real event of the demo town is found, no planted trap is mistaken for one, and each of the seven rules is needed for that."""

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import pytest

from engine.core.settings import Settings
from engine.records.asof import bind_night
from events.detect import STAGE, detect, known_events
from events.rules import RULES, Rule
from fixtures.demo_settings import BASELINE
from fixtures.town import build_town
from fixtures.truth import TruthRow, read_truth
from tests.django_settings import settings_in
from tests.support.truth import AUTOMATIC, Comparison, compare, history_of, night_of, opened

pytestmark = pytest.mark.xdist_group("truth")

NIGHTS = 30
RESIDENTS = 5_000
ALL_NIGHTS = [BASELINE + timedelta(days=offset) for offset in range(NIGHTS + 1)]

#: cohorts of February to April: the long proof sees them
NOT_IN_AUTUMN = {"E23", "E24", "E37", "E40"}

#: what must be planted for the comparison to mean anything (events.md sections 0 and 1)
TRAPS = {
    "cancellation",
    "cancellation_same_night",
    "correction",
    "correction_elsewhere",
    "twins",
    "family",
    "backdated",
    "backdated_a_little",
    "processed_earlier",
    "sent_again",
    "entered_twice",
    "re_entry",
    "ex_officio_entry",
    "household_split",
    "household_merge",
    "two_rows_one_night",
    "nothing_moved",
    "unknown_date",
    "death_in_window",
    "mass_renumbering",
    "support_measure",
    "support_measure_later",
    "once_shared_a_household",
}


def built(folder: Path, seed: int) -> tuple[Settings, list[TruthRow]]:
    """A town with its history loaded, and its truth."""
    settings = settings_in(folder)
    build_town(residents=RESIDENTS, seed=seed, baseline=BASELINE, nights=NIGHTS, folder=folder)
    history_of(settings, ALL_NIGHTS)
    return settings, read_truth(folder / "truth.jsonl")


def found_with(settings: Settings, truth: list[TruthRow], rules: Sequence[Rule], *, deaths: bool = True) -> Comparison:
    """Runs detection over every night anew with these rules and compares."""
    with opened(settings) as warehouse:
        for on in ALL_NIGHTS:
            night = night_of(settings, warehouse, on)
            bind_night(warehouse, night.municipality, on)
            report = detect(night, rules, deaths=deaths)
            warehouse.mark(STAGE, night.municipality, on, dict(report.summary()))
        return compare(truth, known_events(warehouse, settings.municipality.code, ALL_NIGHTS[-1]), AUTOMATIC)


@pytest.fixture(scope="module")
def first_town(tmp_path_factory: pytest.TempPathFactory) -> tuple[Settings, list[TruthRow]]:
    """The town of seed 1."""
    return built(tmp_path_factory.mktemp("truth"), seed=1)


def test_the_town_plants_what_the_rules_are_for(first_town: tuple[Settings, list[TruthRow]]) -> None:
    _, truth = first_town
    assert {row.trap for row in truth if row.trap} >= TRAPS
    assert {row.code for row in truth if row.kind == "event"} >= set(AUTOMATIC) - NOT_IN_AUTUMN


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_every_real_event_is_found_and_no_trap_is_taken_for_one(
    seed: int, first_town: tuple[Settings, list[TruthRow]], tmp_path: Path
) -> None:
    settings, truth = first_town if seed == 1 else built(tmp_path, seed)
    comparison = found_with(settings, truth, RULES)
    assert comparison.missed == []
    assert comparison.mistaken == []
    assert comparison.wrong_outcome == []
    assert comparison.found > 50


@pytest.mark.parametrize("code", sorted(rule.code for rule in RULES))
def test_without_a_rule_the_night_is_wrong(code: str, first_town: tuple[Settings, list[TruthRow]]) -> None:
    settings, truth = first_town
    assert not found_with(settings, truth, [rule for rule in RULES if rule.code != code]).exact


def test_without_the_settling_of_deaths_the_dead_are_written_to(first_town: tuple[Settings, list[TruthRow]]) -> None:
    settings, truth = first_town
    wrong = found_with(settings, truth, RULES, deaths=False).wrong_outcome
    assert any("death_in_window" in said and said.endswith("suppressed expected, settled found") for said in wrong)
