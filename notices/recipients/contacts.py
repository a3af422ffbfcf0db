"""Where people are reached, copied from the newest records into the queue store for those with an open notice only."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from engine.core.sql import load_queries
from engine.night import Night
from notices.recipients.models import Contact
from notices.recipients.wishes import stand_over

SQL = load_queries(Path(__file__).with_name("publish.sql"))
EVERY_PURPOSE = "ALL"
#: which registered 送付先 an office's letters go to (送付先管理 is kept by purpose)
PURPOSE_OF_OFFICE: Mapping[str, str] = {
    "long_term_care": "LTC",
    "insurance": "INSURANCE",
    "elderly_medical": "INSURANCE",
    "tax": "TAX",
}
_COPIED = (
    "household_id", "status", "name", "postal", "address", "source", "language", "opted_out_topics", "channel", "email", "mobile",
    "push_endpoint",
)  # fmt: skip
_FIELDS = (*_COPIED, "opted_out_all", "destinations", "ward", "large_print", "data_date")
_GONE = {"name": "", "postal": "", "address": "", "email": "", "mobile": "", "push_endpoint": "", "destinations": {}}


@dataclass(frozen=True, kw_only=True)
class Destination:
    """The name and address that stand on one letter."""

    name: str = field(repr=False)  #: personal data
    postal: str = field(repr=False)  #: personal data
    address: str = field(repr=False)  #: personal data


def refresh(night: Night, people: Iterable[str]) -> dict[str, Contact]:
    """Brings the contact rows of these people up to the night's records; returns what was written, by 宛名番号.

    A row of a newer night stays as it is. Somebody the records no longer hold keeps a row that says so: nobody is written to
    at an address that is no longer on record.
    """
    wanted = sorted(set(people))
    newer = Contact.objects.filter(municipality_code=night.municipality, data_date__gt=night.on)
    kept = set(newer.filter(resident_id__in=wanted).values_list("resident_id", flat=True))
    asked = [who for who in wanted if who not in kept]
    values = {"municipality": night.municipality, "night": night.on, "people": asked}
    places: dict[str, dict[str, dict[str, str]]] = {}
    for row in night.warehouse.query(SQL["destinations"], **values).to_dicts():
        places.setdefault(row.pop("resident_id"), {})[row.pop("purpose")] = row
    found = {
        row["resident_id"]: _contact(night, row, places.get(row["resident_id"], {}))
        for row in night.warehouse.query(SQL["contacts"], **values).to_dicts()
    }
    stand_over(night.municipality, found.values())
    Contact.objects.bulk_create(
        found.values(),
        update_conflicts=True,
        unique_fields=["municipality_code", "resident_id"],
        update_fields=_FIELDS,
    )
    gone = [who for who in asked if who not in found]
    Contact.objects.filter(municipality_code=night.municipality, resident_id__in=gone).update(
        status="DELETED", data_date=night.on, **_GONE
    )
    return found


def _contact(night: Night, row: Mapping[str, Any], places: Mapping[str, Mapping[str, str]]) -> Contact:
    return Contact(
        municipality_code=night.municipality,
        resident_id=row["resident_id"],
        data_date=night.on,
        opted_out_all=bool(row["opted_out_all"]),
        destinations=dict(places),
        ward=bool(row["ward_flag"]),
        large_print=bool(row["large_print"]),
        **{name: row[name] or "" for name in _COPIED},
    )


def destination(contact: Contact, offices: Collection[str]) -> Destination:
    """What stands on a letter of these offices: the 送付先 for their one purpose, else the one for all, else the record's address."""
    place = _registered(contact, offices)
    if place is None:
        return Destination(name=contact.name, postal=contact.postal, address=contact.address)
    return Destination(name=place["name"] or contact.name, postal=place["postal"], address=place["address"])


def sent_elsewhere(contact: Contact, offices: Collection[str]) -> bool:
    """Whether these offices' letters go to a registered 送付先: then nothing goes to the person's own telephone or mailbox."""
    return contact.ward or contact.source == "delivery_addresses" or _registered(contact, offices) is not None


def _registered(contact: Contact, offices: Collection[str]) -> Mapping[str, str] | None:
    purposes = {PURPOSE_OF_OFFICE.get(office, EVERY_PURPOSE) for office in offices}
    place: Mapping[str, str] | None = contact.destinations.get(purposes.pop()) if len(purposes) == 1 else None
    return place
