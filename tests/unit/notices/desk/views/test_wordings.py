from django.test import Client, override_settings

from notices.approval.models import Notice
from notices.wording.models import Wording
from tests.django_settings import TODOKE_SETTINGS
from tests.unit.notices.desk.conftest import SignIn


def look(client: Client, address: str) -> str:
    answer = client.get(address, follow=True)
    assert answer.status_code == 200
    return answer.content.decode()


def one(programme: str, language: str, **more: str) -> Wording:
    return Wording.objects.get(programme=programme, language=language, event="E01", state="drafted", **more)


def test_the_list_is_of_this_office_by_programme_and_says_what_to_look_at(
    morning: list[Notice], sign_in: SignIn
) -> None:
    text = look(sign_in("aoki"), "/wordings/")
    for words in (
        "文面の確認 5件",
        "児童手当",
        "出来事の書き出し",
        "指摘1件",
        "この言語の確認者なし",
        "・中国語",
        "AI（qwen3）",
        "馬場",
    ):
        assert words in text
    assert "葬祭費" not in text
    assert "葬祭費" in look(sign_in("chiba"), "/wordings/")


def test_a_filter_keeps_to_what_fits_and_says_so_when_nothing_does(morning: list[Notice], sign_in: SignIn) -> None:
    client = sign_in("aoki")
    assert "文面の確認 1件" in look(client, "/wordings/?language=zh")
    assert "条件に合う文面はありません" in look(client, "/wordings/?state=superseded")
    assert "文面の確認 5件" in look(client, "/wordings/?state=nonsense&page=99")
    Wording.objects.filter(state="drafted").delete()
    assert "確認を待つ文面はありません" in look(client, "/wordings/")


def test_a_long_list_turns_its_pages(morning: list[Notice], sign_in: SignIn) -> None:
    draft = one("child_allowance", "ja")
    Wording.objects.bulk_create(
        Wording(
            municipality_code=draft.municipality_code, programme="child_allowance", event=f"E{number}", kind="entitlement",
            language="ja", register="plain", version="c" * 64, sections={}, drafter="template:1", office=draft.office,
            created_at=draft.created_at,
        )
        for number in range(100, 200)
    )  # fmt: skip
    client = sign_in("aoki")
    first = look(client, "/wordings/?programme=child_allowance")
    assert "文面の確認 103件" in first
    assert "1 / 2 ページ" in first
    assert "programme=child_allowance&amp;page=2" in first
    assert "2 / 2 ページ" in look(client, "/wordings/?programme=child_allowance&page=2")


def test_the_draft_is_marked_against_the_text_in_force(morning: list[Notice], sign_in: SignIn) -> None:
    draft = one("child_allowance", "ja")
    Wording.objects.filter(programme="child_allowance", event="E01", language="ja", state="approved").update(
        sections={**draft.sections, "to_do": "申込書を出す"}
    )
    text = look(sign_in("aoki"), f"/wordings/{draft.pk}/")
    assert "申<del>込</del><ins>請</ins>書を出す" in text
    assert "いまの文面と比べて" in text
    assert "確認待ちのお知らせ4件は次の夜に書き直され" in text
    assert "公開されていないため、比べるひな形がありません" in text


def test_findings_stand_at_their_section_in_japanese_and_nobody_is_offered_an_approval(
    morning: list[Notice], sign_in: SignIn
) -> None:
    text = look(sign_in("aoki"), f"/wordings/{one('child_allowance', 'en').pk}/")
    assert "数字は書かず" in text
    assert "指摘が残っているため" in text
    assert "data-key-approve" not in text
    client = sign_in("aoki")
    client.cookies["desk_language"] = "en"
    assert "write no figures" in look(client, f"/wordings/{one('child_allowance', 'en').pk}/")


