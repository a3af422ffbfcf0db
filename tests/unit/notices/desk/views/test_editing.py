import pytest
from django.test import Client

from notices.approval.editing import blocks
from notices.approval.models import Notice, NoticeEdit, OutboxRow
from tests.support.approvals import Town, approve_wordings, officer, run
from tests.support.morning import set_up_accounts
from tests.unit.notices.desk.conftest import SignIn

ADDED = "わからないことは、担当の課に聞いてください。"


@pytest.fixture
def notice(db: None, town: Town, desk_clock: None) -> Notice:
    set_up_accounts()
    approve_wordings()
    town.birth()
    run(town)
    return Notice.objects.get()


def form(notice: Notice, **changed: str) -> dict[str, str]:
    block = next(one for one in blocks(notice, officer()) if one.programme == "child_allowance")
    fields = {f"section-{name}": text for name, text in (dict(block.sections) | changed).items()}
    return fields | {"programme": "child_allowance", "content": notice.content_hash}


def how(notice: Notice) -> str:
    return next(one for one in blocks(notice, officer()) if one.programme == "child_allowance").sections["how"]


def save(client: Client, notice: Notice, **changed: str) -> tuple[int, str]:
    answer = client.post(f"/notices/{notice.pk}/edit/save/", form(notice, **changed), follow=True)
    return answer.status_code, answer.content.decode()


def test_the_page_offers_this_offices_texts_with_their_slots(notice: Notice, sign_in: SignIn) -> None:
    page = sign_in("aoki").get(f"/notices/{notice.pk}/edit/").content.decode()
    for words in ("文面を直す", "題名と書き出し", "児童手当", "{how}", "そのまま残してください"):
        assert words in page
    assert 'value="infant_health_checks"' not in page


def test_an_edit_is_shown_as_a_difference_and_the_editor_is_offered_no_approval(
    notice: Notice, sign_in: SignIn
) -> None:
    client = sign_in("aoki")
    status, page = save(client, notice, how=how(notice) + ADDED)
    assert (status, "ほかの職員の承認を待ちます" in page) == (200, True)
    page = client.get(f"/notices/{notice.pk}/").content.decode()
    assert f"<ins>{how(notice)}" in page or ADDED in page
    assert "職員が直したところ" in page
    assert "あなたが文面を直した" in page
    assert "data-key-approve" not in page
    refused = client.post(f"/notices/{notice.pk}/approve/", {"content": Notice.objects.get(pk=notice.pk).content_hash})
    assert (refused.status_code, OutboxRow.objects.filter(notice=notice).exists()) == (403, False)


def test_what_the_guard_finds_is_shown_by_sentence_and_nothing_is_kept(notice: Notice, sign_in: SignIn) -> None:
    status, page = save(sign_in("aoki"), notice, how=how(notice) + "窓口に来てください。12月8日までです。")
    assert status == 400
    assert "「12月8日までです。」" in page
    assert "何も保存していません" in page
    assert "窓口に来てください。" in page
    assert not NoticeEdit.objects.exists()
