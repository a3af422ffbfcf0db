from datetime import date, datetime, timedelta

import pytest
from pytest_django import Settings

from engine.core.clock import TOKYO
from engine.core.errors import InputError
from engine.core.settings import Email
from notices.approval.leaving import leaves_at, put_out, send_later
from notices.approval.models import Notice, OutboxRow
from notices.recipients.models import Contact
from notices.site import installed
from tests.support.morning import NOW, Plan, make_notice

pytestmark = pytest.mark.django_db
UNDO_ENDS = NOW + timedelta(seconds=120)


def notice(**values: object) -> Notice:
    made = make_notice(1, Plan(event="E01", programmes=("child_allowance",), due_on=date(2026, 12, 8)))
    for name, value in values.items():
        setattr(made, name, value)
    return made


def midnight(day: date) -> datetime:
    return datetime.combine(day, datetime.min.time(), tzinfo=TOKYO)


@pytest.mark.parametrize(
    ("values", "begins"),
    [
        pytest.param({}, UNDO_ENDS, id="after the undo window"),
        pytest.param({"not_before": date(2026, 12, 2)}, midnight(date(2026, 12, 2)), id="after the grief delay"),
        pytest.param({"send_on": date(2026, 12, 1)}, midnight(date(2026, 12, 1)), id="on the day asked for"),
        pytest.param({"not_before": date(2026, 12, 2), "send_on": date(2026, 12, 1)}, midnight(date(2026, 12, 2)), id="the later of both"),
        pytest.param({"not_before": date(2026, 11, 1)}, UNDO_ENDS, id="a delay that is over"),
    ],
)  # fmt: skip
def test_a_notice_leaves_when_every_wait_is_over(values: dict[str, object], begins: datetime) -> None:
    assert installed().waits.undo_seconds == 120
    assert leaves_at(notice(**values), at=NOW) == begins


def test_the_row_is_one_and_says_what_was_approved() -> None:
    one = notice()
    put_out([one], at=NOW)
    put_out([one], at=NOW + timedelta(minutes=1))
    row = OutboxRow.objects.get()
    assert (row.notice_id, row.content_hash, row.not_after) == (one.pk, one.content_hash, date(2026, 12, 8))
    assert row.not_before == UNDO_ENDS + timedelta(minutes=1)


def test_the_row_names_the_way_its_addressee_wishes(settings: Settings) -> None:
    one = notice()
    site = installed()
    email = Email(via="smtp", sender="a@city.example")
    settings.TODOKE = site.model_copy(update={"dispatch": site.dispatch.model_copy(update={"email": email})})
    found = []
    for wished in ("EMAIL", "LINE", "LETTER"):
        Contact.objects.update(channel=wished, email="hanako@example.jp")
        put_out([one], at=NOW)
        found.append(OutboxRow.objects.get().channel)
    assert found == ["email", "folder", "folder"]


@pytest.mark.parametrize("day", [date(2026, 11, 24), date(2026, 11, 1), date(2026, 12, 8), date(2026, 12, 31), date(2027, 6, 1)])  # fmt: skip
def test_a_day_that_is_past_or_too_late_is_refused(day: date) -> None:
    one = notice()
    with pytest.raises(InputError):
        send_later([one], day, at=NOW)
    assert Notice.objects.get(pk=one.pk).send_on is None


def test_a_day_in_time_is_kept() -> None:
    send_later([notice()], date(2026, 12, 7), at=NOW)
    assert Notice.objects.get().send_on == date(2026, 12, 7)
