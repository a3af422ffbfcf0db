import pytest
from django.test import Client

from notices.approval.models import Notice
from tests.support.morning import PASSWORD
from tests.unit.notices.desk.conftest import SignIn


@pytest.mark.parametrize(
    ("username", "page"),
    [
        pytest.param("aoki", "/queue/", id="an approver begins with the queue"),
        pytest.param("fujii", "/tasks/", id="the support-measure desk with its tasks"),
        pytest.param("endo", "/audit/", id="an auditor with the audit trail"),
    ],
)
def test_logging_in_leads_to_the_first_page_of_the_role(
    username: str, page: str, morning: list[Notice], client: Client
) -> None:
    answer = client.post("/login/", {"username": username, "password": PASSWORD}, follow=True)
    assert answer.redirect_chain[-1][0] == page
    assert answer.status_code == 200


def test_a_wrong_password_says_no_more_than_that(morning: list[Notice], client: Client) -> None:
    known = client.post("/login/", {"username": "aoki", "password": "wrong"})
    unknown = client.post("/login/", {"username": "nobody", "password": "wrong"})
    assert known.status_code == unknown.status_code == 403
    for answer in (known, unknown):
        assert "利用者IDかパスワードが違います" in answer.content.decode()


def test_five_failures_lock_the_account_even_for_the_right_password(morning: list[Notice], client: Client) -> None:
    for _ in range(5):
        client.post("/login/", {"username": "aoki", "password": "wrong"})
    answer = client.post("/login/", {"username": "aoki", "password": PASSWORD})
    assert answer.status_code == 429
    assert "30分待つか" in answer.content.decode()


def test_logging_out_ends_the_session(morning: list[Notice], sign_in: SignIn) -> None:
    client = sign_in("aoki")
    client.post("/logout/")
    assert client.get("/queue/").status_code == 302


@pytest.mark.parametrize("after", ["https://evil.example/", "//evil.example/", "javascript:alert(1)"])
def test_the_log_in_leads_nowhere_outside(after: str, morning: list[Notice], client: Client) -> None:
    answer = client.post("/login/", {"username": "aoki", "password": PASSWORD, "next": after})
    assert answer["Location"] == "/"


def test_the_language_switch_stays_on_the_page_and_is_remembered(morning: list[Notice], sign_in: SignIn) -> None:
    client = sign_in("aoki")
    assert '<html lang="ja">' in client.get("/queue/").content.decode()
    answer = client.post("/language/", {"language": "en", "next": "/queue/"}, follow=True)
    page = answer.content.decode()
    assert '<html lang="en">' in page
    assert "days left" in page
    assert "Notices to review" in page


def test_a_language_the_desk_does_not_speak_changes_nothing(client: Client, db: None) -> None:
    client.post("/language/", {"language": "<script>", "next": "/login/"})
    assert '<html lang="ja">' in client.get("/login/").content.decode()


def test_cookies_are_for_this_site_and_unreadable_to_scripts(morning: list[Notice], client: Client) -> None:
    client.post("/login/", {"username": "aoki", "password": PASSWORD})
    cookie = client.cookies["sessionid"]
    assert cookie["httponly"]
    assert cookie["secure"]
    assert cookie["samesite"] == "Lax"
    assert cookie["max-age"] == "" or int(cookie["max-age"]) <= 1800


def test_the_notices_own_style_is_served_as_a_sheet(client: Client, db: None) -> None:
    answer = client.get("/notice.css")
    assert answer["Content-Type"].startswith("text/css")
    assert answer.content
