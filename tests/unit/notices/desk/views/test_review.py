import re
from itertools import pairwise
from typing import cast

import pytest
from django.http import HttpResponse
from django.test import Client

from notices.approval.models import AuditRow, Decision, Item, Notice, NoticeBody, StaffMember
from notices.recipients.models import Contact, SafetyPublication
from tests.support import approvals
from tests.support.approvals import Town
from tests.support.morning import HOSTILE, set_up_accounts
from tests.unit.notices.desk.conftest import SignIn


def test_one_page_shows_the_notice_why_conditions_safety_addressee_and_history(
    morning: list[Notice], sign_in: SignIn
) -> None:
    page = sign_in("aoki").get(f"/notices/{morning[0].pk}/").content.decode()
    for words in (
        "届くお知らせ",
        "なぜ",
        "続柄",
        "子",
        "住民",
        "市に住んでいる",
        "条件",
        "満たす",
        "不明",
        "児童手当法 17条",
        "安全",
        "宛先",
        "この世帯の履歴",
    ):
        assert words in page
    for words in ("承認する", "差し戻す", "次へ"):
        assert words in page


def test_name_and_address_stay_hidden_until_opened_and_the_look_is_audited(
    morning: list[Notice], sign_in: SignIn
) -> None:
    client = sign_in("aoki")
    contact = Contact.objects.get(resident_id=morning[0].addressee_id)
    page = client.get(f"/notices/{morning[0].pk}/").content.decode()
    assert contact.name not in page
    assert contact.address not in page
    opened = client.post(f"/notices/{morning[0].pk}/address/").content.decode()
    assert contact.name in opened
    assert contact.address in opened
    row = AuditRow.objects.get(action="address_opened")
    assert (row.actor, row.subject) == ("aoki", f"notice:{morning[0].pk}")
    assert contact.name not in str(row.details)


def test_another_offices_programme_shows_its_name_only(morning: list[Notice], sign_in: SignIn) -> None:
    Item.objects.filter(notice=morning[0], programme="infant_health_checks").update(programme_version="c0ffee" * 10)
    page = sign_in("aoki").get(f"/notices/{morning[0].pk}/").content.decode()
    assert "乳幼児健康診査" in page
    assert "内容は見えません" in page
    assert "c0ffee" not in page


def test_next_and_previous_turn_in_the_order_of_the_queue_and_say_where_it_ends(
    morning: list[Notice], sign_in: SignIn
) -> None:
    client = sign_in("aoki")
    shown = {int(one) for one in re.findall(r'href="/notices/(\d+)/', client.get("/queue/").content.decode())}
    order = list(Notice.objects.filter(pk__in=shown).order_by("due_order", "pk").values_list("pk", flat=True))
    assert len(order) > 2
    for here, after in pairwise(order):
        assert client.get(f"/notices/{here}/next/")["Location"] == f"/notices/{after}/"
        assert client.get(f"/notices/{after}/previous/")["Location"] == f"/notices/{here}/"
    at_end = client.get(f"/notices/{order[-1]}/next/?event=E01", follow=True)
    assert at_end.redirect_chain[-1][0] == "/queue/?event=E01"
    assert "これより後に待っているお知らせはありません" in at_end.content.decode()
    at_begin = client.get(f"/notices/{order[0]}/previous/", follow=True).content.decode()
    assert "これより前に待っているお知らせはありません" in at_begin


def test_another_offices_notice_is_nobodys_way_to_the_next(morning: list[Notice], sign_in: SignIn) -> None:
    Item.objects.filter(notice=morning[0]).update(office="insurance")
    client = sign_in("aoki")
    assert client.get(f"/notices/{morning[0].pk}/next/").status_code == 404


def approve(client: Client, notice: Notice) -> HttpResponse:
    """Presses the button of the page as it was shown."""
    address = f"/notices/{notice.pk}/approve/"
    return cast(HttpResponse, client.post(address, {"content": notice.content_hash}, follow=True))


def test_an_approval_goes_on_to_the_next_notice_and_is_in_the_books(morning: list[Notice], sign_in: SignIn) -> None:
    client = sign_in("aoki")
    client.get(f"/notices/{morning[2].pk}/")
    answer = approve(client, morning[2])
    assert answer.status_code == 200
    assert f"{morning[2].number} を承認しました" in answer.content.decode()
    morning[2].refresh_from_db()
    assert morning[2].state in {"approved", "queued"}
    assert Decision.objects.filter(item__notice=morning[2], officer="aoki", verdict="approve").count() == 2
    assert AuditRow.objects.filter(actor="aoki", subject=f"notice:{morning[2].pk}").exists()


