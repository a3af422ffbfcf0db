"""When an approved notice may leave, and its one row in the outbox."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path

from engine.core.clock import TOKYO
from engine.core.errors import InputError
from engine.core.sql import load_queries
from notices.approval.hashing import LEFT_OUT
from notices.approval.models import Notice
from notices.many import Among, write_all
from notices.recipients.models import Contact
from notices.recipients.ways import letter_way, way_for
from notices.site import installed

_LATEST_DAYS = 60  #: an approval is of today's facts: nobody puts it off for longer
_SQL = load_queries(Path(__file__).with_name("leaving.sql"))


def leaves_at(notice: Notice, *, at: datetime) -> datetime:
    """The end of the undo window, of the grief delay, or the day an approver asked for, whichever is last."""
    days = [day for day in (notice.not_before, notice.send_on) if day is not None]
    begins = [datetime.combine(day, datetime.min.time(), tzinfo=TOKYO) for day in days]
    return max([at + timedelta(seconds=installed().waits.undo_seconds), *begins])


def put_out(
    notices: Sequence[Notice],
    *,
    at: datetime,
    known: Mapping[str, tuple[Contact | None, Collection[str]]] | None = None,
) -> None:
    """Writes each notice's row in the outbox. Call it in the transaction of the approval that completes it.

    known: notice key → its addressee's contact and the offices of what it says, where they were read already.
    A notice stopped at sending keeps its row for the attempt it remembers; approved again, it is this row that goes.
    """
    ways = _ways(notices, _read(notices) if known is None else known)
    rows = [
        {
            "notice_id": notice.pk,
            "municipality_code": notice.municipality_code,
            "channel": ways[notice.pk],
            "content_hash": notice.content_hash,
            "not_before": leaves_at(notice, at=at),
            "not_after": notice.due_on,
            "created_at": at,
        }
        for notice in notices
    ]
    write_all(_SQL["put_out"], rows, table="approval_outboxrow")


def _ways(notices: Sequence[Notice], known: Mapping[str, tuple[Contact | None, Collection[str]]]) -> dict[int, str]:
    """Notice → the channel its addressee is written to by, as things stand; asked again when it leaves."""
    settings = installed().dispatch
    found: dict[int, str] = {}
    for notice in notices:
        contact, offices = known[notice.key]
        found[notice.pk] = way_for(contact, offices, settings).name if contact else letter_way(settings)
    return found


def _read(notices: Sequence[Notice]) -> dict[str, tuple[Contact | None, Collection[str]]]:
    found: dict[str, tuple[Contact | None, Collection[str]]] = {}
    for notice in notices:
        rows = Contact.objects.filter(municipality_code=notice.municipality_code, resident_id=notice.addressee_id)
        found[notice.key] = (rows.first(), {item.office for item in notice.items.all() if item.state not in LEFT_OUT})
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
    Notice.objects.filter(pk__in=Among(notice.pk for notice in notices)).update(send_on=day)
