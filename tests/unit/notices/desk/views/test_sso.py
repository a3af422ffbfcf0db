from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from django.test import Client
from pytest_django import Settings

from notices.accounts.models import Credential
from notices.approval.models import AuditRow, Notice, StaffMember
from tests.support.identity_provider import CLIENT, SECRET, Provider, identity_provider
from tests.support.morning import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def provider(morning: list[Notice], settings: Settings, tmp_path: Path) -> Iterator[Provider]:
    """A provider the desk is set up for."""
    (tmp_path / "secret").write_text(SECRET)
    with identity_provider() as made:
        parts = {"issuer": made.issuer, "client_id": CLIENT, "client_secret_file": tmp_path / "secret"}
        settings.TODOKE = settings.TODOKE.model_copy(update={"oidc": settings.TODOKE.oidc.model_copy(update=parts)})
        yield made


def come_back(client: Client) -> tuple[int, str]:
    """There and back through the provider, as a browser goes."""
    there = client.get("/login/sso/")["Location"]
    returned = urlsplit(httpx.get(there).headers["Location"])
    answer = client.get(f"{returned.path}?{returned.query}")
    return answer.status_code, answer.content.decode()


def test_the_city_s_log_in_opens_the_desk(provider: Provider, client: Client) -> None:
    assert "/login/sso/" in client.get("/login/").content.decode()
    assert come_back(client)[0] == 302
    assert client.get("/queue/").status_code == 200
    assert AuditRow.objects.get(action="logged_in_by_provider").actor == "aoki"


def test_an_account_is_bound_to_the_person_not_to_the_name(provider: Provider, client: Client) -> None:
    come_back(client)
    provider.subject = "s-0002"
    assert come_back(Client())[0] == 403
    provider.subject, provider.account = "s-0001", "renamed"
    assert come_back(Client())[0] == 302
    assert Credential.objects.exclude(identity="").count() == 1


def test_who_has_no_account_here_is_told_so(provider: Provider, client: Client) -> None:
    provider.account = "stranger"
    status, page = come_back(client)
    assert status == 403
    assert "管理者が登録します" in page


def test_an_answer_is_good_once(provider: Provider, client: Client) -> None:
    there = client.get("/login/sso/")["Location"]
    returned = urlsplit(httpx.get(there).headers["Location"])
    client.get(f"{returned.path}?{returned.query}")
    assert client.get(f"{returned.path}?{returned.query}").status_code == 403


def test_without_a_provider_there_is_no_such_log_in(morning: list[Notice], client: Client) -> None:
    assert "/login/sso/" not in client.get("/login/").content.decode()
    assert client.get("/login/sso/").status_code == client.get("/login/sso/back/").status_code == 403


def again(client: Client) -> tuple[int, str]:
    """Proves once more who is logged in."""
    there = client.get("/login/sso/?again=1")["Location"]
    returned = urlsplit(httpx.get(there).headers["Location"])
    answer = client.get(f"{returned.path}?{returned.query}")
    return answer.status_code, answer.content.decode()


@pytest.fixture
def strict(provider: Provider, settings: Settings) -> Provider:
    """Nobody gets in with a password alone, and a grave act asks who is there."""
    accounts = settings.TODOKE.accounts.model_copy(update={"second_factor": True})
    settings.TODOKE = settings.TODOKE.model_copy(update={"accounts": accounts})
    StaffMember.objects.filter(user__username="aoki").update(roles=["administrator"])
    return provider


@pytest.mark.parametrize(
    ("minutes_ago", "status"),
    [
        pytest.param(0, 200, id="just now"),
        pytest.param(14, 200, id="a short while ago"),
        pytest.param(16, 403, id="too long ago: the provider did not ask again"),
        pytest.param(None, 403, id="the provider does not say when"),
    ],
)
def test_before_a_grave_act_the_provider_says_who_is_there_and_since_when(
    minutes_ago: int | None, status: int, strict: Provider, client: Client
) -> None:
    come_back(client)
    staff = StaffMember.objects.get(user__username="baba")
    page = client.post(f"/staff/{staff.pk}/unlock/")
    assert (page.status_code, "/login/sso/?again=1" in page.content.decode()) == (403, True)
    key, token = client.session.session_key, client.cookies["csrftoken"].value
    strict.wrong = {"auth_time": None if minutes_ago is None else int(NOW.timestamp()) - 60 * minutes_ago}
    found, words = again(client)
    assert found == status
    assert strict.asked[-1]["max_age"] == "900"
    assert ("閉じ" if status == 200 else "いま確かめたことになっていません") in words
    # the page that asked stays good: same log-in, same token
    assert (client.session.session_key, client.cookies["csrftoken"].value) == (key, token)
    assert client.post(f"/staff/{staff.pk}/unlock/").status_code == (302 if status == 200 else 403)


def test_nobody_proves_for_somebody_else(strict: Provider, client: Client) -> None:
    come_back(client)
    strict.subject, strict.account = "s-0002", "baba"
    assert come_back(Client())[0] == 302
    strict.wrong = {"auth_time": int(NOW.timestamp())}
    status, words = again(client)
    assert (status, "別の人の認証" in words) == (403, True)
    assert "proved" not in client.session


def test_when_the_provider_says_how_old_its_word_is_a_log_in_counts_from_then(strict: Provider, client: Client) -> None:
    strict.wrong = {"auth_time": int(NOW.timestamp()) - 600}
    come_back(client)
    assert client.session["proved"] == int(NOW.timestamp()) - 600
