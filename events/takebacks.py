"""What a cancellation or correction is about: a person's rows read in order, each taking back the newest it can (R2).

A cancellation (異動の取消し) is an appended row; the row it takes back stays and is not named by it. So the sequence is read from
its beginning: an increase is taken back by 減, a decrease by 増, a modification by 修正, and nothing twice. A system that keeps one
row a key says no more than that a row went back to what it was (`REVERSAL` of a `ROW`).
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

from events.work import Entry

INCREASES = frozenset(
    {
        "BIRTH",
        "DOMESTIC_IN",
        "FOREIGN_IN",
        "EX_OFFICIO_ENTRY",
        "EX_OFFICIO_ENTRY_NATURALISE",
        "EX_OFFICIO_ENTRY_LOSS_OF_NATIONALITY",
    }
)
DECREASES = frozenset(
    {
        "DEATH",
        "DOMESTIC_OUT",
        "FOREIGN_OUT",
        "EX_OFFICIO_DELETE",
        "EX_OFFICIO_DELETE_NATURALISE",
        "EX_OFFICIO_DELETE_LOSS_OF_NATIONALITY",
    }
)
MODIFICATIONS = frozenset(
    {
        "MOVE_WITHIN",
        "MINOR_FIX",
        "EX_OFFICIO_FIX",
        "TYPO_FIX",
        "HH_SPLIT",
        "HH_MERGE",
        "HH_CHANGE",
        "HEAD_CHANGE",
        "FORMER_NAME_ENTRY",
        "ALIAS_ENTRY",
    }
)
#: which reasons a cancellation can take back
CANCELS = {
    "CANCEL_MINUS": INCREASES,
    "CANCEL_PLUS": DECREASES,
    "CANCEL_FIX": MODIFICATIONS,
    "CANCELLATION": frozenset({"ENTRY"}),
    "REVERSAL": frozenset({"ROW"}),
}
#: 誤記修正 of the register, 訂正 of the NHI
CORRECTS = frozenset({"TYPO_FIX", "CORRECTION"})
_ADDRESS = frozenset({"addr_code", "addr_line", "addr_building"})
_BIRTH = frozenset({"birth_date", "birth_date_unknown"})
_EFFECTIVE = frozenset({"effective_date", "effective_date_unknown", "acquired_on", "acquired_on_unknown"})
_GROUND = frozenset({"acquired_reason"})
_END = frozenset({"lost_on"})


@dataclass(frozen=True, kw_only=True)
class TakeBack:
    """Tonight's `by` takes back what the rows `change_ids` said; `right` when it is a correction, which says something instead."""

    by: Entry
    change_ids: frozenset[str]
    right: bool
    occurred_on: date | None = None
    date_unknown: bool = False
    dated: date | None = (
        None  #: only what happened on this day, where the rows date two things: when something began and ended
    )

    def concerns(self, change_ids: Iterable[str], occurred_on: date | None) -> bool:
        """Whether what rests on these rows and happened on that day is taken back."""
        return bool(self.change_ids & set(change_ids)) and (self.dated is None or occurred_on == self.dated)

    def puts_right(self, code: str) -> bool:
        """Whether an event of this kind stands again, on the right date: where the corrected row still makes one."""
        return self.right and (self.by.makes is None or code in self.by.makes)

    @property
    def reason(self) -> str:
        """Why the event is void."""
        return "R2_corrected" if self.by.reason in CORRECTS else "R2_cancelled"


@dataclass(kw_only=True)
class _Standing:
    """A row nobody took back yet, and the corrections it got."""

    entry: Entry
    effective_on: date | None
    ends_on: date | None
    change_ids: set[str] = field(default_factory=set)


def take_backs(sequence: Sequence[Entry]) -> Iterator[TakeBack]:
    """What tonight's rows of one person's sequence take back, in order."""
    standing: list[_Standing] = []
    for entry in sequence:
        if entry.reason in CANCELS:
            found = _cancelled(standing, entry)
            if found is not None:
                standing.remove(found)
                if entry.tonight:
                    yield TakeBack(by=entry, change_ids=frozenset(found.change_ids), right=False)
            continue
        if entry.reason in CORRECTS:
            yield from _corrected(standing, entry)
        made = _Standing(entry=entry, effective_on=entry.effective_on, ends_on=entry.ends_on)
        made.change_ids.add(entry.change_id)
        standing.append(made)


def _cancelled(standing: list[_Standing], by: Entry) -> _Standing | None:
    """The newest row it can take back; a modification only where the address goes back with it, or neither moved one."""
    for one in reversed(standing):
        same = by.reason != "CANCEL_FIX" or bool(one.entry.moved & _ADDRESS) == bool(by.moved & _ADDRESS)
        if one.entry.reason in CANCELS[by.reason] and same:
            return one
    return None


def _corrected(standing: list[_Standing], by: Entry) -> Iterator[TakeBack]:
    """The rows whose date (a birth's: the birth date), ground or end the correction changes."""
    for one in [one for one in standing if one.entry.reason not in CORRECTS]:
        if by.moved & _END and one.ends_on is not None and one.ends_on == by.ends_before:
            yield from _ended_otherwise(one, by)
        birth = one.entry.reason == "BIRTH"
        if birth:
            concerned = bool(by.moved & _BIRTH)
        else:
            concerned = one.effective_on == by.effective_before and (
                bool(by.moved & _GROUND) or (bool(by.moved & _EFFECTIVE) and not _dates_itself(by))
            )
        if not concerned:
            continue
        if by.tonight:
            yield TakeBack(
                by=by,
                change_ids=frozenset(one.change_ids),
                right=True,
                occurred_on=by.born_on if birth else by.effective_on,
                date_unknown=by.effective_unknown or (birth and by.born_unknown),
                dated=None if one.ends_on is None else one.effective_on,
            )
        one.change_ids.add(by.change_id)
        one.effective_on = by.effective_on


def _ended_otherwise(one: _Standing, by: Entry) -> Iterator[TakeBack]:
    """What a row told of ended on another day than it said, or has not ended."""
    if by.tonight:
        yield TakeBack(
            by=by,
            change_ids=frozenset(one.change_ids),
            right=by.ends_on is not None,
            occurred_on=by.ends_on,
            dated=one.ends_on,
        )
    one.change_ids.add(by.change_id)
    one.ends_on = by.ends_on


def _dates_itself(by: Entry) -> bool:
    """A correction entered days later that carries its own day as 異動日 corrects something else than a date."""
    return by.effective_on == by.processed_on and by.processed_before != by.processed_on