def test_a_notice_sent_back_needs_a_reason(morning: list[Notice], sign_in: SignIn) -> None:
    client = sign_in("aoki")
    answer = client.post(f"/notices/{morning[1].pk}/reject/", {"reason": "", "comment": ""})
    assert answer.status_code == 400
    assert "差し戻す理由を選んでください" in answer.content.decode()
    morning[1].refresh_from_db()
    assert morning[1].state in {"prepared", "in_review"}


def test_a_notice_sent_back_keeps_its_reason(morning: list[Notice], sign_in: SignIn) -> None:
    client = sign_in("aoki")
    page = client.get(f"/notices/{morning[1].pk}/").content.decode()
    reason = page.split('id="reason"')[1].split('<option value="')[2].split('"')[0]
    answer = client.post(f"/notices/{morning[1].pk}/reject/", {"reason": reason, "comment": "期限を確認"}, follow=True)
    assert "差し戻しました" in answer.content.decode()
    morning[1].refresh_from_db()
    assert morning[1].state == "rejected"
    decision = Decision.objects.filter(item__notice=morning[1], verdict="reject").first()
    assert decision is not None
    assert (decision.reason_code, decision.comment) == (reason, "期限を確認")


def test_a_decision_twice_is_refused_in_words(morning: list[Notice], sign_in: SignIn) -> None:
    client = sign_in("aoki")
    approve(client, morning[2])
    answer = approve(client, morning[2])
    assert answer.status_code == 409
    assert "もう判断されています" in answer.content.decode()


def test_stale_safety_data_stops_an_approval(morning: list[Notice], sign_in: SignIn) -> None:
    SafetyPublication.objects.update(complete=False, reason="支援措置のファイルが届いていません")
    answer = approve(sign_in("aoki"), morning[2])
    assert answer.status_code == 409
    assert "安全のため、承認できません" in answer.content.decode()
    morning[2].refresh_from_db()
    assert morning[2].state in {"prepared", "in_review"}


def test_a_colleagues_notice_cannot_be_decided_meanwhile(morning: list[Notice], sign_in: SignIn) -> None:
    sign_in("baba").get(f"/notices/{morning[2].pk}/")
    client = sign_in("aoki")
    page = client.get(f"/notices/{morning[2].pk}/").content.decode()
    assert "馬場が確認中です" in page
    assert "data-key-approve" not in page
    answer = approve(client, morning[2])
    assert answer.status_code == 409


def test_what_was_not_shown_is_not_approved(morning: list[Notice], sign_in: SignIn) -> None:
    answer = sign_in("aoki").post(f"/notices/{morning[2].pk}/approve/", {"content": "f" * 64})
    assert answer.status_code == 409
    assert "表示した後に、お知らせの内容が変わりました" in answer.content.decode()
    morning[2].refresh_from_db()
    assert morning[2].state in {"prepared", "in_review"}


def test_a_reason_not_to_write_that_came_up_meanwhile_stops_the_approval(
    morning: list[Notice], sign_in: SignIn
) -> None:
    Contact.objects.filter(resident_id=morning[2].addressee_id).update(status="DEAD")
    answer = approve(sign_in("aoki"), morning[2])
    assert answer.status_code == 409
    morning[2].refresh_from_db()
    assert morning[2].state not in {"approved", "queued"}


def test_another_offices_notice_is_as_if_it_were_not_there(morning: list[Notice], sign_in: SignIn) -> None:
    client = sign_in("chiba")
    assert client.get(f"/notices/{morning[2].pk}/").status_code == 404
    assert approve(client, morning[2]).status_code == 403


def test_a_notice_other_offices_still_decide_leaves_the_queue(morning: list[Notice], sign_in: SignIn) -> None:
    client = sign_in("aoki")
    assert approve(client, morning[0]).status_code == 200
    assert morning[0].number not in client.get("/queue/").content.decode()
    assert "あなたの課が判断する制度はありません" in client.get(f"/notices/{morning[0].pk}/").content.decode()


def test_where_two_are_needed_one_is_not_both(morning: list[Notice], sign_in: SignIn) -> None:
    Notice.objects.filter(pk=morning[2].pk).update(four_eyes=2)
    morning[2].refresh_from_db()
    first = sign_in("aoki")
    assert "2人の承認が要ります" in first.get(f"/notices/{morning[2].pk}/").content.decode()
    approve(first, morning[2])
    page = first.get(f"/notices/{morning[2].pk}/").content.decode()
    assert "もう1人、別の職員の承認が要ります" in page
    assert "data-key-approve" not in page
    first.post(f"/notices/{morning[2].pk}/release/")
    assert approve(sign_in("baba"), morning[2]).status_code == 200
    morning[2].refresh_from_db()
    assert morning[2].state in {"approved", "queued"}


