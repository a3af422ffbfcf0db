"""One approval of many: a part of the queue is frozen when it is chosen, and exactly that is approved, in one transaction."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

from django.db import transaction

from engine.core.errors import StateError
from engine.core.sql import load_queries
from notices.approval import audit
from notices.approval.decide import held_by_another
from notices.approval.hashing import LEFT_OUT, ReadItem, content_hash, item_hash
from notices.approval.leaving import put_out, send_later
from notices.approval.models import Item, ItemState, Notice, NoticeBody, NoticeState, Selection
from notices.approval.officer import Officer
from notices.approval.refusals import AlreadyDecided, NotAllowed
from notices.approval.safety import DEATH
from notices.approval.states import OPEN, move_all
from notices.approval.waiting import Filters, narrowed, ordered, waiting
from notices.approval.withdraw import halt
from notices.many import Among, write_all
from notices.recipients.checks import Safety, Stop, judge, read_safety, require_safety
from notices.recipients.models import Contact
from notices.site import installed
from notices.wording.models import Wording

MOST = 10_000  #: notices one selection may hold
#: what decides whether and how a notice goes, and what its hash is made of
_ASKED_OF_NOTICES = (
    "municipality_code",
    "key",
    "number",
    "event",
    "addressee_id",
    "subject_ids",
    "household_id",
    "language",
    "due_on",
    "not_before",
    "send_on",
    "flags",
    "four_eyes",
    "state",
    "content_hash",
    "version",
    "claimed_by",
    "claimed_until",
)
_SQL = load_queries(Path(__file__).with_name("bulk.sql"))


def select(
    officer: Officer,
    *,
    filters: Filters,
    picked: Sequence[int] | None,
    today: date,
    at: datetime,
    send_on: date | None = None,
) -> Selection:
    """Freezes what fits the filters (of it, what was picked): ids and content. Nothing is approved yet.

    What a person must look at alone is not taken in, and counted by reason: flagged, four_eyes, claimed, too_many.
    """
    officer.needs("approver")
    found = narrowed(waiting(officer), officer, filters, today)
    if picked is not None:
        found = found.filter(pk__in=list(picked)[:MOST])
    columns = ("pk", "content_hash", "flags", "four_eyes", "claimed_by", "claimed_until")
    frozen: list[list[object]] = []
    left_out: dict[str, int] = {}
    for pk, content, flags, eyes, claimed_by, until in ordered(found, "due").values_list(*columns):
        theirs = claimed_by not in {"", officer.name} and until is not None and until > at
        tests = (("flagged", flags), ("four_eyes", eyes > 1), ("claimed", theirs), ("too_many", len(frozen) >= MOST))
        why = next((name for name, hit in tests if hit), "")
        if why:
            left_out[why] = left_out.get(why, 0) + 1
        else:
            frozen.append([pk, content])
    return Selection.objects.create(
        municipality_code=officer.municipality,
        officer=officer.name,
        filters={name: value for name, value in asdict(filters).items() if value},
        frozen=frozen,
        left_out=left_out,
        send_on=send_on,
        made_at=at,
    )


def selection_of(officer: Officer, selection_id: int) -> Selection:
    """An officer's own selection. Raises Selection.DoesNotExist for anybody else's."""
    return Selection.objects.get(pk=selection_id, municipality_code=officer.municipality, officer=officer.name)


def approve_selection(selection_id: int, *, officer: Officer, at: datetime) -> Selection:
    """Approves the officer's items of every notice of a selection that is still as it was frozen; all in one transaction.

    What was changed, decided, taken on by a colleague or stopped meanwhile is not approved, and named in `outcome`. Raises
    AlreadyDecided for a selection that was carried out, StateError for one that stood too long, SafetyStop, InputError.
    """
    officer.needs("approver")
    require_safety(officer.municipality, now=at)
    with transaction.atomic():
        selection = _locked(officer, selection_id)
        _require_fresh(selection, at)
        require_safety(officer.municipality, now=at)
        sifted = _sift(selection, officer, at)
        send_later([one.notice for one in sifted.good], selection.send_on, at=at)
        _approve(selection, sifted.good, officer, at)
        selection.approved_at = at
        selection.outcome = {"approved": [one.notice.pk for one in sifted.good], "not_approved": sifted.bad}
        selection.save(update_fields=["approved_at", "outcome"])
    audit.anchor(installed(), at=at)
    return selection


class _Body(NamedTuple):
    """What a notice says."""

    text: Mapping[str, Any]
    wording_versions: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class _Read:
    """A notice of the selection with what it says, with its items in their order, and with its addressee's contact."""

    notice: Notice
    body: _Body
    items: list[ReadItem]
    contact: Contact | None

    def mine(self, officer: Officer) -> list[ReadItem]:
        """What of it this officer decides."""
        return [item for item in self.items if item.office in officer.offices and item.state == ItemState.OPEN]