def test_another_language_shows_what_it_says_and_who_reads_it(morning: list[Notice], sign_in: SignIn) -> None:
    address = f"/wordings/{one('child_allowance', 'zh').pk}/"
    text = look(sign_in("aoki"), address)
    for words in ("日本語に訳し戻した文", "機械が訳し戻した文", "確認者が決まっていません"):
        assert words in text
    with override_settings(TODOKE=TODOKE_SETTINGS.model_copy(update={"mode": "production"})):
        text = look(sign_in("aoki"), address)
        assert "だれも承認できません" in text
        assert "data-key-approve" not in text
    english = f"/wordings/{one('child_allowance', 'en').pk}/"
    assert "訳し戻すAIが設定されていません" in look(sign_in("aoki"), english)


def test_approving_goes_on_to_the_next_draft(morning: list[Notice], sign_in: SignIn) -> None:
    client, draft = sign_in("aoki"), one("child_allowance", "ja")
    answer = client.post(f"/wordings/{draft.pk}/approve/?language=ja", {"version": draft.version})
    following = one("child_medical_subsidy", "ja")
    assert answer["Location"] == f"/wordings/{following.pk}/?language=ja"
    draft.refresh_from_db()
    assert (draft.state, draft.approved_by) == ("approved", "aoki")
    assert f"文面 {draft.pk} を承認しました" in look(client, answer["Location"])
    assert "青木が" in look(client, f"/wordings/{draft.pk}/")


def test_who_wrote_a_text_is_told_that_a_colleague_approves(morning: list[Notice], sign_in: SignIn) -> None:
    client, draft = sign_in("baba"), one("child_medical_subsidy", "ja")
    text = look(client, f"/wordings/{draft.pk}/")
    assert "あなたが書いた文面です" in text
    assert "data-key-approve" not in text
    assert client.post(f"/wordings/{draft.pk}/approve/", {"version": draft.version}).status_code == 409
    draft.refresh_from_db()
    assert draft.state == "drafted"


def test_sending_back_needs_a_reason_and_keeps_it(morning: list[Notice], sign_in: SignIn) -> None:
    client, draft = sign_in("goto"), one("child_allowance", "ja")
    refused = client.post(f"/wordings/{draft.pk}/reject/", {"reason": " "})
    assert (refused.status_code, "差し戻す理由を書いてください" in refused.content.decode()) == (400, True)
    client.post(f"/wordings/{draft.pk}/reject/", {"reason": "電話番号の前に課の名前を"})
    assert "後藤が差し戻しました：電話番号の前に課の名前を" in look(client, f"/wordings/{draft.pk}/")


def test_a_colleague_sees_who_reads_it(morning: list[Notice], sign_in: SignIn) -> None:
    draft = one("child_allowance", "ja")
    mine = sign_in("aoki")
    assert "「確認中」と表示します" in mine.post(f"/wordings/{draft.pk}/take/", follow=True).content.decode()
    other = sign_in("baba")
    assert "青木が確認中" in look(other, "/wordings/")
    assert "青木が確認中です" in look(other, f"/wordings/{draft.pk}/")
    assert other.post(f"/wordings/{draft.pk}/give-back/").status_code == 403
    assert "確認をやめました" in mine.post(f"/wordings/{draft.pk}/give-back/", follow=True).content.decode()


def test_who_reads_only_sees_no_buttons(morning: list[Notice], sign_in: SignIn) -> None:
    text = look(sign_in("doi"), f"/wordings/{one('child_allowance', 'ja').pk}/")
    assert "あなたの役割では見るだけです" in text
    assert "/reject/" not in text


def test_a_text_refused_by_the_checks_and_an_old_one_say_what_they_are(morning: list[Notice], sign_in: SignIn) -> None:
    draft, client = one("child_allowance", "ja"), sign_in("aoki")
    Wording.objects.filter(pk=draft.pk).update(state="rejected")
    assert "機械の確認で止まった案です" in look(client, f"/wordings/{draft.pk}/?state=rejected")
    Wording.objects.filter(pk=draft.pk).update(state="superseded")
    assert "旧版です" in look(client, f"/wordings/{draft.pk}/")
