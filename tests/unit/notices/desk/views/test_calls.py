from typing import cast

import pytest
from django.http import HttpResponse
from django.test import Client

from notices.approval.models import Notice, PersonLook
from notices.recipients.models import Block, Wish
from tests.support.morning import MUNICIPALITY, NIGHT
from tests.unit.notices.desk.conftest import SignIn


def find(client: Client, **form: str) -> HttpResponse:
    return cast(HttpResponse, client.post("/calls/find/", {"reason": "問合せ", **form}, follow=True))


def test_a_call_finds_the_notice_and_says_why_it_was_prepared(morning: list[Notice], sign_in: SignIn) -> None:
    page = find(sign_in("aoki"), number=morning[3].number).content.decode()
    for words in (
        morning[3].number,
        "出生",
        "お送りしていません",
        "児童手当の受給者として登録",
        "本人確認",
        "いますぐ止める",
    ):
        assert words in page


@pytest.mark.parametrize(
    ("form", "words"),
    [
        pytest.param({"number": "N-2026-004204", "reason": ""}, "開く理由を書いてください", id="no reason"),
        pytest.param({}, "どちらか1つ", id="no number"),
        pytest.param({"number": "N-2026-004204", "person": "1"}, "どちらか1つ", id="two numbers"),
        pytest.param({"number": "N-1999-000001"}, "見つかりません", id="no such notice"),
        pytest.param({"number": "N-2026-004207"}, "見つかりません", id="another office's"),
    ],
)
def test_what_cannot_be_opened_says_why(
    form: dict[str, str], words: str, morning: list[Notice], sign_in: SignIn
) -> None:
    answer = find(sign_in("aoki"), **form)
    assert answer.status_code == 400
    assert words in answer.content.decode()
    assert PersonLook.objects.count() == 0


def test_no_address_line_holds_a_resident_number(morning: list[Notice], sign_in: SignIn) -> None:
    client = sign_in("aoki")
    answer = client.post("/calls/find/", {"person": morning[3].addressee_id, "reason": "x"})
    assert answer["Location"] == f"/calls/{PersonLook.objects.get().pk}/"


def test_hold_and_release(morning: list[Notice], sign_in: SignIn) -> None:
    client = sign_in("aoki")
    find(client, number=morning[3].number)
    address = f"/calls/{PersonLook.objects.get().pk}/"
    assert client.post(f"{address}hold/", {"who": "person"}).status_code == 400
    page = client.post(f"{address}hold/", {"who": "person", "reason": "x"}, follow=True).content.decode()
    assert "この方への連絡は止まっています" in page
    assert Notice.objects.get(pk=morning[3].pk).state == "held"
    page = client.post(f"{address}release/", {"reason": "済"}, follow=True).content.decode()
    assert "確認待ちに戻ったお知らせ：1件" in page


@pytest.mark.parametrize(
    ("form", "words"),
    [
        pytest.param({"kind": "language", "value": "en"}, "希望の言語：英語", id="language"),
        pytest.param({"kind": "opt_out_topic", "value": "child_allowance"}, "この制度の案内を止める：児童手当", id="one topic"),
        pytest.param({"kind": "opt_out_all"}, "すべての案内を止める", id="everything"),
        pytest.param({"kind": "wrong_address"}, "住所を確かめる業務を市民課に作りました", id="wrong address"),
    ],
)  # fmt: skip
def test_what_a_caller_asks_for_is_recorded(
    form: dict[str, str], words: str, morning: list[Notice], sign_in: SignIn
) -> None:
    client = sign_in("aoki")
    find(client, number=morning[5].number)
    address = f"/calls/{PersonLook.objects.get().pk}/wish/"
    assert words in client.post(address, form, follow=True).content.decode()


def test_a_wish_can_be_ended_and_a_language_there_is_not_is_refused(morning: list[Notice], sign_in: SignIn) -> None:
    client = sign_in("aoki")
    find(client, number=morning[5].number)
    address = f"/calls/{PersonLook.objects.get().pk}/wish/"
    assert client.post(address, {"kind": "language", "value": "xx"}).status_code == 400
    client.post(address, {"kind": "language", "value": "en"})
    page = client.post(f"{address}end/", {"wish": Wish.objects.get().pk}, follow=True).content.decode()
    assert "希望を取りやめました" in page


def test_the_page_does_not_tell_that_somebody_is_protected(morning: list[Notice], sign_in: SignIn) -> None:
    client = sign_in("aoki")
    before = find(client, number=morning[3].number).content.decode()
    Block.objects.create(municipality_code=MUNICIPALITY, resident_id=morning[3].addressee_id, reason="support_measure", law="L1", since=NIGHT)  # fmt: skip
    after = client.get(f"/calls/{PersonLook.objects.get().pk}/").content.decode()
    assert before.count("支援") == after.count("支援")
    assert "この方への連絡は止まっています" not in after


def test_an_auditor_reads_who_looked_and_nobody_else(morning: list[Notice], sign_in: SignIn) -> None:
    assert "まだだれも開いていません" in sign_in("endo").get("/looks/").content.decode()
    find(sign_in("aoki"), number=morning[3].number)
    page = sign_in("endo").get("/looks/").content.decode()
    for words in ("青木", morning[3].addressee_id, "問合せ"):
        assert words in page
    assert sign_in("aoki").get("/looks/").status_code == 403
