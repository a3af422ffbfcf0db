"""The seven rules every event passes before anyone sees it (events.md section 0), each on its own, in the order they apply."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Literal

from events.detectors import load_detectors
from events.takebacks import TakeBack, take_backs
from events.work import Candidate, Event, Work


@dataclass(frozen=True, kw_only=True)
class Rule:
    """One rule: its number, what it says, whether it looks at the rows a detector saw or at the events made of them, what it does."""

    code: str
    ja: str
    en: str
    sees: Literal["rows", "events"]
    apply: Callable[[Work], None]

    @property
    def source(self) -> str:
        """Where it is written down."""
        return f"events.md section 0, {self.code}"


def effective_dates(work: Work) -> None:
    """R4: an event happened on its effective date (異動日), whenever it was notified or processed."""
    work.candidates = [replace(candidate, occurred_on=candidate.effective_on) for candidate in work.candidates]


def something_moved(work: Work) -> None:
    """R1: each new row carries all items; one in which nothing of interest changed says nothing."""
    work.candidates = [candidate for candidate in work.candidates if candidate.moves]


def real_reasons(work: Work) -> None:
    """R3: only the reasons a detector names make its event; corrections, renumbering and ex-officio entries are never life events."""
    work.candidates = [candidate for candidate in work.candidates if candidate.real]


def taken_back(work: Work) -> None:
    """R2: a cancellation voids the newest entry it can cancel; a correction of what an event rests on puts the right one in its place."""
    for sequence in work.sequences:
        for back in take_backs(sequence):
            _undo_tonight(work, back)
            _undo_known(work, back)
        _undo_ages(work, sequence[-1].subject_id, any(one.tonight and "birth_date" in one.moved for one in sequence))


def _undo_tonight(work: Work, back: TakeBack) -> None:
    """What was entered and taken back between two nights never becomes an event."""
    kept = []
    # where no reason says that a row takes another back, it looks like an event of its own
    back_again = {back.by.change_id} if back.by.reason == "REVERSAL" else set()
    for candidate in work.candidates:
        if back_again & set(candidate.change_ids):
            continue
        if not back.concerns(candidate.change_ids, candidate.effective_on):
            kept.append(candidate)
        elif back.puts_right(candidate.code):
            kept.append(candidate if candidate.from_calendar else _redated(candidate, back))
    work.candidates = kept


def _undo_known(work: Work, back: TakeBack) -> None:
    """The event of an earlier night is void; its other subjects, and the right date, come back as tonight's rows.

    An event may rest on somebody else's row, as a bereaved parent's does on the death: then it falls or moves as a whole.
    """
    for event in work.known:
        right = back.puts_right(event.code)
        if not event.live or not back.concerns(event.change_ids, event.occurred_on) or (event.from_calendar and right):
            continue
        event.decide("void", back.reason)
        own = {back.by.subject_id} & set(event.subject_ids) or set(event.subject_ids)
        work.candidates += [candidate_of(event, other) for other in event.subject_ids if other not in own]
        if right:
            again = (replace(candidate_of(event, subject), change_ids=()) for subject in sorted(own))
            work.candidates += [_redated(candidate, back) for candidate in again]


def _redated(candidate: Candidate, back: TakeBack) -> Candidate:
    by = back.by
    return replace(
        candidate,
        occurred_on=back.occurred_on,
        effective_on=back.occurred_on,
        date_unknown=back.date_unknown or back.occurred_on is None,
        notified_on=by.notified_on,
        processed_on=by.processed_on,
        change_ids=(*candidate.change_ids, by.change_id),
    )


def _undo_ages(work: Work, subject: str, birth_date_moved: bool) -> None:
    """Ages reached by a birth date that was wrong; the calendar finds the right ones."""
    for event in work.known:
        by_age = load_detectors()[event.code].by_age
        if birth_date_moved and event.live and by_age and subject in event.subject_ids:
            event.decide("void", "R2_corrected")


def candidate_of(event: Event, subject: str) -> Candidate:
    """One subject of an event found earlier, as a row of tonight."""
    return Candidate(
        code=event.code,
        subject_id=subject,
        household_id=event.household_id,
        detail=event.detail,
        occurred_on=event.occurred_on,
        effective_on=event.occurred_on,
        date_unknown=event.occurred_on is None or event.was_reason == "R6_unknown_date",
        notified_on=event.notified_on,
        processed_on=event.processed_on,
        change_ids=event.change_ids,
        real=True,
        moves=True,
        together=load_detectors()[event.code].together == "household",
        from_calendar=event.from_calendar,
    )


def one_event_each(work: Work) -> None:
    """R7: one event per person, kind and date, and per household and night; entered again it is not news.

    An age is reached once, whichever day it was seen on.
    """
    seen = {
        (event.code, event.detail, subject, _dated(event.code, event.occurred_on))
        for event in work.known
        if event.live
        for subject in event.subject_ids
    }
    grouped: dict[tuple[object, ...], list[Candidate]] = {}
    for candidate in sorted(work.candidates, key=_earliest_first):
        mark = (candidate.code, candidate.detail, candidate.subject_id, _dated(candidate.code, candidate.occurred_on))
        if mark in seen:
            continue
        seen.add(mark)
        whose = candidate.household_id if candidate.together else candidate.subject_id
        grouped.setdefault((candidate.code, candidate.detail, whose, candidate.occurred_on), []).append(candidate)
    work.events = [event_of(group, work) for group in grouped.values()]
    work.grouped = True


def _earliest_first(one: Candidate) -> tuple[str, str, date, tuple[str, ...]]:
    return one.code, one.subject_id, one.occurred_on or date.max, one.change_ids


def _dated(code: str, on: date | None) -> date | None:
    return None if load_detectors()[code].by_age else on


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
        change_ids=tuple(sorted({change for candidate in group for change in candidate.change_ids})),
        date_unknown=any(candidate.date_unknown for candidate in group),
        from_calendar=first.from_calendar,
        new=True,
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
    Rule(
        code="R4",
        ja="処理日ではなく異動日で数える",
        en="the effective date counts, not the day of entry",
        sees="rows",
        apply=effective_dates,
    ),
    Rule(
        code="R1",
        ja="新しい履歴でも、見るべき項目が変わらなければ出来事ではない",
        en="a new row may change nothing of interest",
        sees="rows",
        apply=something_moved,
    ),
    Rule(
        code="R3",
        ja="修正・番号の変更・職権による記載は出来事ではない",
        en="corrections, renumbering and ex-officio entries are no life events",
        sees="rows",
        apply=real_reasons,
    ),
    Rule(
        code="R2",
        ja="取消しや日付の訂正があれば、前の出来事はなかったことにする",
        en="cancellations and corrections void the earlier event",
        sees="rows",
        apply=taken_back,
    ),
    Rule(
        code="R7",
        ja="同じ人・同じ日・同じ種類は一つ、同じ世帯の同じ夜も一つにまとめる",
        en="one event per person, kind and date; one per household and night",
        sees="rows",
        apply=one_event_each,
    ),
    Rule(
        code="R6",
        ja="日付が不詳のものは職員が確認する",
        en="an unknown date goes to staff",
        sees="events",
        apply=unknown_dates,
    ),
    Rule(
        code="R5",
        ja="期限より前にさかのぼる届出は職員が確認する",
        en="an entry older than the limit goes to staff",
        sees="events",
        apply=entered_late,
    ),
)
