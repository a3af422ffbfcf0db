from datetime import timedelta

import pytest
from django.core.exceptions import ObjectDoesNotExist

from engine.core.requests import RELEASE_HOLD
from notices.approval.models import JobRun, RunRequest
from notices.approval.requests import ask, done
from notices.desk.held import Hold, hold_of, holds
from tests.support.approvals import officer
from tests.support.morning import MUNICIPALITY, NIGHT, NOW, set_up_night

pytestmark = pytest.mark.django_db
OPERATOR = officer("op", roles=("operator",))


@pytest.fixture(autouse=True)
def night() -> None:
    row = set_up_night("done")
    row.summary["held"] = {
        "E05": {"expected": 3.1, "upper": 12, "seen": 60, "cause": {"ja": "住所コード", "en": "address code"}},
        "E09": {"expected": 4.2, "upper": 14, "seen": 40},
    }
    row.save()


def release(code: str) -> RunRequest:
    payload = {"code": code, "night": NIGHT.isoformat()}
    return ask(RELEASE_HOLD, payload, officer=OPERATOR, reason="団地が完成した", at=NOW)


def states() -> dict[str, str]:
    return {one.code: one.state for one in holds(MUNICIPALITY)}


def test_what_a_night_held_is_there_with_its_numbers() -> None:
    first, second = holds(MUNICIPALITY)
    assert (first.code, first.night, first.expected, first.upper, first.seen) == ("E05", NIGHT, 3.1, 12, 60)
    assert (first.cause["ja"], second.cause, second.request) == ("住所コード", {}, None)
    assert holds("131016") == []


def test_a_release_is_asked_for_then_done_and_gone_with_the_night_after() -> None:
    asked = release("E09")
    assert states() == {"E05": "held", "E09": "asked"}
    done(asked.pk, "40 events", at=NOW + timedelta(hours=18))
    assert states() == {"E05": "held", "E09": "released"}
    JobRun.objects.create(
        job="night", municipality_code=MUNICIPALITY, on=NIGHT + timedelta(days=2), state="done", holder="test",
        heartbeat_at=NOW, started_at=NOW + timedelta(hours=42), summary={},
    )  # fmt: skip
    assert states() == {"E05": "held"}


def test_one_is_found_by_its_kind_and_night() -> None:
    assert isinstance(hold_of(MUNICIPALITY, "E09", NIGHT.isoformat()), Hold)
    for code, on in (("E01", NIGHT.isoformat()), ("E09", "2026-01-01"), ("E09", "x")):
        with pytest.raises(ObjectDoesNotExist):
            hold_of(MUNICIPALITY, code, on)
