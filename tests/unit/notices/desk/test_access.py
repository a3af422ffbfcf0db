import pytest
from django.contrib.auth.models import User
from django.db import OperationalError
from django.http import HttpResponse
from django.test import Client, RequestFactory

from engine.core.errors import SafetyStop, StateError
from notices.accounts.backend import PATH
from notices.approval.models import Notice
from notices.desk.access import Permission, Route, Scope, gate
from notices.desk.visit import Visit
from tests.unit.notices.desk.conftest import SignIn


@pytest.mark.parametrize(
    ("error", "status", "words"),
    [
        pytest.param(
            StateError("N-1 is queued"), 409, "この操作は、いまはできません", id="a decision the state forbids"
        ),
        pytest.param(SafetyStop("feed missing"), 409, "安全のため、承認できません", id="a safety stop"),
        pytest.param(OperationalError("database is locked"), 503, "混み合っています", id="a busy queue store"),
    ],
)
def test_a_refusal_is_a_page_in_words(error: Exception, status: int, words: str, morning: list[Notice]) -> None:
    def refuse(visit: Visit) -> HttpResponse:
        raise error

    request = RequestFactory().get("/queue/")
    request.user = User.objects.get(username="aoki")
    request.session = Client().session
    request._messages = _NoMessages()  # type: ignore[attr-defined]
    answer = gate(Route(path="", name="queue", permission=Permission.READ_QUEUE, scope=Scope.OFFICE, view=refuse))(
        request
    )
    assert answer.status_code == status
    assert isinstance(answer, HttpResponse)
    assert words in answer.content.decode()


class _NoMessages:
    """A request made by hand has passed no middleware."""

    def __iter__(self) -> object:
        return iter(())


def test_pages_with_personal_data_are_never_stored(morning: list[Notice], sign_in: SignIn) -> None:
    answer = sign_in("aoki").get("/queue/")
    assert "no-store" in answer["Cache-Control"]


def test_an_account_that_is_no_staff_is_turned_away(morning: list[Notice], client: Client) -> None:
    user = User.objects.create_user("hara", password="x")
    client.force_login(user, backend=PATH)
    answer = client.get("/queue/")
    assert answer.status_code == 403
    assert "職員の登録がありません" in answer.content.decode()


def test_a_form_without_its_token_changes_nothing(morning: list[Notice]) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(User.objects.get(username="aoki"), backend=PATH)
    answer = client.post(f"/notices/{morning[0].pk}/approve/")
    assert answer.status_code == 403
    assert "操作は行われていません" in answer.content.decode()
    morning[0].refresh_from_db()
    assert morning[0].state == "prepared"


def test_the_content_policy_allows_only_the_desks_own_files(morning: list[Notice], sign_in: SignIn) -> None:
    answer = sign_in("aoki").get(f"/notices/{morning[0].pk}/")
    policy = answer["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self'" in policy
    assert "unsafe-inline" not in policy
    page = answer.content.decode()
    assert "<style" not in page
    assert " style=" not in page
    assert " onclick=" not in page
    assert "http://" not in page
    assert "https://" not in page
