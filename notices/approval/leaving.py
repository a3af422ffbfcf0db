"""When an approved notice may leave, and its one row in the outbox."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from engine.core.clock import TOKYO
from engine.core.errors import InputError
from notices.approval.hashing import LEFT_OUT
from notices.approval.models import Item, Notice, OutboxRow
from notices.recipients.models import Contact
from notices.recipients.ways import letter_way, way_for
from notices.site import installed

_LATEST_DAYS = 60  #: an approval is of today's facts: nobody puts it off for longer
_UPDATED = ("municipality_code", "channel", "content_hash", "not_before", "not_after", "created_at")


def leaves_at(notice: Notice, *, at: datetime) -> datetime:
    """The end of the undo window, of the grief delay, or the day an approver asked for, whichever is last."""
    days = [day for day in (notice.not_before, notice.send_on) if day is not None]
    begins = [datetime.combine(day, datetime.min.time(), tzinfo=TOKYO) for day in days]
    return max([at + timedelta(seconds=installed().waits.undo_seconds), *begins])


def put_out(notices: Sequence[Notice], *, at: datetime) -> None:
    """Writes each notice's row in the outbox. Call it in the transaction of the approval that completes it.

    A notice stopped at sending keeps its row for the attempt it remembers; approved again, it is this row that goes.
    """
    ways = _ways(notices)
    rows = [
        OutboxRow(
            notice=notice,
            municipality_code=notice.municipality_code,
            channel=ways[notice.pk],
            content_hash=notice.content_hash,
            not_before=leaves_at(notice, at=at),
            not_after=notice.due_on,
            created_at=at,
        )
        for notice in notices
    ]
    OutboxRow.objects.bulk_create(
        rows, batch_size=500, update_conflicts=True, unique_fields=["notice"], update_fields=_UPDATED
    )


def _ways(notices: Sequence[Notice]) -> dict[int, str]:
    """Notice → the channel its addressee is written to by, as things stand; asked again when it leaves."""
    settings = installed().dispatch
    found = dict.fromkeys((notice.pk for notice in notices), letter_way(settings))
    for begin in range(0, len(notices), 500):
        part = notices[begin : begin + 500]
        people = {notice.addressee_id for notice in part}
        rows = Contact.objects.filter(municipality_code=part[0].municipality_code, resident_id__in=people)
        contacts = {contact.resident_id: contact for contact in rows}
        offices: dict[int, set[str]] = {}
        items = Item.objects.filter(notice__in=[notice.pk for notice in part]).exclude(state__in=list(LEFT_OUT))
        for notice_id, office in items.values_list("notice_id", "office"):
            offices.setdefault(notice_id, set()).add(office)
        for notice in part:
            contact = contacts.get(notice.addressee_id)
            if contact is not None:
                found[notice.pk] = way_for(contact, offices.get(notice.pk, set()), settings).name
    return found


def send_later(notices: Sequence[Notice], day: date | None, *, at: datetime) -> None:
    """Keeps notices back until a day. Raises InputError for a day that is not ahead, past a deadline, or too far off."""
    if day is None:
        return
    today = at.astimezone(TOKYO).date()
    if not today < day <= today + timedelta(days=_LATEST_DAYS):
        raise InputError(f"«send later» needs a day from tomorrow to {today + timedelta(days=_LATEST_DAYS)}, not {day}")
    for notice in notices:
        if notice.due_on is not None and day >= notice.due_on >= today:
            raise InputError(f"notice {notice.number} would leave on {day}, too late for its deadline {notice.due_on}")
        notice.send_on = day
    keys = [notice.pk for notice in notices]
    for begin in range(0, len(keys), 500):
        Notice.objects.filter(pk__in=keys[begin : begin + 500]).update(send_on=day)
