import re
from datetime import timedelta

import pyotp
import pytest
from django.test import Client
from pytest_django import Settings

from engine.core.clock import FixedClock
from notices.accounts import register
from notices.accounts.models import Credential
from notices.approval.models import Notice, StaffMember
from tests.support.morning import MUNICIPALITY, NOW, PASSWORD

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def strict(morning: list[Notice], settings: Settings) -> None:
    """Nobody gets in with a password alone."""
    accounts = settings.TODOKE.accounts.model_copy(update={"second_factor": True})
    settings.TODOKE = settings.TODOKE.model_copy(update={"accounts": accounts})


def password(client: Client, given: str = PASSWORD) -> str:
    return str(client.post("/login/", {"username": "aoki", "password": given, "next": "/queue/"})["Location"])


def secret_on(page: str) -> str:
    found = re.search(r'<code class="number">([A-Z2-7 ]+)</code>', page)
    assert found
    return found[1].replace(" ", "")


def code(secret: str, steps: int = 0) -> str:
    return pyotp.TOTP(secret).at(NOW, counter_offset=steps)


def enrol(client: Client) -> tuple[str, list[str]]:
    assert password(client) == "/login/app/"
    secret = secret_on(client.get("/login/app/").content.decode())
    shown = client.post("/login/app/", {"code": code(secret)}).content.decode()
    return secret, re.findall(r"<li><code>([^<]+)</code>", shown)


def test_the_first_log_in_sets_the_app_up_and_shows_the_codes_once(client: Client) -> None:
    _, codes = enrol(client)
    assert len(codes) == 10
    assert client.get("/queue/").status_code == 302
    assert client.post("/login/on/")["Location"] == "/queue/"
    assert client.get("/queue/").status_code == 200


def test_a_password_alone_opens_nothing(client: Client) -> None:
    password(client)
    assert client.get("/queue/")["Location"].startswith("/login/")
    assert client.post("/login/on/")["Location"] == "/login/app/"


def test_the_apps_code_opens_the_desk(client: Client, settings: Settings) -> None:
    secret, _ = enrol(client)
    settings.TODOKE_WALL_CLOCK = FixedClock(NOW + timedelta(seconds=30))
    other = Client()
    assert password(other) == "/login/second/"
    page = other.get("/login/second/")
    assert "no-store" in page["Cache-Control"]
    assert other.post("/login/second/", {"code": code(secret, 1)})["Location"] == "/queue/"
    assert other.get("/queue/").status_code == 200


def test_a_recovery_code_opens_it_too(client: Client) -> None:
    _, codes = enrol(client)
    other = Client()
    password(other)
    assert other.post("/login/second/", {"code": codes[0]})["Location"] == "/queue/"


def test_five_wrong_codes_lock_the_account_and_say_what_to_do(client: Client) -> None:
    enrol(client)
    other = Client()
    password(other)
    answers = [other.post("/login/second/", {"code": "000000"}) for _ in range(5)]
    assert [one.status_code for one in answers] == [403] * 4 + [429]
    assert "管理者に解除を依頼" in answers[-1].content.decode()
    assert client.post("/login/", {"username": "aoki", "password": PASSWORD}).status_code == 429


def test_half_a_log_in_is_forgotten_after_ten_minutes(client: Client, settings: Settings) -> None:
    enrol(client)
    other = Client()
    password(other)
    settings.TODOKE_CLOCK = FixedClock(NOW + timedelta(minutes=11))
    assert other.get("/login/second/")["Location"] == "/login/"


@pytest.mark.parametrize("page", ["/login/second/", "/login/app/", "/login/password/"])
def test_without_a_password_there_is_no_second_half(page: str, client: Client) -> None:
    assert client.get(page)["Location"] == "/login/"


@pytest.mark.parametrize(
    ("new", "again", "status"),
    [
        pytest.param("short", "short", 400, id="too short"),
        pytest.param("iroha-nihoheto-chirinuru", "another-one-entirely", 400, id="not the same twice"),
        pytest.param("password1234", "password1234", 400, id="easy to guess"),
        pytest.param("iroha-nihoheto-chirinuru", "iroha-nihoheto-chirinuru", 302, id="a good one"),
    ],
)
def test_a_password_somebody_else_made_is_replaced_first(new: str, again: str, status: int, client: Client) -> None:
    staff = StaffMember.objects.get(user__username="aoki")
    _, given = register.new_password(register.console(MUNICIPALITY), staff.pk, at=NOW)
    assert password(client, given) == "/login/app/"
    secret = secret_on(client.get("/login/app/").content.decode())
    client.post("/login/app/", {"code": code(secret)})
    assert client.post("/login/on/")["Location"] == "/login/password/"
    answer = client.post("/login/password/", {"password": new, "again": again})
    assert answer.status_code == status
    assert Credential.objects.get(staff=staff).own_password == (status == 302)
    assert client.get("/queue/").status_code == (200 if status == 302 else 302)


def test_a_log_in_elsewhere_ends_this_one_and_says_so(client: Client) -> None:
    _, codes = enrol(client)
    client.post("/login/on/")
    other = Client()
    password(other)
    other.post("/login/second/", {"code": codes[0]})
    answer = client.get("/queue/", follow=True)
    assert "別の画面で" in answer.content.decode()
    assert other.get("/queue/").status_code == 200
