from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from eligibility import catalogue
from eligibility.match import match_programmes
from eligibility.programme import parse_programme, read_programme
from eligibility.sweep import TOLD_DAYS, Released, Sweep, release
from engine.core.clock import TOKYO
from tests.support.history import CITY, Records

AT = datetime(2026, 11, 9, 9, tzinfo=TOKYO)
BASELINE, ON = date(2026, 11, 9), date(2026, 11, 20)
SWEEP = Sweep(request="7", programme="child_allowance", a_day=2)


@pytest.fixture
def records(tmp_path: Path) -> Iterator[Records]:
    with (found := Records(tmp_path)).warehouse:
        _publish(found)
        match_programmes(found.night(BASELINE))  # makes the table of matches
        yield found


def _publish(records: Records, slug: str = "child_allowance", **changes: Any) -> None:
    programme = read_programme(catalogue.FOLDER / f"{slug}.yaml")
    if changes:
        programme = parse_programme(programme.model_dump(mode="json") | changes)
    catalogue.publish(
        programme, signed_off_by=["x"], at=AT, folder=records.settings.paths.catalogue, demonstration=True
    )


def _home(records: Records, name: str, *children: date) -> None:
    records.resident(f"{name}-head", BASELINE, household=name, rel1="HEAD", birth_date=date(1990, 5, 5))
    for number, born in enumerate(children, start=1):
        records.resident(f"{name}-{number}", BASELINE, household=name, birth_date=born)


def _release(
    records: Records, on: date = ON, *, held: tuple[str, ...] = (), sweep: Sweep = SWEEP
) -> tuple[Released, list[str]]:
    """What the night reports, and whom it released, in the order of the file."""
    (done,) = release(records.night(on), [sweep], held=held)
    rows = [row for row in records.rows("matches.matches") if row["night"] == on and row["event_code"] == "SWEEP"]
    return done, sorted(row["subject_id"] for row in rows)


OLD = date(2015, 5, 5)


def test_a_portion_takes_whole_households_and_the_rest_waits(records: Records) -> None:
    _home(records, "h1", OLD)
    _home(records, "h2", OLD, OLD)
    done, people = _release(records)
    assert (people, done.released, done.left, done.done) == (["h1-1"], 1, 2, False)
    done, people = _release(records, ON + timedelta(days=1))
    assert (people, done.left, done.done) == (["h2-1", "h2-2"], 0, True)


def test_a_household_larger_than_a_portion_goes_alone(records: Records) -> None:
    _home(records, "h1", OLD, OLD, OLD)
    _home(records, "h2", OLD)
    assert _release(records)[1] == ["h1-1", "h1-2", "h1-3"]


def test_the_same_night_again_releases_the_same_people(records: Records) -> None:
    for name in ("h1", "h2", "h3"):
        _home(records, name, OLD)
    first = _release(records)
    rows = records.rows("matches.matches")
    assert _release(records) == first
    assert records.rows("matches.matches") == rows


def test_a_household_is_one_cause_and_every_match_says_how_it_was_reached(records: Records) -> None:
    _home(records, "h1", OLD, date(2024, 6, 1))
    _release(records)
    rows = [row for row in records.rows("matches.matches") if row["event_code"] == "SWEEP"]
    assert len({row["event_id"] for row in rows}) == 1
    assert {(row["municipality_code"], row["verdict"], row["kind"]) for row in rows} == {
        (CITY, "possible", "entitlement")
    }
    assert all('"within_age"' in row["criteria"] for row in rows)


def _born(records: Records, name: str, on: date, found_on: date, **more: Any) -> None:
    records.resident(f"{name}-head", BASELINE, household=name, rel1="HEAD", birth_date=date(1990, 5, 5))
    records.resident(f"{name}-1", found_on, household=name, birth_date=on, move_reason="BIRTH", effective_date=on)
    records.event("E01", [f"{name}-1"], occurred_on=on, detected_on=found_on, household_id=name, **more)


def test_the_nearest_deadline_goes_first(records: Records) -> None:
    """児童手当 within 15 days of the birth: late, in three days, in a week; who had no event has no deadline."""
    _home(records, "a-no-event", OLD)
    for name, born in (("week", date(2026, 11, 12)), ("late", date(2026, 10, 1)), ("soon", date(2026, 11, 8))):
        _born(records, name, born, date(2026, 11, 16))
    order = []
    for day in range(4):
        order += _release(
            records, ON + timedelta(days=day), sweep=Sweep(request="7", programme="child_allowance", a_day=1)
        )[1]
    assert order == ["late-1", "soon-1", "week-1", "a-no-event-1"]


@pytest.mark.parametrize(
    ("state", "reason"),
    [
        pytest.param("waiting", "event_under_way", id="its own event waits"),
        pytest.param("held", "event_under_way", id="its own event is held"),
        pytest.param("void", "", id="its event never was"),
    ],
)
def test_an_events_own_notice_goes_first(state: str, reason: str, records: Records) -> None:
    _born(records, "h1", date(2026, 11, 12), date(2026, 11, 16), state=state)
    done, people = _release(records)
    assert (people == [], dict(done.left_out)) == (bool(reason), {reason: 1} if reason else {})


def test_whom_an_event_told_is_not_told_again_within_a_year(records: Records) -> None:
    values = read_programme(catalogue.FOLDER / "child_allowance.yaml").model_dump(mode="json")["values"]
    later = {name: value | {"next_review": "2029-04-01"} for name, value in values.items()}
    _publish(records, next_review="2029-04-01", values=later)
    _born(records, "h1", date(2026, 11, 18), ON)
    match_programmes(records.night(ON))
    done, people = _release(records)
    assert (people, done.left_out) == ([], {"told_already": 1})
    assert len(records.rows("matches.matches")) == 1  # the event's own match stands
    assert _release(records, ON + timedelta(days=TOLD_DAYS))[1] == []
    assert _release(records, ON + timedelta(days=TOLD_DAYS + 1))[1] == ["h1-1"]


def test_who_receives_it_and_who_may_not_be_written_to_is_never_released(records: Records) -> None:
    _home(records, "h1", OLD)
    records.put("child_allowance", ON, claimant_id="h1-head", child_id="h1-1", benefit_status="APPLIED")
    _home(records, "h2", OLD)
    _home(records, "h3", OLD)
    done, people = _release(records, held=("h2-head",))
    assert (people, done.left_out) == (["h3-1"], {"may_not_be_written_to": 1})


def test_a_stale_programme_and_one_that_may_not_be_used_wait(records: Records) -> None:
    _home(records, "h1", OLD)
    (unknown,) = release(records.night(ON), [Sweep(request="8", programme="nothing", a_day=2)], held=())
    assert (unknown.paused, unknown.done) == ("no version of it may be used", False)
    _publish(records, next_review="2026-11-19")
    done, people = _release(records)
    assert (done.paused, people) == ("past its review date", [])


def test_a_programme_that_only_an_event_leads_to_finds_nobody_without_one(records: Records) -> None:
    _publish(records, by_event_alone=True)
    _home(records, "h1", OLD)
    _born(records, "h2", date(2026, 11, 12), date(2026, 11, 16))
    done, people = _release(records)
    assert (people, done.left) == (["h2-1"], 0)
