"""The seven rules every event passes before anyone sees it (events.md section 0), each on its own, in the order they apply."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from events.work import Candidate, Event, Work

#: reasons that enter, fix or renumber a record without anything having happened in a life (R3)
NEVER = frozenset(
    {
        "EX_OFFICIO_ENTRY",
        "EX_OFFICIO_ENTRY_NATURALISE",
        "EX_OFFICIO_ENTRY_LOSS_OF_NATIONALITY",
        "EX_OFFICIO_DELETE",
        "EX_OFFICIO_FIX",
        "TYPO_FIX",
        "MINOR_FIX",
        "REMAKE",
        "REBUILD",
        "JUKI_CODE_CHANGE",
        "MYNUMBER_CHANGE",
        "CANCEL_PLUS",
        "CANCEL_MINUS",
        "CANCEL_FIX",
        "CORRECTION",
        "CANCELLATION",
        "REISSUE",
        "RENEWAL",
        "TRANSFER_IN",
    }
)
#: which events a cancellation takes back (R2)
CANCELS = {
    "CANCEL_MINUS": frozenset({"E01", "E05"}),
    "CANCEL_PLUS": frozenset({"E10", "E07"}),
    "CANCEL_FIX": frozenset({"E09"}),
}
#: a cancelled modification takes back a move only where the address goes back with it
_ADDRESS = frozenset({"addr_code", "addr_line", "addr_building"})
_FROM_REGISTER = frozenset({"E01", "E05", "E07", "E09", "E10"})
_AGES = frozenset({"E25", "E26", "E39"})


@dataclass(frozen=True, kw_only=True)
class Rule:
    """One rule: its number, what it says, and what it does to a night's work."""

    code: str
    says: str
    apply: Callable[[Work], None]


def effective_dates(work: Work) -> None:
    """R4: an event happened on its effective date (異動日), whenever it was notified or processed."""
    work.candidates = [replace(candidate, occurred_on=candidate.effective_on) for candidate in work.candidates]


def something_moved(work: Work) -> None:
    """R1: each new row carries all items; one in which nothing of interest changed says nothing."""
    work.candidates = [candidate for candidate in work.candidates if candidate.moves]


def real_reasons(work: Work) -> None:
    """R3: corrections, renumbering, re-issues and ex-officio entries are not life events."""
    work.candidates = [candidate for candidate in work.candidates if candidate.reason not in NEVER]


def one_event_each(work: Work) -> None:
    """R7: one event per person, kind and date, and per household and night; entered again it is not news."""
    seen = {
        (event.code, event.detail, subject, event.occurred_on)
        for event in work.known
        if event.live
        for subject in event.subject_ids
    }
    grouped: dict[tuple[Any, ...], list[Candidate]] = {}
    for candidate in sorted(work.candidates, key=lambda one: (one.code, one.subject_id, one.change_id)):
        mark = (candidate.code, candidate.detail, candidate.subject_id, candidate.occurred_on)
        if mark in seen:
            continue
        seen.add(mark)
        whose = candidate.household_id if candidate.together else candidate.subject_id
        grouped.setdefault((candidate.code, candidate.detail, whose, candidate.occurred_on), []).append(candidate)
    work.events = [event_of(group, work) for group in grouped.values()]


def each_row_an_event(work: Work) -> None:
    """What is left to do where R7 does not hold: every row is an event of its own."""
    work.events = [event_of([candidate], work) for candidate in work.candidates]


def event_of(group: list[Candidate], work: Work) -> Event:
    """One event out of the rows that show it."""
    first = group[0]
    return Event(
        code=first.code,
        detail=first.detail,
        subject_ids=tuple(sorted({candidate.subject_id for candidate in group})),
        household_id=first.household_id,
        occurred_on=first.occurred_on,
        notified_on=first.notified_on,
        processed_on=first.processed_on,
        detected_on=work.on,
        change_ids=tuple(sorted(candidate.change_id for candidate in group)),
        date_unknown=any(candidate.date_unknown for candidate in group),
        from_calendar=first.from_calendar,
        new=True,
    )


