"""A desk with a large store behind it, for measuring: fills a store with notices and staff, then serves one with its rows.

`python -m tests.support.desk_crowd fill FOLDER NOTICES STAFF` makes the SQLite file `FILLED`; `… serve FOLDER QUEUE_URL PORT`
copies it (into `STORE` of the folder, or into PostgreSQL) and says `ready` on standard output when it is about to listen.
"""

import shutil
import sys
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from engine.core.clock import TOKYO
from engine.core.settings import Desk, Settings
from notices import site
from tests.django_settings import settings_in

NOW = datetime(2026, 11, 24, 8, 30, tzinfo=TOKYO)
#: event, its programme, the office that decides it, its share of a hundred notices
KINDS = (
    ("E01", "child_allowance", "child_benefits", 30),
    ("E39", "infant_health_checks", "maternal_health", 25),
    ("E28", "nhi_job_loss_reduction", "insurance", 20),
    ("E25", "ltc_at_65", "long_term_care", 15),
    ("E26", "elderly_medical_at_75", "elderly_medical", 10),
)
_AT_ONCE = 2_000
FILLED, STORE = "filled.sqlite3", "queue.sqlite3"


def crowd_settings(folder: Path, port: int, url: str) -> Settings:
    """A site on a store of its own, its clock standing at half past eight."""
    desk = Desk(port=port, secure_cookies=False)
    return settings_in(folder).model_copy(update={"desk": desk, "demo_now": NOW, "queue_url": url})


def kind_of(number: int) -> tuple[str, str, str]:
    """Event, programme and office of the number-th notice."""
    left = number % 100
    for event, programme, office, share in KINDS:
        if left < share:
            return event, programme, office
        left -= share
    raise AssertionError("the shares make a hundred")


def fill(count: int) -> None:
    """`count` notices, six in ten waiting, the others sent; every tenth of the waiting ones flagged."""
    from notices.approval.models import Item, Notice, NoticeBody
    from notices.recipients.models import Contact

    for begin in range(0, count, _AT_ONCE):
        notices = Notice.objects.bulk_create(_notices(begin, min(count, begin + _AT_ONCE)))
        items, bodies, contacts = [], [], []
        for notice in notices:
            item, text = _item(notice), _text(notice)
            items.append(item)
            bodies.append(NoticeBody(notice=notice, text=text))
            contacts.append(_contact(notice))
        Item.objects.bulk_create(items)
        NoticeBody.objects.bulk_create(bodies)
        Contact.objects.bulk_create(contacts)


def _notices(begin: int, end: int) -> Iterator[Any]:
    from notices.approval.hashing import content_hash
    from notices.approval.models import Notice

    for number in range(begin, end):
        event, _, _ = kind_of(number)
        person = f"{number:015d}"
        waits = number % 10 < 6
        notice = Notice(
            municipality_code="292010", key=f"{number:064x}", number=f"N-2026-{number:06d}", event=event,
            event_id=f"e{number}", occurred_on=date(2026, 11, 18), night=date(2026, 11, 23), addressee_id=person,
            addressee_reason="self", subject_ids=[person], household_id=f"h{number}", language="ja" if number % 8 else "en",
            due_on=date(2026, 11, 25) + timedelta(days=number * 7 % 90) if number % 20 else None,
            flags=["ask"] if number % 60 == 0 else [], state="prepared" if waits else "accepted", content_hash="",
            prepared_at=NOW, changed_at=NOW,
        )  # fmt: skip
        notice.content_hash = content_hash(notice, [_item(notice)], _text(notice))
        yield notice


def _item(notice: Any) -> Any:
    from notices.approval.models import Item, Notice

    assert isinstance(notice, Notice)
    _, programme, office = kind_of(int(notice.addressee_id))
    return Item(
        notice=notice, municipality_code="292010", programme=programme, programme_version="a" * 64, office=office,
        kind="entitlement", match_id=f"m{notice.addressee_id}", subject_id=notice.addressee_id, verdict="eligible",
        due_on=notice.due_on, facts={"name": {"ja": programme, "en": programme}}, wording_version="b" * 64,
        criteria=[{"id": "lives_here", "result": "met", "value": "RESIDENT", "threshold": "RESIDENT", "unit": "", "cites": "4条"}] * 3,
        evidence=[{"table": "residents", "column": "status", "ja": "住民状態", "before": None, "after": "RESIDENT", "file_date": "2026-11-20"}] * 3,
        state="open" if notice.state == "prepared" else "approved", position=0,
    )  # fmt: skip


def _text(notice: Any) -> dict[str, object]:
    from notices.approval.models import Notice
    from tests.support.morning import Plan, text_of

    assert isinstance(notice, Notice)
    return text_of(notice, Plan(event=notice.event, programmes=("child_allowance",), due_on=notice.due_on))


def _contact(notice: Any) -> Any:
    from notices.approval.models import Notice
    from notices.recipients.models import Contact

    assert isinstance(notice, Notice)
    return Contact(
        municipality_code="292010", resident_id=notice.addressee_id, household_id=notice.household_id, status="RESIDENT",
        name="試験 花子", postal="630-8580", address="奈良市二条大路南一丁目", source="residents", data_date=date(2026, 11, 20),
    )  # fmt: skip


def staffed(notices: int, staff: int) -> None:
    """A store with a finished night, fresh safety tables, staff of each office in turn and this many notices; kept when it is there."""
    site.migrate()
    from notices.approval.accounts import make_account
    from notices.approval.models import Notice
    from tests.support.morning import PASSWORD, publish_safety, set_up_night

    if Notice.objects.exists():
        return
    set_up_night("done")
    publish_safety()
    for number in range(staff):
        office = KINDS[number % len(KINDS)][2]
        make_account(f"staff{number}", PASSWORD, display_name=f"職員{number}", offices=[office], roles=["reviewer", "approver"], municipality="292010")  # fmt: skip
    fill(notices)


def main() -> None:
    """Fills a store unless it is there, or serves a desk on the rows of one."""
    what, folder, given = sys.argv[1], Path(sys.argv[2]), sys.argv[3:]
    filled = folder / FILLED
    if what == "fill":
        site.configure(crowd_settings(folder, 0, f"sqlite:///{filled}"))
        staffed(int(given[0]), int(given[1]))
        return
    settings = crowd_settings(folder, int(given[1]), given[0])
    site.configure(settings)
    settings.paths.anchor.unlink(missing_ok=True)  # of another store that was served from this folder
    if given[0].startswith("sqlite"):
        shutil.copy(filled, folder / STORE)
    else:
        site.migrate()
        from tests.support.desk_copy import copy_from

        copy_from(filled)
    from notices.desk.serve import serve

    sys.stdout.write("ready\n")
    sys.stdout.flush()
    serve(settings)


if __name__ == "__main__":
    main()
