"""What people asked for in a call or at the counter: kept beside the records, and standing over them every night."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from engine.core.errors import InputError
from notices.recipients.models import Contact, Wish

_TOPICS_LENGTH = 300


def record(municipality: str, resident_id: str, *, kind: str, value: str, by: str, at: datetime) -> Wish:
    """Keeps a wish and lets it hold from this moment. A new language ends the one before. Raises InputError for no such wish."""
    if kind not in Wish.Kind.values or (kind == Wish.Kind.OPT_OUT_ALL) == bool(value):
        raise InputError(
            f"a wish is one of {', '.join(Wish.Kind.values)}; all but the first name a programme or a language"
        )
    with transaction.atomic():
        rows = standing(municipality, resident_id).filter(kind=kind)
        if kind == Wish.Kind.LANGUAGE:
            rows.update(ended_at=at)
        same = standing(municipality, resident_id).filter(kind=kind, value=value).first()
        wish = same or Wish.objects.create(
            municipality_code=municipality,
            resident_id=resident_id,
            kind=kind,
            value=value,
            recorded_by=by,
            recorded_at=at,
        )
        contact = Contact.objects.filter(municipality_code=municipality, resident_id=resident_id).first()
        if contact is not None:
            stand_over(municipality, [contact])
            contact.save(update_fields=["opted_out_all", "opted_out_topics", "language"])
    return wish


def end(municipality: str, resident_id: str, wish_id: int, *, at: datetime) -> Wish:
    """Ends a wish; what the records say holds again from the next night. Raises InputError when the person has no such wish."""
    wish = standing(municipality, resident_id).filter(pk=wish_id).first()
    if wish is None:
        raise InputError("this person has no such wish")
    wish.ended_at = at
    wish.save(update_fields=["ended_at"])
    return wish


def standing(municipality: str, resident_id: str) -> QuerySet[Wish]:
    """The wishes of a person that hold now."""
    rows = Wish.objects.filter(municipality_code=municipality, resident_id=resident_id, ended_at=None)
    return rows.order_by("id")


def stand_over(municipality: str, contacts: Iterable[Contact]) -> None:
    """Sets what these people asked for on their contact rows, over what the records say. Saves nothing."""
    by_person = {contact.resident_id: contact for contact in contacts}
    rows = Wish.objects.filter(municipality_code=municipality, resident_id__in=list(by_person), ended_at=None)
    for wish in rows.order_by("id"):
        contact = by_person[wish.resident_id]
        if wish.kind == Wish.Kind.OPT_OUT_ALL:
            contact.opted_out_all = True
        elif wish.kind == Wish.Kind.LANGUAGE:
            contact.language = wish.value
        else:
            topics = {topic.strip() for topic in contact.opted_out_topics.split(",") if topic.strip()}
            contact.opted_out_topics = ",".join(sorted(topics | {wish.value}))[:_TOPICS_LENGTH]