def taken_back(work: Work) -> None:
    """R2: a cancellation voids the newest event it can cancel; a correction of what an event rests on puts a right one in its place."""
    for row in work.voiding:
        if row["class"] == "cancelled" and (row["reason"] != "CANCEL_FIX" or _ADDRESS & set(row["moved"])):
            _void_newest(work, row["subject_id"], CANCELS.get(row["reason"], frozenset()), "R2_cancelled")
        elif row["class"] == "corrected":
            _correct(work, row)
    for subject in sorted(work.voided_nhi):
        _void_newest(work, subject, frozenset({"E28"}), "R2_cancelled")


def _void_newest(work: Work, subject: str, codes: frozenset[str], reason: str) -> None:
    mine = [event for event in work.everything() if event.live and event.code in codes and subject in event.subject_ids]
    if mine:
        newest = max(mine, key=lambda event: (event.detected_on, event.occurred_on or event.detected_on))
        if len(newest.subject_ids) == 1:
            newest.decide("void", reason)
        else:
            _without(work, newest, subject, reason)


def _without(work: Work, event: Event, subject: str, reason: str) -> None:
    """One of several subjects was taken back: the event of all is void, and one of the others takes its place."""
    others = tuple(other for other in event.subject_ids if other != subject)
    event.decide("void", reason)
    work.events.append(
        replace(event, subject_ids=others, detected_on=work.on, new=True, state=None, reason="", event_id="", was=None)
    )


def _correct(work: Work, row: dict[str, Any]) -> None:
    moved = set(row["moved"])
    if row["reason"] != "TYPO_FIX" or not moved & {"effective_date", "birth_date"}:
        return
    for event in [one for one in work.everything() if one.live and row["subject_id"] in one.subject_ids]:
        if event.code in _AGES and "birth_date" in moved:
            event.decide("void", "R2_corrected")
            continue
        rests_on = (
            (row["born_before"], row["born_after"])
            if event.code == "E01"
            else (row["effective_before"], row["effective_after"])
        )
        if event.code in _FROM_REGISTER and event.occurred_on == rests_on[0] != rests_on[1]:
            event.decide("void", "R2_corrected")
            work.events.append(
                replace(
                    event,
                    occurred_on=rests_on[1],
                    notified_on=row["notified_on"],
                    processed_on=row["processed_on"],
                    detected_on=work.on,
                    change_ids=(row["change_id"],),
                    new=True,
                    state=None,
                    reason="",
                    event_id="",
                    was=None,
                )
            )


def unknown_dates(work: Work) -> None:
    """R6: on an unknown date no age rule fires, and staff look at everything else."""
    for event in work.events:
        if event.date_unknown and event.state is None:
            event.decide("staff", "R6_unknown_date")
    work.events = [event for event in work.events if not (event.date_unknown and event.from_calendar)]


def entered_late(work: Work) -> None:
    """R5: what was entered longer ago than the limit is looked at by staff."""
    limit = timedelta(days=work.late_entry_days)
    for event in work.events:
        if event.state is None and event.occurred_on is not None and work.on - event.occurred_on > limit:
            event.decide("staff", "R5_backdated")


RULES: tuple[Rule, ...] = (
    Rule(code="R4", says="the effective date counts, not the day of entry", apply=effective_dates),
    Rule(code="R1", says="a new row may change nothing of interest", apply=something_moved),
    Rule(code="R3", says="corrections, renumbering and ex-officio entries are no life events", apply=real_reasons),
    Rule(code="R7", says="one event per person, kind and date; one per household and night", apply=one_event_each),
    Rule(code="R2", says="cancellations and corrections void the earlier event", apply=taken_back),
    Rule(code="R6", says="an unknown date goes to staff", apply=unknown_dates),
    Rule(code="R5", says="an entry older than the limit goes to staff", apply=entered_late),
)