@dataclass(frozen=True, kw_only=True)
class _Sifted:
    good: list[_Read]
    bad: dict[str, str]  #: number → why


def _locked(officer: Officer, selection_id: int) -> Selection:
    rows = Selection.objects.select_for_update().filter(pk=selection_id, municipality_code=officer.municipality)
    found = rows.filter(officer=officer.name).first()
    if found is None:
        raise NotAllowed("there is no such selection of this officer")
    return found


def _require_fresh(selection: Selection, at: datetime) -> None:
    if selection.approved_at is not None:
        raise AlreadyDecided("this selection was approved already")
    if at - selection.made_at > timedelta(seconds=installed().waits.claim_lease_seconds):
        raise StateError("this selection stood too long; choose again")


def _sift(selection: Selection, officer: Officer, at: datetime) -> _Sifted:
    keys = [pk for pk, _ in selection.frozen]
    notices = _notices(keys, officer)
    bodies, items = _bodies(keys), _items(keys)
    people = {person for one in notices.values() for person in (one.addressee_id, *one.subject_ids)}
    homes = {one.household_id for one in notices.values()}
    safety = read_safety(officer.municipality, people, households=homes)
    wordings = _approved_wordings(officer.municipality)
    good: list[_Read] = []
    bad: dict[str, str] = {}
    for pk, content in selection.frozen:
        notice = notices.get(pk)
        if notice is None:
            bad[f"#{pk}"] = "missing"
            continue
        contact = safety.contacts.get(notice.addressee_id)
        one = _Read(notice=notice, body=bodies[pk], items=items.get(pk, []), contact=contact)
        why = _unfit(one, content, officer, wordings, at)
        if not why and (stops := _stops(one, safety)):
            halt(notice, stops, actor=officer.name, at=at)
            why = "stopped"
        if why:
            bad[notice.number] = why
        else:
            good.append(one)
    return _Sifted(good=good, bad=bad)


def _notices(keys: Sequence[int], officer: Officer) -> dict[int, Notice]:
    """The notices, held until the end; always taken in the same order, so that two approvals never wait for each other."""
    rows = Notice.objects.select_for_update().only(*_ASKED_OF_NOTICES)
    rows = rows.filter(pk__in=Among(keys), municipality_code=officer.municipality).order_by("pk")
    return {notice.pk: notice for notice in rows}


def _bodies(keys: Sequence[int]) -> dict[int, _Body]:
    """Notice → what it says; read after the notices are held."""
    rows = NoticeBody.objects.filter(notice__in=Among(keys)).values_list("notice_id", *_Body._fields)
    return {pk: _Body(*said) for pk, *said in rows}


def _items(keys: Sequence[int]) -> dict[int, list[ReadItem]]:
    """Notice → its items; read after the notices are held."""
    found: dict[int, list[ReadItem]] = {}
    rows = Item.objects.filter(notice__in=Among(keys)).order_by("position").values_list(*ReadItem._fields)
    for item in map(ReadItem._make, rows):
        found.setdefault(item.notice_id, []).append(item)
    return found


def _approved_wordings(municipality: str) -> set[tuple[str, str, str]]:
    rows = Wording.objects.filter(municipality_code=municipality, state=Wording.State.APPROVED)
    return set(rows.values_list("programme", "event", "version"))


