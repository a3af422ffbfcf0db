"""Every real event of the demo town is found, no planted trap is mistaken for one, and each rule and each trap's handling is needed."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from functools import cache
from pathlib import Path

import pytest

from engine.core.settings import Settings
from engine.records.asof import bind_night
from events.detect import STAGE, detect, known_events
from events.rules import RULES, Rule, taken_back
from events.takebacks import CANCELS, CORRECTS
from events.work import Work
from fixtures.demo_settings import BASELINE
from fixtures.town import build_town
from fixtures.truth import TruthRow, read_truth
from notices.recipients.checks import RESTRICTED, stops
from notices.recipients.contacts import refresh
from notices.recipients.models import Block
from notices.recipients.publish import publish_safety
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
    "merge_after_fix",
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


def without(code: str) -> list[Rule]:
    """Every rule but one."""
    return [rule for rule in RULES if rule.code != code]


def deaf_to(reasons: frozenset[str]) -> list[Rule]:
    """The rules, where R2 does not hear of rows with these reasons."""

    def apply(work: Work) -> None:
        work.sequences = [[one for one in sequence if one.reason not in reasons] for sequence in work.sequences]
        work.sequences = [sequence for sequence in work.sequences if sequence]
        taken_back(work)

    return [replace(rule, apply=apply) if rule.code == "R2" else rule for rule in RULES]


#: everything that can be switched off: its name → the rules left, and whether deaths are settled
SWITCHES: Mapping[str, tuple[list[Rule], bool]] = {rule.code: (without(rule.code), True) for rule in RULES} | {
    "corrections": (deaf_to(CORRECTS), True),
    "cancellations": (deaf_to(frozenset(CANCELS)), True),
    "deaths": (list(RULES), False),
}
#: what handles each trap of the catalogue, and the traps of the town that show it; support measures are stopped later, see below
HANDLED_BY: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "correction": ("corrections", ("correction", "corrected_then_cancelled")),
    "cancellation next night": ("cancellations", ("cancellation",)),
    "re-entry": ("R3", ("ex_officio_entry",)),
    "backdated": ("R5", ("backdated",)),
    "twins": ("R7", ("twins",)),
    "household merge": ("R3", ("merge_after_fix",)),
    "unknown date": ("R6", ("unknown_date",)),
    "death in the window": ("deaths", ("death_in_window",)),
}
Town = tuple[Settings, list[TruthRow]]


@pytest.fixture(scope="module")
def first_town(tmp_path_factory: pytest.TempPathFactory) -> Town:
    """The town of seed 1."""
    return built(tmp_path_factory.mktemp("truth"), seed=1)


@pytest.fixture(scope="module")
def switched_off(first_town: Town) -> Callable[[str], Comparison]:
    """A switch by name → what the first town's nights are like without it. Each runs once."""
    settings, truth = first_town

    @cache
    def compared(switch: str) -> Comparison:
        rules, deaths = SWITCHES[switch]
        return found_with(settings, truth, rules, deaths=deaths)

    return compared


def test_the_town_plants_what_the_rules_are_for(first_town: Town) -> None:
    _, truth = first_town
    assert {row.trap for row in truth if row.trap} >= TRAPS
    assert {row.code for row in truth if row.kind == "event"} >= set(AUTOMATIC) - NOT_IN_AUTUMN


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_every_real_event_is_found_and_no_trap_is_taken_for_one(seed: int, first_town: Town, tmp_path: Path) -> None:
    settings, truth = first_town if seed == 1 else built(tmp_path, seed)
    comparison = found_with(settings, truth, RULES)
    assert comparison.missed == []
    assert comparison.mistaken == []
    assert comparison.wrong_outcome == []
    assert comparison.found > 50


@pytest.mark.parametrize("switch", sorted(SWITCHES))
def test_without_a_rule_the_night_is_wrong(switch: str, switched_off: Callable[[str], Comparison]) -> None:
    assert not switched_off(switch).exact


@pytest.mark.parametrize("trap", sorted(HANDLED_BY))
def test_without_its_handling_a_trap_is_fallen_into(
    trap: str, first_town: Town, switched_off: Callable[[str], Comparison]
) -> None:
    switch, planted = HANDLED_BY[trap]
    trapped = {subject for row in first_town[1] if row.trap in planted for subject in row.subject_ids}
    assert trapped & switched_off(switch).subjects


def test_without_the_settling_of_deaths_the_dead_are_written_to(switched_off: Callable[[str], Comparison]) -> None:
    wrong = switched_off("deaths").wrong_outcome
    assert any("death_in_window" in said and said.endswith("suppressed expected, settled found") for said in wrong)


def told_apart(settings: Settings, truth: Sequence[TruthRow]) -> list[TruthRow]:
    """Every event that may lead to a notice and is stopped for a support measure where it should not be, or the other way round."""
    wrong = []
    for row in [row for row in truth if row.kind == "event" and row.outcome in {"notice", "blocked"}]:
        found = stops(
            settings.municipality.code,
            addressee_id=row.subject_ids[0],
            subject_ids=row.subject_ids,
            household_id=row.household_id,
            programmes=[("any", "information")],
        )
        if any(stop.restricted for stop in found) != (row.outcome == "blocked"):
            wrong.append(row)
    return wrong


@pytest.mark.django_db
def test_a_support_measure_stops_what_concerns_its_household_and_nothing_else(first_town: Town) -> None:
    """The ninth trap: what preparation, approval and sending ask, on the town's last night, with the blocks and without them."""
    settings, truth = first_town
    with opened(settings) as warehouse:
        night = night_of(settings, warehouse, ALL_NIGHTS[-1])
        bind_night(warehouse, night.municipality, night.on)
        publish_safety(night)
        refresh(night, sorted({subject for row in truth for subject in row.subject_ids}))
    assert told_apart(settings, truth) == []
    Block.objects.filter(reason__in=RESTRICTED).delete()
    missed = {row.trap for row in told_apart(settings, truth)}
    assert missed >= {"support_measure", "support_measure_later", "once_shared_a_household"}
