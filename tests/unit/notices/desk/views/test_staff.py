import re

import pytest
from django.contrib.auth.models import User
from django.test import Client

from notices.accounts.models import Credential
from notices.approval.models import Notice, StaffMember
from tests.support.morning import PASSWORD
from tests.unit.notices.desk.conftest import SignIn

pytestmark = pytest.mark.django_db


@pytest.fixture
def boss(morning: list[Notice], sign_in: SignIn) -> Client:
    StaffMember.objects.filter(user__username="endo").update(roles=["administrator"])
    return sign_in("endo")


def key(username: str) -> int:
    return StaffMember.objects.get(user__username=username).pk


def test_an_administrator_begins_with_the_register(boss: Client) -> None:
    page = boss.get("/", follow=True).content.decode()
    assert "職員の登録" in page
    assert all(name in page for name in ("青木", "馬場", "千葉"))


def test_opening_an_account_shows_its_password_once(boss: Client) -> None:
    form = {"username": "shin", "display_name": "新人", "role": ["reviewer"], "office": ["insurance"]}
    page = boss.post("/staff/open/", form)
    given = re.search(r'<code class="once">([^<]+)</code>', page.content.decode())
    assert given
    assert User.objects.get(username="shin").check_password(given[1])
    assert "no-store" in page["Cache-Control"]
    assert given[1] not in boss.get(f"/staff/{key('shin')}/").content.decode()


def test_roles_and_offices_are_changed_on_the_page(boss: Client) -> None:
    form = {"display_name": "青木 花", "role": ["viewer", "operator"], "office": ["tax"]}
    boss.post(f"/staff/{key('aoki')}/change/", form)
    found = StaffMember.objects.get(pk=key("aoki"))
    assert (found.display_name, found.roles, found.offices) == ("青木 花", ["operator", "viewer"], ["tax"])


def test_who_is_locked_is_out_at_the_next_page(boss: Client, sign_in: SignIn) -> None:
    clerk = sign_in("aoki")
    assert clerk.get("/queue/").status_code == 200
    boss.post(f"/staff/{key('aoki')}/lock/")
    assert clerk.get("/queue/").status_code == 302


def test_an_account_with_too_many_failures_is_let_in_again(boss: Client, client: Client) -> None:
    for _ in range(5):
        client.post("/login/", {"username": "aoki", "password": "wrong"})
    assert client.post("/login/", {"username": "aoki", "password": PASSWORD}).status_code == 429
    boss.post(f"/staff/{key('aoki')}/unlock/")
    assert client.post("/login/", {"username": "aoki", "password": PASSWORD}).status_code == 302


def test_a_lost_telephone_is_helped(boss: Client) -> None:
    Credential.objects.create(staff_id=key("doi"), secret="A" * 32)
    page = boss.get(f"/staff/{key('doi')}/").content.decode()
    assert "認証アプリの設定を消す" in page
    assert "消す理由" in page
    assert boss.post(f"/staff/{key('doi')}/second/").status_code == 400
    boss.post(f"/staff/{key('doi')}/second/", {"reason": "device_lost"})
    assert Credential.objects.get(staff_id=key("doi")).secret == ""


@pytest.mark.parametrize("act", ["second", "password"])
def test_a_new_log_in_of_who_decides_waits_on_the_page_for_a_second_administrator(
    act: str, boss: Client, sign_in: SignIn
) -> None:
    Credential.objects.create(staff_id=key("aoki"), secret="A" * 32)
    page = f"/staff/{key('aoki')}/"
    assert "別の管理者が確認すると行われます" in boss.get(page).content.decode()
    asked = boss.post(f"{page}{act}/", {"reason": "device_lost"}, follow=True).content.decode()
    assert "申請しました" in asked
    assert 'class="once"' not in asked
    assert f"{page}reset/confirm/" not in asked
    assert boss.post(f"{page}reset/confirm/").status_code == 403
    assert "確認待ち" in boss.get("/staff/").content.decode()
    StaffMember.objects.filter(user__username="ikeda").update(roles=["administrator"])
    other = sign_in("ikeda")
    assert f"{page}reset/confirm/" in other.get(page).content.decode()
    done = other.post(f"{page}reset/confirm/", follow=True).content.decode()
    assert ('class="once"' if act == "password" else "認証アプリの設定を消しました") in done
    assert Credential.objects.get(staff_id=key("aoki")).secret == ("A" * 32 if act == "password" else "")


def test_a_reset_is_taken_back_on_the_page(boss: Client) -> None:
    page = f"/staff/{key('aoki')}/"
    boss.post(f"{page}password/")
    assert "取り下げました" in boss.post(f"{page}reset/refuse/", follow=True).content.decode()
    assert boss.post(f"{page}reset/refuse/").status_code == 409


def test_who_is_logged_out_from_outside_is_out_at_the_next_page(boss: Client, client: Client) -> None:
    client.post("/login/", {"username": "aoki", "password": PASSWORD})
    assert client.get("/queue/").status_code == 200
    boss.post(f"/staff/{key('aoki')}/sessions/")
    assert "管理者がログアウトさせました" in client.get("/queue/", follow=True).content.decode()
    client.post("/login/", {"username": "aoki", "password": PASSWORD})
    assert client.get("/queue/").status_code == 200


def test_two_administrators_give_a_role_that_decides(boss: Client, sign_in: SignIn) -> None:
    StaffMember.objects.filter(user__username="chiba").update(roles=["administrator"])
    other, page = sign_in("chiba"), f"/staff/{key('baba')}/"
    StaffMember.objects.filter(user__username="baba").update(roles=["viewer"])
    form = {"display_name": "馬場", "role": ["viewer", "approver"], "office": ["insurance"]}
    answer = boss.post(f"{page}change/", form, follow=True).content.decode()
    assert "別の管理者が確認すると有効になります" in answer
    assert "確認待ち" in boss.get("/staff/").content.decode()
    assert "確認して有効にする" not in boss.get(page).content.decode()
    refused = boss.post(f"{page}confirm/")
    assert refused.status_code == 403
    assert "もう1人の管理者の確認が必要です" in refused.content.decode()
    assert StaffMember.objects.get(pk=key("baba")).roles == ["viewer"]
    assert "確認して有効にする" in other.get(page).content.decode()
    other.post(f"{page}confirm/")
    assert StaffMember.objects.get(pk=key("baba")).roles == ["approver", "viewer"]
    assert "確認待ち" not in boss.get("/staff/").content.decode()


def test_a_wish_for_a_role_is_taken_back_on_the_page(boss: Client) -> None:
    form = {"display_name": "馬場", "role": ["administrator"], "office": ["insurance"]}
    boss.post(f"/staff/{key('baba')}/change/", form)
    boss.post(f"/staff/{key('baba')}/refuse/")
    assert Credential.objects.get(staff_id=key("baba")).asked_roles == []
    assert StaffMember.objects.get(pk=key("baba")).roles == []


def test_nobody_changes_their_own_account(boss: Client) -> None:
    page = boss.get(f"/staff/{key('endo')}/").content.decode()
    assert "別の管理者が変更します" in page
    assert boss.post(f"/staff/{key('endo')}/change/", {"display_name": "x", "role": ["approver"]}).status_code == 403
