"""Whether the letter of a notice can be printed: a character no font has would leave an empty box in somebody's name.

Asked when a notice is prepared, every night while it is unsent, and at the last look before it leaves. What cannot be printed is
held with its code points as the reason and a task; it goes on by itself once the font or the record is mended.
"""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any

from notices.approval.hashing import LEFT_OUT
from notices.approval.models import Notice, NoticeState
from notices.approval.states import UNSENT, move
from notices.approval.task_making import make_task
from notices.approval.withdraw import about_notice, office_of, take_back
from notices.recipients.contacts import destination
from notices.recipients.models import Contact
from notices.recipients.ways import EMAIL, way_for
from notices.site import installed
from notices.wording.glyphs import named
from notices.wording.page import ADDRESS_LIMIT, NAME_LIMIT
from notices.wording.press import press_of

FLAG = "unprintable"


def faults(notice: Notice, contact: Contact) -> Mapping[str, str]:
    """What cannot be printed, by where it stands: name, address, text → code points, or too long. Empty where no letter is printed."""
    settings = installed().dispatch
    if not settings.letters.to:
        return {}
    offices = {item.office for item in notice.items.all() if item.state not in LEFT_OUT}
    if way_for(contact, offices, settings).name == EMAIL:
        return {}
    press, to = press_of(settings.letters), destination(contact, offices)
    found = {
        "name": _too_long(to.name, NAME_LIMIT) or named(press.unprintable(to.name, notice.language)),
        "address": _too_long(to.address, ADDRESS_LIMIT) or named(press.unprintable(to.address, notice.language)),
        "text": named(press.missing(notice.body.text)) if notice.body.text.get("labels") else "",
    }
    return {where: what for where, what in found.items() if what}


def hold(notice: Notice, contact: Contact, *, actor: str, at: datetime, night: date) -> bool:
    """Holds an unsent notice whose letter cannot be printed, with a flag, the reason and a task; whether it did."""
    found = faults(notice, contact)
    if not found:
        return False
    set_flag(notice)
    take_back(notice, NoticeState.HELD, reason=reason_of(found), actor=actor, at=at)
    make_task(FLAG, about_notice(notice, night), office=office_of(notice), at=at, key=notice.key, due_on=notice.due_on)
    return True


def let_go(notice: Notice, contact: Contact, *, at: datetime) -> bool:
    """A notice held for this waits for a decision again once it can be printed; whether it was held for this at all."""
    if notice.state != NoticeState.HELD or not notice.state_reason.startswith(FLAG):
        return False
    if not faults(notice, contact):
        move(notice, NoticeState.PREPARED, at=at)
        notice.flags = [flag for flag in notice.flags if flag != FLAG]
        notice.save(update_fields=["flags"])
    return True


def set_flag(notice: Notice) -> None:
    """What a reviewer reads first."""
    notice.flags = [*(flag for flag in notice.flags if flag != FLAG), FLAG]
    notice.save(update_fields=["flags"])


def reason_of(found: Mapping[str, str]) -> str:
    """The faults in one line: code points, never the name they stand in."""
    return f"{FLAG}: " + "; ".join(f"{where} {what}" for where, what in found.items())


def report(municipality: str) -> Iterator[dict[str, Any]]:
    """Every unsent notice whose letter cannot be printed as things stand now, and why."""
    rows = Notice.objects.filter(municipality_code=municipality, state__in=UNSENT).select_related("body").order_by("id")
    contacts = {contact.resident_id: contact for contact in Contact.objects.filter(municipality_code=municipality)}
    for notice in rows:
        contact = contacts.get(notice.addressee_id)
        for where, what in (faults(notice, contact) if contact else {}).items():
            yield {
                "id": notice.number,
                "state": notice.state,
                "language": notice.language,
                "where": where,
                "what": what,
            }


def _too_long(said: str, limit: int) -> str:
    return f"longer than {limit} characters" if len(said.strip()) > limit else ""
