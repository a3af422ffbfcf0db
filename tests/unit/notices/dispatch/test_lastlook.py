"""The last look: what is asked, and what is taken along."""

import pytest

from notices.approval.models import Notice, OutboxRow
from notices.dispatch.lastlook import last_look, parcel_for
from notices.recipients.models import Contact
from tests.support.outbox import approved

pytestmark = pytest.mark.django_db


def row(notice: Notice) -> OutboxRow:
    return OutboxRow.objects.select_related("notice", "notice__body").get(notice=notice)


def test_an_approved_notice_of_a_resident_may_leave() -> None:
    assert last_look(row(approved(1))) == []


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"addressee_id": "000000000000002"}, id="another addressee"),
        pytest.param({"language": "en"}, id="another language"),
        pytest.param({"content_hash": "0" * 64}, id="another hash"),
    ],
)
def test_what_is_not_what_was_approved_is_stopped(change: dict[str, str]) -> None:
    notice = approved(1)
    approved(2)
    Notice.objects.filter(pk=notice.pk).update(**change)
    assert "content_changed" in [stop.reason for stop in last_look(row(notice))]


def test_the_parcel_carries_the_newest_name_and_the_notices_key() -> None:
    notice = approved(1)
    Contact.objects.update(name="新しい 名")
    parcel = parcel_for(row(notice))
    assert (parcel.name, parcel.key, parcel.number) == ("新しい 名", notice.key, notice.number)
