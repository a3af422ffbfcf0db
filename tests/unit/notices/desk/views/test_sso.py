from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from django.test import Client
from pytest_django import Settings

from notices.accounts.models import Credential
from notices.approval.models import AuditRow, Notice
from tests.support.identity_provider import CLIENT, SECRET, Provider, identity_provider

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
