"""A call comes in: everything to and about a person stops at once, and starts again only when somebody says so."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet, TextField
from django.db.models.functions import Cast

from engine.core.errors import InputError
from notices.approval import audit
from notices.approval.models import Notice, NoticeState
from notices.approval.states import UNSENT, move
from notices.approval.withdraw import take_back
from notices.recipients.checks import PASSING, read_safety
from notices.recipients.models import Block, Contact
from notices.recipients.publish import HELD_BY_CALL, LAWS
from notices.site import installed


def hold(person: str, *, municipality: str, by: str, reason: str, at: datetime, household: bool = True) -> int:
    """Blocks a person, and with `household` everybody known to live with them; returns how many notices are held now.

    The block survives every publication until `release`. What is being sent this moment cannot be held any more.
    """
    _said(person, by, reason)
    with transaction.atomic():
        people = _people(person, municipality, household=household)
        for held in people:
            Block.objects.get_or_create(
                municipality_code=municipality,
                resident_id=held,
                reason=HELD_BY_CALL,
                defaults={"law": LAWS[HELD_BY_CALL], "since": at.date()},
            )
        notices = [one for one in unsent_about(municipality, people) if one.state != NoticeState.HELD]
        for notice in notices:
            take_back(notice, NoticeState.HELD, reason=HELD_BY_CALL, actor=by, at=at)
        _record("person_held", person, municipality, by, reason, at, count=len(notices), people=len(people))
    audit.anchor(installed(), at=at)
    return len(notices)


def release(person: str, *, municipality: str, by: str, reason: str, at: datetime) -> int:
    """Ends a hold for the person and the household held with them; returns how many notices wait for a decision again.

    Blocks by law stay, and so does what they hold. Raises InputError when the person is not held.
    """
    _said(person, by, reason)
    with transaction.atomic():
        people = _people(person, municipality, household=True)
        held = Block.objects.filter(municipality_code=municipality, resident_id__in=people, reason=HELD_BY_CALL)
        if not held.filter(resident_id=person).exists():
            raise InputError("this person is not held by a call; `todoke hold` does that")
        held.delete()
        back = 0
        for notice in unsent_about(municipality, people):
            if notice.state == NoticeState.HELD and notice.state_reason in PASSING and not _blocked(notice):
                move(notice, NoticeState.PREPARED, at=at)
                back += 1
        _record("person_released", person, municipality, by, reason, at, count=back, people=len(people))
    audit.anchor(installed(), at=at)
    return back


def _said(person: str, by: str, reason: str) -> None:
    if not person.strip() or not by.strip() or not reason.strip():
        raise InputError("say who is held (宛名番号), who asks for it (--by) and why (--reason)")


def _people(person: str, municipality: str, *, household: bool) -> list[str]:
    """The person and, as far as the queue knows them, those who live with them."""
    contacts = Contact.objects.filter(municipality_code=municipality)
    home = contacts.filter(resident_id=person).values_list("household_id", flat=True).first()
    others = contacts.filter(household_id=home).values_list("resident_id", flat=True) if home and household else []
    return sorted({person, *others})


def unsent_about(municipality: str, people: Iterable[str]) -> QuerySet[Notice]:
    """Unsent notices to or about any of these people, locked."""
    rows = Notice.objects.select_for_update().filter(municipality_code=municipality, state__in=UNSENT)
    rows = rows.annotate(subjects=Cast("subject_ids", TextField()))
    wanted = Q()
    for person in people:
        wanted |= Q(addressee_id=person) | Q(subjects__contains=f'"{person}"')
    return rows.filter(wanted).order_by("id") if wanted else rows.none()


def _blocked(notice: Notice) -> bool:
    people = {notice.addressee_id, *notice.subject_ids}
    return bool(read_safety(notice.municipality_code, people, households=()).blocked(people))


def _record(
    action: str, person: str, municipality: str, by: str, reason: str, at: datetime, *, count: int, people: int
) -> None:
    audit.append(
        municipality=municipality,
        actor=by,
        action=action,
        subject=f"person:{person}",
        details={"reason": reason, "notices": count, "people": people},
        at=at,
    )
