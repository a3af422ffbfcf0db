from datetime import timedelta
from typing import cast

import pytest
from django.http import HttpResponse
from django.test import Client

from notices.approval.models import Notice, OutboxRow, Selection
from tests.support.morning import NOW
from tests.unit.notices.desk.conftest import SignIn


def choose(client: Client, *picked: Notice, query: str = "", what: str = "picked") -> HttpResponse:
    form = {"what": what, "pick": [one.pk for one in picked]}
    return cast(HttpResponse, client.post(f"/queue/selection/{query}", form, follow=True))


def test_the_page_says_what_it_will_do_before_it_does_it(morning: list[Notice], sign_in: SignIn) -> None:
    page = choose(sign_in("aoki"), what="all").content.decode()
    for words in (
        "4件をまとめて承認します",
        "含めていないもの",
        "確認することがある：2件",
        "出生",
        "転入",
        "児童手当",
        "4件を承認する",
    ):
        assert words in page
    assert set(Notice.objects.values_list("state", flat=True)) == {"prepared"}


def test_what_was_chosen_is_approved_and_can_be_taken_back(morning: list[Notice], sign_in: SignIn) -> None:
    client = sign_in("aoki")
    choose(client, morning[2], morning[3])
    selection = Selection.objects.get()
    done = client.post(f"/selections/{selection.pk}/approve/", follow=True).content.decode()
    assert "2件を承認しました" in done
    assert "この2件の承認を取り消す" in done
    assert OutboxRow.objects.count() == 2
    undone = client.post(f"/selections/{selection.pk}/undo/", follow=True).content.decode()
    assert "2件の承認を取り消しました" in undone
    assert "承認を取り消す" not in undone
    assert OutboxRow.objects.count() == 0


def test_a_filter_stays_with_the_selection(morning: list[Notice], sign_in: SignIn) -> None:
    page = choose(sign_in("aoki"), query="?event=E05", what="all").content.decode()
    assert "2件をまとめて承認します" in page
    assert 'href="/queue/?event=E05"' in page


def test_choosing_nothing_says_how_to_choose(morning: list[Notice], sign_in: SignIn) -> None:
    assert "左の四角で選んでください" in choose(sign_in("aoki")).content.decode()
    assert Selection.objects.count() == 0


def test_only_flagged_ones_leave_nothing_to_approve(morning: list[Notice], sign_in: SignIn) -> None:
    page = choose(sign_in("aoki"), morning[0]).content.decode()
    assert "まとめて承認できるものがありません" in page
    assert "件を承認する" not in page


def test_a_day_to_send_on_is_kept(morning: list[Notice], sign_in: SignIn) -> None:
    client = sign_in("aoki")
    choose(client, morning[2])
    day = NOW.date() + timedelta(days=3)
    client.post(f"/selections/{Selection.objects.get().pk}/approve/", {"send_on": day.isoformat()})
    assert Notice.objects.get(pk=morning[2].pk).send_on == day


@pytest.mark.parametrize("day", ["tomorrow", "2020-01-01"])
def test_a_day_that_is_none_is_refused_in_words(day: str, morning: list[Notice], sign_in: SignIn) -> None:
    client = sign_in("aoki")
    choose(client, morning[2])
    answer = client.post(f"/selections/{Selection.objects.get().pk}/approve/", {"send_on": day})
    assert answer.status_code == 400
    assert Notice.objects.get(pk=morning[2].pk).state == "prepared"


def test_a_colleague_has_no_part_in_it(morning: list[Notice], sign_in: SignIn) -> None:
    choose(sign_in("aoki"), morning[2])
    address = f"/selections/{Selection.objects.get().pk}/"
    assert sign_in("baba").get(address).status_code == 404
    assert sign_in("baba").post(f"{address}approve/").status_code == 403
