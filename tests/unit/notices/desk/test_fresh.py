from datetime import timedelta

import pyotp
import pytest
from django.contrib.auth.models import User
from django.test import Client
from pytest_django import Settings

from engine.core.clock import FixedClock
from notices.accounts.models import Credential
from notices.approval import bulk, calls
from notices.approval.models import AuditRow, Notice, StaffMember, StaffTask
from notices.approval.officer import officer_of
from notices.approval.waiting import Filters
from notices.desk.fresh import CODE
from notices.recipients.models import Block
from tests.support.morning import NOW
from tests.unit.notices.desk.conftest import SignIn

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


@pytest.fixture(autouse=True)
def app(morning: list[Notice]) -> None:
    """Everybody has the same authenticator app."""
    for staff in StaffMember.objects.all():
        Credential.objects.update_or_create(staff=staff, defaults={"secret": SECRET, "last_step": 0})


def code() -> str:
    return pyotp.TOTP(SECRET).at(NOW)


def logged_in(sign_in: SignIn, username: str, *, minutes_ago: int | None) -> Client:
    """A log-in whose last code was given so many minutes ago; None: one that never gave any."""
    client = sign_in(username)
    if minutes_ago is not None:
        session = client.session
        session["proved"] = int((NOW - timedelta(minutes=minutes_ago)).timestamp())
        session.save()
    return client


def held(person: str) -> bool:
    return Block.objects.filter(resident_id=person, reason="held_by_call").exists()


@pytest.fixture
def look(morning: list[Notice]) -> int:
    """A page of a person whom a call holds."""
    aoki = officer_of(User.objects.get(username="aoki"))
    found = calls.find(officer=aoki, number=morning[2].number, reason="x", at=NOW)
    assert found
    calls.hold(found, officer=aoki, reason="x", household=False, at=NOW)
    return found.pk


@pytest.mark.parametrize(
    ("minutes", "asks"),
    [
        pytest.param(None, True, id="no code in this log-in"),
        pytest.param(14, False, id="a code a short while ago"),
        pytest.param(16, True, id="a code that is too old"),
    ],
)
def test_a_grave_act_asks_for_a_code_when_the_last_one_is_old(
    minutes: int | None, asks: bool, look: int, morning: list[Notice], sign_in: SignIn
) -> None:
    client = logged_in(sign_in, "aoki", minutes_ago=minutes)
    answer = client.post(f"/calls/{look}/release/", {"reason": "本人の申出"})
    assert answer.status_code == (403 if asks else 302)
    assert ("もう一度本人であることを確かめます" in answer.content.decode()) == asks
    assert held(morning[2].addressee_id) == asks


def test_the_page_that_asks_carries_what_was_filled_in_and_goes_on_with_it(
    look: int, morning: list[Notice], sign_in: SignIn
) -> None:
    client = logged_in(sign_in, "aoki", minutes_ago=None)
    page = client.post(f"/calls/{look}/release/", {"reason": "<本人>"}).content.decode()
    assert '<input type="hidden" name="reason" value="&lt;本人&gt;">' in page
    assert f'action="/calls/{look}/release/"' in page
    assert client.post(f"/calls/{look}/release/", {"reason": "本人", CODE: code()}).status_code == 302
    assert not held(morning[2].addressee_id)
    row = AuditRow.objects.get(action="proved_again")
    assert (row.actor, row.details) == ("aoki", {"before": "release_person"})
    assert AuditRow.objects.get(action="person_released").details["reason"] == "本人"
    again = client.post(f"/calls/{look}/release/", {"reason": "本人"})
    assert "もう一度本人であること" not in again.content.decode()


def test_a_wrong_code_does_nothing_and_five_lock_the_account(look: int, morning: list[Notice], sign_in: SignIn) -> None:
    client = logged_in(sign_in, "aoki", minutes_ago=None)
    tries = [client.post(f"/calls/{look}/release/", {"reason": "x", CODE: "000000"}) for _ in range(5)]
    assert [one.status_code for one in tries] == [403] * 4 + [429]
    assert "コードが違います" in tries[0].content.decode()
    assert client.post(f"/calls/{look}/release/", {"reason": "x", CODE: code()}).status_code == 429
    assert held(morning[2].addressee_id)


