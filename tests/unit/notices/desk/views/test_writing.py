import pytest
from django.test import Client

from notices.approval.models import Notice
from notices.wording.models import Wording
from tests.support.approvals import approve_wordings
from tests.unit.notices.desk.conftest import SignIn

MORE = "\nわからないときは、窓口で聞いてください。"


@pytest.fixture
def sent_back(morning: list[Notice]) -> Wording:
    """A whole text of child_benefits that Baba sent back."""
    Wording.objects.all().delete()
    approve_wordings(languages=("ja",))
    found = Wording.objects.filter(programme="child_allowance", language="ja", register="plain").order_by("pk").first()
    assert found
    values = {"state": "rejected", "reviewer": "baba", "rejected_because": "聞ける所を書く", "office": "child_benefits"}
    Wording.objects.filter(pk=found.pk).update(**values)
    found.refresh_from_db()
    return found


def form(wording: Wording, **changed: str) -> dict[str, str]:
    return {f"section-{name}": text for name, text in {**wording.sections, **changed}.items()}


def write(client: Client, wording: Wording, **changed: str) -> tuple[int, str]:
    answer = client.post(f"/wordings/{wording.pk}/write/save/", form(wording, **changed), follow=True)
    return answer.status_code, answer.content.decode()


def test_a_text_sent_back_leads_to_the_page_that_writes_it_anew(sent_back: Wording, sign_in: SignIn) -> None:
    client = sign_in("aoki")
    assert f"/wordings/{sent_back.pk}/write/" in client.get(f"/wordings/{sent_back.pk}/").content.decode()
    page = client.get(f"/wordings/{sent_back.pk}/write/").content.decode()
    for words in (
        "馬場が差し戻しました：聞ける所を書く",
        sent_back.sections["to_do"],
        "<code>{deadline}</code>",
        "確認に出す",
    ):
        assert words in page
    assert f"/wordings/{sent_back.pk}/write/" not in sign_in("doi").get(f"/wordings/{sent_back.pk}/").content.decode()


def test_new_words_wait_for_a_colleague_with_what_they_change(sent_back: Wording, sign_in: SignIn) -> None:
    writer = sign_in("aoki")
    status, page = write(writer, sent_back, whom=sent_back.sections["whom"] + MORE)
    new = Wording.objects.get(drafter="aoki")
    assert status == 200
    assert f"文面 {new.pk} を確認に出しました" in page
    assert "あなたが書いた文面です" in page
    reader = sign_in("baba")
    page = reader.get(f"/wordings/{new.pk}/").content.decode()
    assert "馬場が差し戻しました：聞ける所を書く" in page
    assert "差し戻した文面と比べて" in page
    assert "<ins>" in page
    reader.post(f"/wordings/{new.pk}/approve/", {"version": new.version})
    assert Wording.objects.get(pk=new.pk).state == "approved"


def test_what_the_guard_finds_stands_in_its_section_and_what_was_typed_is_kept(
    sent_back: Wording, sign_in: SignIn
) -> None:
    status, page = write(sign_in("aoki"), sent_back, to_do="申請書を2枚出す")
    assert status == 400
    for words in ("この文面は使えません", "数字は書けない", "申請書を2枚出す", "変えたところ"):
        assert words in page
    assert not Wording.objects.filter(drafter="aoki").exists()


@pytest.mark.parametrize(
    ("state", "words"),
    [("approved", "書き直せるのは差し戻された文面だけです"), ("rejected", "文面のどこも変わっていません")],
)
def test_what_cannot_be_written_anew_is_said_in_japanese(
    state: str, words: str, sent_back: Wording, sign_in: SignIn
) -> None:
    Wording.objects.filter(pk=sent_back.pk).update(state=state)
    status, page = write(sign_in("aoki"), sent_back)
    assert (status, words in page) == (409 if state == "approved" else 400, True)
