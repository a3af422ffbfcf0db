"""For every event its nine traps: what the night makes of each, or why the trap cannot touch the event (events.md section 1)."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta

import pytest

from engine.core.settings import LifeEvents, Volume
from engine.records.contract import load_contracts
from events.detect import STAGE
from events.detectors import load_detectors
from tests.support.eventful import BASELINE, CALENDAR, FIRST, SECOND, Register
from tests.support.history import CITY
from tests.support.scenes import SCENES

TRAPS = (
    "correction",
    "cancellation next night",
    "re-entry",
    "backdated",
    "twins",
    "household merge",
    "unknown date",
    "support measure",
    "death in the window",
)
ON, RIGHT, LONG_AGO = FIRST - timedelta(days=4), FIRST - timedelta(days=6), FIRST - timedelta(days=61)
Told = tuple[str, date | None, str, str]  #: subject, occurred on, state, reason

#: what a cancellation of the register takes back, by the event whose row it is
CANCELS = {
    "CANCEL_MINUS": ("E01", "E05", "E06", "E29"),
    "CANCEL_PLUS": ("E07", "E08", "E10", "E18", "E14", "E17", "E33"),
    "CANCEL_FIX": ("E09", "E13", "E15", "E16", "E51", "E19", "E20", "E27"),
}
CANCELLED_BY = {code: reason for reason, codes in CANCELS.items() for code in codes}
#: whose row is somebody else's
OF_A_PARENT = frozenset({"E14", "E17", "E33"})
BY_DAY_OF_FILE = frozenset({"E43", "E49", "E50", "E52"})

ONE_ROW = "the system keeps one row a key: a correction is its next version, and staff see both"
NO_DATE = "the row carries no date of its own; the day of the file counts"
CONTROL = "a control event says what the record says now; it is read again every night"
ONE_PERSON = "the event is one person's; another row of the household is another event"
NUMBER = "a returner keeps the number; nothing but a new row of this kind makes the event again"
NOT_TAKEN_BACK = "the row is a correction or a notice of its own; 異動の取消し takes back another row than this"
UNTOLD = "never recorded as an event"
CALENDAR_ROW = "time brings it: there is no row that could be entered late or cancelled"


def why_not(code: str, trap: str) -> str:
    """Why a trap cannot touch an event; '' where it can and is tried."""
    detector = load_detectors()[code]
    if detector.event_class == "never":
        return UNTOLD
    register_row = detector.table == "residents" and code not in BY_DAY_OF_FILE and code != "E41"
    if trap in {"correction", "cancellation next night"}:
        if trap == "cancellation next night" and (kept_by_key(code) or code == "E21"):
            return ""
        if not register_row and code not in {"E21", "E28"}:
            return CONTROL if detector.event_class == "control" else NOT_TAKEN_BACK if code == "E41" else ONE_ROW
        if trap == "correction" and detector.event_class != "automatic":
            return CONTROL if detector.event_class == "control" else ""
    if trap == "re-entry" and code not in {"E05", "E06"}:
        return NUMBER
    if trap in {"backdated", "unknown date"} and code in BY_DAY_OF_FILE:
        return NO_DATE
    if trap == "unknown date" and code in {"E34", "E41", "E54", "E32"}:
        return NO_DATE
    if trap == "death in the window" and code in {"E10", "E07", "E08"}:
        return "whoever died or left has no later row in the window"
    if trap == "household merge" and code in {"E10", "E07", "E08", "E18"}:
        return "whoever is gone joins no household"
    return ""


def kept_by_key(code: str) -> bool:
    """Whether an event that can be taken back rests on a system that keeps one row a key."""
    detector = load_detectors()[code]
    return load_contracts()[detector.table].kind == "state" and detector.event_class in {"automatic", "staff-only"}


RECORDED = [
    pytest.param(code, trap, id=f"{code} {trap}")
    for code in sorted(SCENES)
    for trap in TRAPS
    if not why_not(code, trap)
]


def happens(register: Register, code: str, trap: str) -> None:
    """The event with the trap that belongs to it, to people of this trap alone."""
    who, household, scene = f"{code}-{trap}", f"h-{code}-{trap}", SCENES[code]
    if trap == "re-entry":
        register.lives(who, status="MOVED_OUT", move_reason="DOMESTIC_OUT", household_id=household)
        reason = "DOMESTIC_IN" if code == "E05" else "FOREIGN_IN"
        register.row(who, FIRST, reason, ON, status="RESIDENT", household_id=household)
        return
    on = {"backdated": LONG_AGO, "unknown date": None}.get(trap, ON)
    if trap == "support measure":
        register.measure(who, BASELINE)
    subject = scene(register, FIRST, on, who, household)
    own = f"{who}-parent" if code in OF_A_PARENT else who
    if trap == "twins":
        scene(register, FIRST, on, f"{who}-2", household)
    elif trap == "correction" and code in {"E21", "E28"}:
        register.entry(who, SECOND, "CORRECTION", acquired_on=RIGHT)
    elif trap == "correction":
        born = {"birth_date": RIGHT} if code in {"E01", "E29"} else {}
        register.row(own, SECOND, "TYPO_FIX", RIGHT, **born)
    elif trap == "cancellation next night" and code in {"E21", "E28"}:
        register.entry(who, SECOND, "CANCELLATION")
    elif trap == "cancellation next night" and kept_by_key(code):
        register.takes_back(load_detectors()[code].table, who, SECOND)
    elif trap == "cancellation next night":
        reason = CANCELLED_BY[code]
        status = "DELETED" if reason == "CANCEL_MINUS" else "RESIDENT"
        back = {"addr_line": "1-1"} if code in {"E09", "E19", "E20"} else {}
        register.row(own, SECOND, reason, ON, status=status, **back)
    elif trap == "household merge":
        if not register.knows(subject):
            register.lives(subject, household_id=household)
        register.row(subject, SECOND, "HH_MERGE", SECOND, household_id=f"merged-{household}")
    elif trap == "death in the window":
        register.row(subject, SECOND, "DEATH", SECOND, status="DEAD")


@pytest.fixture(scope="module")
def nights(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mapping[tuple[str, str], list[Told]]]:
    """Two nights in which everything happens in every way: (event, trap) → what was told of the people of that trap."""
    register = Register(tmp_path_factory.mktemp("traps"))
    many = dict.fromkeys(load_detectors(), 1e7)
    register.settings = register.settings.model_copy(
        update={"volume": Volume(yearly=many), "events": LifeEvents(quiet=())}
    )
    for code in SCENES:
        for trap in TRAPS:
            if not why_not(code, trap):
                happens(register, code, trap)
    register.warehouse.mark(STAGE, CITY, BASELINE, {})
    register.run(FIRST, SECOND)
    told: dict[tuple[str, str], list[Told]] = {}
    for code, subjects, occurred, state, reason in register.told(*load_detectors()):
        of_code = subjects[0].removeprefix(f"{code}-")
        trap = next((trap for trap in TRAPS if of_code.startswith(trap)), "")
        told.setdefault((code, trap), []).append(("+".join(subjects), occurred, state, reason))
    yield told


def short(found: list[Told]) -> list[tuple[str, str]]:
    return sorted((state, reason) for _, _, state, reason in found)


@pytest.mark.parametrize(("code", "trap"), RECORDED)
def test_what_a_trap_makes_of_an_event(code: str, trap: str, nights: Mapping[tuple[str, str], list[Told]]) -> None:
    found = nights.get((code, trap), [])
    control = load_detectors()[code].event_class == "control"
    if trap == "correction":
        assert ("void", "R2_corrected") in short(found)
        assert [told[1] for told in found if told[2] == "settled"] == [RIGHT]
    elif trap == "cancellation next night":
        assert short(found) == [("void", "R2_cancelled")]
    elif trap == "backdated":
        assert short(found) == [("staff", "R5_backdated")]
    elif trap == "unknown date":
        assert short(found) == [("staff", "R6_unknown_date")]
    elif trap == "twins":
        together = load_detectors()[code].together == "household"
        assert len(found) == (1 if together else 2), found
    elif trap == "death in the window" and not control:
        assert short(found) == [("suppressed", "death_in_window")]
    else:
        assert ("settled", "") in short(found)
        assert len(found) == 1 or trap == "household merge"


#: how somebody of each trap differs from everybody else with the same birth date: what time brings them
BROUGHT: Mapping[str, tuple[str, ...]] = {
    "correction": ("void",),
    "re-entry": ("settled",),
    "twins": ("settled", "settled"),
    "household merge": ("settled",),
    "unknown date": (),
    "support measure": ("settled",),
    "death in the window": ("suppressed",),
}


@pytest.fixture(scope="module", params=sorted(CALENDAR))
def brought(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[str, dict[str, list[str]]]:
    """The day of a calendar event and the next: trap → the states of what time brought those people."""
    code = str(request.param)
    born, day = CALENDAR[code]
    register, following = Register(tmp_path_factory.mktemp("calendar")), day + timedelta(days=1)
    many = dict.fromkeys(load_detectors(), 1e7)
    register.settings = register.settings.model_copy(update={"volume": Volume(yearly=many)})
    for trap in BROUGHT:
        facts = {
            "birth_date": born,
            "sex": "2",
            "household_id": f"h-{trap}",
            "effective_date": born,
            "resident_since": born,
        }
        for who in [trap, f"{trap} 2"] if trap == "twins" else [trap]:
            register.lives(who, **facts, birth_date_unknown=trap == "unknown date")
    register.measure("support measure", BASELINE)
    register.row("re-entry", BASELINE, "DOMESTIC_OUT", status="MOVED_OUT")
    register.row("re-entry", BASELINE, "DOMESTIC_IN", status="RESIDENT")
    register.row("household merge", day, "HH_MERGE", household_id="merged")
    register.row("correction", following, "TYPO_FIX", born, birth_date=date(1980, 1, 1))
    register.row("death in the window", following, "DEATH", status="DEAD")
    register.row("re-entry", following, "DOMESTIC_OUT", status="MOVED_OUT")
    register.row("re-entry", following, "DOMESTIC_IN", status="RESIDENT")
    register.warehouse.mark(STAGE, CITY, day - timedelta(days=1), {})
    register.run(day, following)
    states: dict[str, list[str]] = {}
    for _, subjects, _, state, _ in register.told(code):
        states.setdefault(subjects[0].removesuffix(" 2"), []).append(state)
    return code, states


@pytest.mark.parametrize("trap", BROUGHT)
def test_what_a_trap_makes_of_an_event_that_time_brings(trap: str, brought: tuple[str, dict[str, list[str]]]) -> None:
    _, states = brought
    assert tuple(states.get(trap, [])) == BROUGHT[trap]


@pytest.mark.parametrize("code", sorted(load_detectors()))
@pytest.mark.parametrize("trap", TRAPS)
def test_every_event_has_every_trap_tried_or_explained(code: str, trap: str) -> None:
    tried_by_time = code in CALENDAR and (trap in BROUGHT or CALENDAR_ROW)
    assert code in SCENES or tried_by_time or why_not(code, trap)
