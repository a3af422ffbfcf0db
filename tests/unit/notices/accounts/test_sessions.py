from datetime import datetime, timedelta

import pytest
from django.contrib.sessions.backends.db import SessionStore

from notices.accounts import sessions
from notices.approval.accounts import make_account
from notices.approval.models import StaffMember
from tests.support.morning import MUNICIPALITY, NOW, PASSWORD

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff() -> StaffMember:
    return make_account("aoki", PASSWORD, display_name="青木", offices=[], roles=["viewer"], municipality=MUNICIPALITY)


@pytest.fixture
def session(staff: StaffMember) -> SessionStore:
    made = SessionStore()
    sessions.begin(made, staff, at=NOW)
    return made


def why_ended(session: SessionStore, staff: StaffMember, *, at: datetime) -> str:
    """As the next request finds it."""
    return sessions.why_ended(session, StaffMember.objects.get(pk=staff.pk), at=at)


@pytest.mark.parametrize(
    ("minutes", "why"),
    [
        pytest.param([29], "", id="a short break"),
        pytest.param([31], "idle", id="half an hour without a request"),
        pytest.param([25] * 20, "", id="many short breaks"),
        pytest.param([25] * 25, "long", id="longer than a working day however busy"),
    ],
)
def test_a_log_in_ends_by_rest_and_by_age(
    minutes: list[int], why: str, session: SessionStore, staff: StaffMember
) -> None:
    at, ended = NOW, ""
    for pause in minutes:
        at += timedelta(minutes=pause)
        ended = why_ended(session, staff, at=at)
        if ended:
            break
    assert ended == why


def test_the_newest_log_in_is_the_one_that_counts(session: SessionStore, staff: StaffMember) -> None:
    newer = SessionStore()
    sessions.begin(newer, staff, at=NOW)
    assert why_ended(session, staff, at=NOW) == "elsewhere"
    assert why_ended(newer, staff, at=NOW) == ""


def test_a_page_a_few_seconds_later_writes_nothing(session: SessionStore, staff: StaffMember) -> None:
    session.modified = False
    assert why_ended(session, staff, at=NOW + timedelta(seconds=20)) == ""
    assert not session.modified
    why_ended(session, staff, at=NOW + timedelta(seconds=70))
    assert session.modified


@pytest.mark.parametrize(
    ("minutes", "fresh"),
    [pytest.param(0, True, id="now"), pytest.param(15, True, id="just so"), pytest.param(16, False, id="old")],
)
def test_a_second_factor_is_fresh_for_a_while(minutes: int, fresh: bool, session: SessionStore) -> None:
    assert not sessions.is_fresh(session, at=NOW)
    sessions.prove(session, at=NOW)
    assert sessions.is_fresh(session, at=NOW + timedelta(minutes=minutes)) == fresh