def _unfit(one: _Read, content: str, officer: Officer, wordings: set[tuple[str, str, str]], at: datetime) -> str:
    """Why this notice is not approved with the others; empty when it is as it was frozen."""
    notice = one.notice
    versions = {
        ("" if name.startswith("opening:") else name, notice.event, version)
        for name, version in one.body.wording_versions.items()
        if not name.startswith("clauses:")
    }
    if notice.state not in OPEN or not one.mine(officer):
        return "decided"
    if held_by_another(notice, officer, at):
        return "claimed"
    if not content == notice.content_hash == content_hash(notice, one.items, one.body.text):
        return "changed"
    if notice.flags or notice.four_eyes > 1:
        return "flagged"
    return "" if versions <= wordings else "wording"


def _stops(one: _Read, safety: Safety) -> list[Stop]:
    notice = one.notice
    return judge(
        safety,
        addressee_id=notice.addressee_id,
        subject_ids=notice.subject_ids,
        household_id=notice.household_id,
        programmes=[(item.programme, item.kind) for item in one.items if item.state not in LEFT_OUT],
        about_deceased=notice.event == DEATH,
    )


def _approve(selection: Selection, read: Sequence[_Read], officer: Officer, at: datetime) -> None:
    """Decisions, states, outbox rows and audit rows of all of them."""
    mine = {one.notice.pk: one.mine(officer) for one in read}
    said = {"officer": officer.name, "verdict": "approve", "reason_code": "", "comment": "", "voided": False}
    decisions = [
        {"item_id": item.pk, **said, "content_hash": item_hash(one.notice, item), "decided_at": at}
        for one in read
        for item in mine[one.notice.pk]
    ]
    write_all(_SQL["approve"], decisions, table="approval_decision")
    decided = Among(item.pk for items in mine.values() for item in items)
    Item.objects.filter(pk__in=decided).update(state=ItemState.APPROVED)
    whole = {one.notice.pk: len(mine[one.notice.pk]) == _open(one) for one in read}
    _move(read, whole, at)
    _record(selection, [one.notice for one in read], mine, officer, at)


def _open(one: _Read) -> int:
    return sum(item.state == ItemState.OPEN for item in one.items)


def _move(read: Sequence[_Read], whole: Mapping[int, bool], at: datetime) -> None:
    """Out with what is decided as a whole; back to the queue with what another office has still to decide. Nobody has it any more."""
    ready = [one for one in read if whole[one.notice.pk]]
    known = {
        one.notice.key: (one.contact, {item.office for item in one.items if item.state not in LEFT_OUT})
        for one in ready
    }
    put_out([one.notice for one in ready], at=at, known=known)
    alike: dict[tuple[NoticeState, ...], list[Notice]] = {}
    for one in read:
        taken_on = () if one.notice.state == NoticeState.IN_REVIEW else (NoticeState.IN_REVIEW,)
        ends = (NoticeState.APPROVED, NoticeState.QUEUED) if whole[one.notice.pk] else (NoticeState.PREPARED,)
        alike.setdefault((*taken_on, *ends), []).append(one.notice)
    for path, notices in alike.items():
        move_all(notices, *path, at=at, claimed_by="", claimed_until=None)


def _record(
    selection: Selection,
    notices: Sequence[Notice],
    mine: Mapping[int, Sequence[ReadItem]],
    officer: Officer,
    at: datetime,
) -> None:
    """A row for the selection with the digest of its frozen list, and one for each notice."""
    digest = hashlib.sha256(json.dumps(selection.frozen).encode()).hexdigest()
    details = {"frozen": digest, "chosen": len(selection.frozen), "approved": len(notices)}
    head = (f"selection:{selection.pk}", details)
    actor, city = officer.name, officer.municipality
    audit.append_all(municipality=city, actor=actor, action="selection_approved", about=[head], at=at)
    rows = [
        (
            f"notice:{one.pk}",
            {
                "items": [item.pk for item in mine[one.pk]],
                "content": one.content_hash,
                "state": one.state,
                "selection": selection.pk,
            },
        )
        for one in notices
    ]
    if rows:
        audit.append_all(municipality=city, actor=actor, action="items_approved", about=rows, at=at)
