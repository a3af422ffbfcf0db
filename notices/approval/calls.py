"""The telephone rings: what was sent to a person and why, and what they ask for. Every look is logged with its reason."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from engine.core.clock import TOKYO
from engine.core.errors import InputError
from notices.approval import audit, holds
from notices.approval.models import Attempt, Item, Notice, PersonLook
from notices.approval.officer import Officer
from notices.approval.recheck import look_again
from notices.approval.task_making import About, make_task
from notices.recipients import wishes
from notices.recipients.models import Block, Wish
from notices.recipients.publish import HELD_BY_CALL
from notices.site import installed

_LOOK_MINUTES = 30  #: how long a page stays open for who gave the reason
_MOST = 50
_LENGTH = 200


@dataclass(frozen=True, kw_only=True)
class Sent:
    """A notice to or about a person, as far as the officer's offices have a part in it. sent_at: None while it has not left."""

    notice: Notice
    items: list[Item]
    sent_at: datetime | None


def find(*, officer: Officer, number: str = "", person: str = "", reason: str, at: datetime) -> PersonLook | None:
    """Opens the page of the person behind a notice number or a 宛名番号, and logs it. None when there is no such notice.

    A 宛名番号 is opened whether or not anything was sent: that nothing was is an answer too.
    """
    officer.needs("reviewer", "approver")
    number, person, reason = number.strip(), person.strip(), reason.strip()
    if not reason or bool(number) == bool(person):
        raise InputError("say the notice's number or the 宛名番号, one of them, and why the page is opened")
    if not person:
        mine = Item.objects.filter(notice=OuterRef("pk"), office__in=sorted(officer.offices))
        rows = Notice.objects.filter(Exists(mine), municipality_code=officer.municipality, number=number)
        found = rows.values_list("addressee_id", flat=True).first()
        if found is None:
            return None
        person = found
    if not (person.isalnum() and person.isascii() and len(person) <= 15):
        return None
    with transaction.atomic():
        look = PersonLook.objects.create(
            municipality_code=officer.municipality,
            resident_id=person,
            officer=officer.name,
            reason=reason[:_LENGTH],
            looked_at=at,
        )
        _record(officer, "person_opened", look, {"reason": look.reason}, at)
    audit.anchor(installed(), at=at)
    return look


def look_of(officer: Officer, look_id: int, *, at: datetime) -> PersonLook:
    """A page this officer opened a short while ago. Raises PersonLook.DoesNotExist for any other: the reason is given anew."""
    since = at - timedelta(minutes=_LOOK_MINUTES)
    rows = PersonLook.objects.filter(municipality_code=officer.municipality, officer=officer.name)
    return rows.get(pk=look_id, looked_at__gte=since)


def notices_of(officer: Officer, look: PersonLook) -> list[Sent]:
    """What was prepared or sent to or about the person, newest first, with the items of the officer's offices."""
    mine = Item.objects.filter(municipality_code=look.municipality_code, office__in=sorted(officer.offices))
    about = mine.filter(subject_id=look.resident_id).values("notice")
    rows = Notice.objects.filter(
        Q(addressee_id=look.resident_id) | Q(pk__in=about),
        Exists(mine.filter(notice=OuterRef("pk"))),
        municipality_code=look.municipality_code,
    )
    found = list(rows.select_related("body").prefetch_related("items").order_by("-night", "-id")[:_MOST])
    accepted = Attempt.objects.filter(outbox__notice__in=found, outcome="accepted")
    sent = dict(accepted.values_list("outbox__notice", "ended_at"))
    return [
        Sent(
            notice=notice,
            items=[item for item in notice.items.all() if item.office in officer.offices],
            sent_at=sent.get(notice.pk),
        )
        for notice in found
    ]


def is_held(look: PersonLook) -> bool:
    """Whether a call holds this person now. Other blocks are for the named role alone."""
    rows = Block.objects.filter(municipality_code=look.municipality_code, resident_id=look.resident_id)
    return rows.filter(reason=HELD_BY_CALL).exists()


def hold(look: PersonLook, *, officer: Officer, reason: str, household: bool, at: datetime) -> int:
    """Stops everything for the person, or their household, at once; returns how many notices are held."""
    officer.needs("reviewer", "approver")
    return holds.hold(
        look.resident_id,
        municipality=look.municipality_code,
        by=officer.name,
        reason=reason[:_LENGTH],
        at=at,
        household=household,
    )


def release(look: PersonLook, *, officer: Officer, reason: str, at: datetime) -> int:
    """Ends the hold; returns how many notices wait for a decision again."""
    officer.needs("approver")
    return holds.release(
        look.resident_id, municipality=look.municipality_code, by=officer.name, reason=reason[:_LENGTH], at=at
    )


def wrong_address(look: PersonLook, *, officer: Officer, at: datetime) -> int:
    """Nothing goes to this person until somebody has looked into the address; returns how many notices are held."""
    with transaction.atomic():
        held = hold(look, officer=officer, reason="wrong address", household=False, at=at)
        about = About(
            municipality=look.municipality_code,
            night=at.astimezone(TOKYO).date(),
            event="",
            event_id="",
            subject_id=look.resident_id,
        )
        make_task("wrong_address", about, office="citizen", at=at, key=f"look:{look.pk}")
    return held


def wish(look: PersonLook, *, officer: Officer, kind: str, value: str, at: datetime) -> Wish:
    """Records what the person asks for. What is not sent yet is looked at again at once: an item they refuse leaves its notice."""
    officer.needs("reviewer", "approver")
    with transaction.atomic():
        kept = wishes.record(look.municipality_code, look.resident_id, kind=kind, value=value, by=officer.name, at=at)
        if kind != Wish.Kind.LANGUAGE:
            unsent = list(holds.unsent_about(look.municipality_code, [look.resident_id]).prefetch_related("items"))
            today = at.astimezone(TOKYO).date()
            theirs = [one for one in unsent if one.addressee_id == look.resident_id]
            look_again(look.municipality_code, theirs, actor=officer.name, night=today, at=at)
        _record(officer, "wish_recorded", look, {"kind": kind, "value": value}, at)
    audit.anchor(installed(), at=at)
    return kept


def end_wish(look: PersonLook, wish_id: int, *, officer: Officer, at: datetime) -> Wish:
    """The person changed their mind."""
    officer.needs("reviewer", "approver")
    with transaction.atomic():
        ended = wishes.end(look.municipality_code, look.resident_id, wish_id, at=at)
        _record(officer, "wish_ended", look, {"kind": ended.kind, "value": ended.value}, at)
    audit.anchor(installed(), at=at)
    return ended


def _record(officer: Officer, action: str, look: PersonLook, details: dict[str, str], at: datetime) -> None:
    audit.append(
        municipality=look.municipality_code,
        actor=officer.name,
        action=action,
        subject=f"look:{look.pk}",
        details=details,
        at=at,
    )
