from django.http import HttpRequest
from django.test import Client, RequestFactory

from notices.approval.models import Notice
from notices.desk.views import problems
from tests.unit.notices.desk.conftest import SignIn


def test_an_unknown_address_says_what_to_do(morning: list[Notice], sign_in: SignIn) -> None:
    answer = sign_in("aoki").get("/no-such-page/")
    assert answer.status_code == 404
    assert "一覧から探してください" in answer.content.decode()


def test_a_strange_host_is_refused(client: Client, db: None) -> None:
    assert client.get("/login/", headers={"host": "evil.example"}).status_code == 400


def test_a_fault_of_ours_shows_no_inner_detail(db: None) -> None:
    answer = problems.fault(_asked())
    assert answer.status_code == 500
    assert "運用担当に連絡してください" in answer.content.decode()
    assert "Traceback" not in answer.content.decode()


def test_a_locked_account_is_told_how_to_go_on(db: None) -> None:
    assert problems.locked_out(_asked()).status_code == 429


def _asked() -> HttpRequest:
    request = RequestFactory().get("/")
    setattr(request, "_messages", ())  # noqa: B010 - what the middleware would have set
    return request