def test_the_reason_other_needs_words(morning: list[Notice], sign_in: SignIn) -> None:
    answer = sign_in("aoki").post(f"/notices/{morning[1].pk}/reject/", {"reason": "other", "comment": " "})
    assert answer.status_code == 400
    assert "詳しく書いてください" in answer.content.decode()


def test_a_viewer_takes_nothing_on(morning: list[Notice], sign_in: SignIn) -> None:
    page = sign_in("doi").get(f"/notices/{morning[2].pk}/").content.decode()
    assert "あなたの役割では見るだけです" in page
    morning[2].refresh_from_db()
    assert morning[2].claimed_by == ""


def test_a_review_can_be_given_back(morning: list[Notice], sign_in: SignIn) -> None:
    client = sign_in("aoki")
    client.get(f"/notices/{morning[2].pk}/")
    client.post(f"/notices/{morning[2].pk}/release/")
    morning[2].refresh_from_db()
    assert (morning[2].claimed_by, morning[2].state) == ("", "prepared")


@pytest.mark.parametrize("notice_id", [999_999])
def test_a_notice_that_is_not_there_is_not_found(notice_id: int, morning: list[Notice], sign_in: SignIn) -> None:
    assert sign_in("aoki").get(f"/notices/{notice_id}/").status_code == 404


def test_hostile_record_text_is_shown_as_text(morning: list[Notice], sign_in: SignIn) -> None:
    Item.objects.filter(notice=morning[0]).update(
        evidence=[{"table": "residents", "column": "name", "ja": HOSTILE, "before": HOSTILE, "after": HOSTILE, "file_date": "2026-11-20"}],
        criteria=[{"id": HOSTILE, "result": "met", "value": HOSTILE, "threshold": None, "unit": "", "cites": HOSTILE}],
    )  # fmt: skip
    body = NoticeBody.objects.get(notice=morning[0])
    NoticeBody.objects.filter(pk=body.pk).update(text=body.text | {"opening": HOSTILE, "title": HOSTILE})
    page = sign_in("aoki").get(f"/notices/{morning[0].pk}/").content.decode()
    assert "<script>alert" not in page
    assert "&lt;script&gt;" in page


def test_the_next_page_offers_to_take_the_approval_back(morning: list[Notice], sign_in: SignIn) -> None:
    client = sign_in("aoki")
    client.get(f"/notices/{morning[2].pk}/")
    page = approve(client, morning[2]).content.decode()
    assert f'action="/notices/{morning[2].pk}/undo/"' in page
    undone = client.post(f"/notices/{morning[2].pk}/undo/", follow=True).content.decode()
    assert "承認を取り消しました" in undone
    morning[2].refresh_from_db()
    assert morning[2].state in {"prepared", "in_review"}
    assert f"/notices/{morning[2].pk}/undo/" not in client.get("/queue/").content.decode()


def test_a_decided_notice_says_when_it_leaves_and_can_be_taken_back(morning: list[Notice], sign_in: SignIn) -> None:
    client = sign_in("aoki")
    approve(client, morning[2])
    page = client.get(f"/notices/{morning[2].pk}/").content.decode()
    assert "発送は 11/24 08:32 以降" in page
    assert "承認を取り消す" in page
    assert "承認を取り消す" not in sign_in("doi").get(f"/notices/{morning[2].pk}/").content.decode()


def test_one_programme_can_be_taken_out_and_the_rest_is_still_decided(
    db: None, town: Town, desk_clock: None, sign_in: SignIn
) -> None:
    set_up_accounts()
    StaffMember.objects.update(offices=["child_benefits", "maternal_health"])
    approvals.approve_wordings()
    town.birth()
    approvals.run(town)
    notice = Notice.objects.get()
    first, second = notice.items.order_by("position")
    page = (
        sign_in("aoki")
        .post(f"/notices/{notice.pk}/reject/", {"reason": "already_done", "item": [first.pk]}, follow=True)
        .content.decode()
    )
    assert "選んだ制度を外しました" in page
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, second.state) == ("rejected", "open")


def test_the_queue_one_came_from_is_kept(morning: list[Notice], sign_in: SignIn) -> None:
    client = sign_in("aoki")
    page = client.get(f"/notices/{morning[4].pk}/?event=E05").content.decode()
    assert f'href="/notices/{morning[4].pk}/next/?event=E05"' in page
    turned = client.get(f"/notices/{morning[4].pk}/next/?event=E05")
    assert turned["Location"] == f"/notices/{morning[5].pk}/?event=E05"
    answer = client.post(f"/notices/{morning[4].pk}/approve/?event=E05", {"content": morning[4].content_hash})
    assert answer["Location"] == f"/notices/{morning[5].pk}/?event=E05"