def test_a_code_is_good_for_one_log_in_or_one_act(look: int, morning: list[Notice], sign_in: SignIn) -> None:
    Credential.objects.update(last_step=int(NOW.timestamp()) // 30)
    client = logged_in(sign_in, "aoki", minutes_ago=None)
    assert client.post(f"/calls/{look}/release/", {"reason": "x", CODE: code()}).status_code == 403
    assert held(morning[2].addressee_id)


def test_a_role_is_asked_for_before_a_code(look: int, sign_in: SignIn) -> None:
    answer = logged_in(sign_in, "doi", minutes_ago=None).post(f"/calls/{look}/release/", {CODE: code()})
    assert "あなたの役割では" in answer.content.decode()
    assert not AuditRow.objects.filter(action="proved_again").exists()


@pytest.mark.parametrize(
    ("username", "restricted", "asks"),
    [
        pytest.param("fujii", True, True, id="a task of support measures"),
        pytest.param("aoki", False, False, id="any other task"),
    ],
)
def test_a_task_of_support_measures_is_grave(username: str, restricted: bool, asks: bool, sign_in: SignIn) -> None:
    task = StaffTask.objects.filter(restricted=restricted).order_by("id").first()
    assert task
    answer = logged_in(sign_in, username, minutes_ago=None).post(f"/tasks/{task.pk}/close/", {"outcome": "確認した"})
    assert answer.status_code == (403 if asks else 302)
    task.refresh_from_db()
    assert task.state == ("open" if asks else "done")


@pytest.mark.parametrize(("few", "asks"), [pytest.param(2, True, id="many"), pytest.param(3, False, id="a few")])
def test_approving_many_at_once_is_grave_and_one_by_one_never(
    few: int, asks: bool, morning: list[Notice], sign_in: SignIn, settings: Settings
) -> None:
    accounts = settings.TODOKE.accounts.model_copy(update={"fresh_from_notices": few})
    settings.TODOKE = settings.TODOKE.model_copy(update={"accounts": accounts})
    aoki = officer_of(User.objects.get(username="aoki"))
    picked = [morning[2].pk, morning[3].pk]
    chosen = bulk.select(aoki, filters=Filters(), picked=picked, today=NOW.date(), at=NOW)
    client = logged_in(sign_in, "aoki", minutes_ago=None)
    answer = client.post(f"/selections/{chosen.pk}/approve/")
    assert answer.status_code == (403 if asks else 302)
    one = client.post(f"/notices/{morning[5].pk}/approve/", {"content": morning[5].content_hash})
    assert one.status_code == 302


def test_who_has_only_a_password_is_let_on_in_a_demo_and_told_to_log_in_anew_where_codes_are_asked_for(
    look: int, sign_in: SignIn, settings: Settings
) -> None:
    Credential.objects.update(secret="")
    client = logged_in(sign_in, "aoki", minutes_ago=None)
    accounts = settings.TODOKE.accounts.model_copy(update={"second_factor": True})
    relaxed, settings.TODOKE = settings.TODOKE, settings.TODOKE.model_copy(update={"accounts": accounts})
    answer = client.post(f"/calls/{look}/release/", {"reason": "x"})
    assert (answer.status_code, "ログインし直して" in answer.content.decode()) == (403, True)
    settings.TODOKE = relaxed
    assert client.post(f"/calls/{look}/release/", {"reason": "x"}).status_code == 302


def test_the_code_of_a_log_in_counts(client: Client, settings: Settings) -> None:
    client.post("/login/", {"username": "aoki", "password": "tsurezure-naru-mama-ni"})
    client.post("/login/second/", {"code": code()})
    assert client.session["proved"] == int(NOW.timestamp())
    settings.TODOKE_CLOCK = FixedClock(NOW + timedelta(minutes=16))
    assert client.get("/queue/").status_code == 200
