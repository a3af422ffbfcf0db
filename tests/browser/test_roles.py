"""Days that need two people or the night: an edit, a text to review, a kind that was held, a night that runs."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.test_day import NARROW
from tests.support.browsing import DESKTOP, Desk, press, running_desk, sign_in

ADDED = "わからないことは、担当の課に聞いてください。"


@pytest.mark.browser
def test_what_one_person_edits_another_approves(tmp_path: Path, browser: Browser) -> None:
    with (
        running_desk(tmp_path, town=True) as desk,
        browser.new_context(viewport=DESKTOP) as one,  # type: ignore[arg-type]
        browser.new_context(viewport=NARROW) as other,  # type: ignore[arg-type]
    ):
        aoki, baba = one.new_page(), other.new_page()
        sign_in(aoki, desk, "aoki")
        press(aoki, "j", "Enter")
        expect(aoki.get_by_role("button", name="承認する")).to_be_visible()
        press(aoki, "e")
        how = aoki.get_by_label("手続きのしかた").first
        how.fill(how.input_value() + ADDED)
        aoki.get_by_role("button", name="この文面にする").nth(1).click()
        expect(aoki.get_by_text("ほかの職員の承認を待ちます")).to_be_visible()
        aoki.goto(f"{desk.address}/notices/1/")
        expect(aoki.get_by_text("あなたが文面を直したお知らせです")).to_be_visible()
        expect(aoki.get_by_role("button", name="承認する")).to_have_count(0)
        press(aoki, "a")
        assert desk.rows("SELECT count(*) FROM approval_decision") == [(0,)]
        press(aoki, "u")
        expect(aoki.get_by_text("の確認をやめました。")).to_be_visible()
        sign_in(baba, desk, "baba")
        baba.goto(f"{desk.address}/notices/1/")
        expect(baba.get_by_text("職員が直したところ")).to_be_visible()
        expect(baba.get_by_text(ADDED).first).to_be_visible()
        baba.get_by_role("button", name="承認する").click()
        expect(baba.get_by_text("を承認しました。")).to_be_visible()
        assert desk.rows("SELECT DISTINCT officer, verdict FROM approval_decision") == [("baba", "approve")]


@pytest.mark.browser
def test_texts_are_reviewed_with_the_keyboard_alone(desk: Desk, browser: Browser) -> None:
    with browser.new_context(viewport=DESKTOP) as context:  # type: ignore[arg-type]
        page = context.new_page()
        sign_in(page, desk, "aoki")
        page.goto(f"{desk.address}/wordings/?language=ja")
        press(page, "j", "j", "Enter")
        expect(page.get_by_role("heading", name="児童手当")).to_be_visible()
        press(page, "a")
        expect(page.get_by_text("文面 1 を承認しました。")).to_be_visible()
        expect(page.get_by_role("heading", name="子ども医療費助成")).to_be_visible()
        press(page, "r")
        expect(page.get_by_label("差し戻す理由")).to_be_focused()
        page.keyboard.type("窓口の場所を入れる")
        press(page, "Tab", "Enter")
        expect(page.get_by_text("文面 3 を差し戻しました。")).to_be_visible()
    told = desk.rows("SELECT actor, action, subject FROM approval_auditrow ORDER BY sequence")
    assert told == [("aoki", "wording_approved", "wording:1"), ("aoki", "wording_rejected", "wording:3")]
    assert desk.rows("SELECT state, rejected_because FROM wording_wording WHERE id = 3") == [
        ("rejected", "窓口の場所を入れる")
    ]


@pytest.mark.browser
def test_who_wrote_a_text_is_refused_and_a_colleague_approves_it_on_a_phone_without_scripts(
    desk: Desk, browser: Browser
) -> None:
    with (
        browser.new_context(viewport=NARROW, java_script_enabled=False) as one,  # type: ignore[arg-type]
        browser.new_context(viewport=NARROW, java_script_enabled=False) as other,  # type: ignore[arg-type]
    ):
        baba, aoki = one.new_page(), other.new_page()
        sign_in(baba, desk, "baba")
        baba.get_by_role("link", name="文面の確認").click()
        baba.get_by_role("link", name="出生・日本語").last.click()
        expect(baba.get_by_text("あなたが書いた文面です")).to_be_visible()
        expect(baba.get_by_role("button", name="この文面を承認する")).to_have_count(0)
        sign_in(aoki, desk, "aoki")
        aoki.goto(baba.url)
        aoki.get_by_role("button", name="確認中にする").click()
        baba.reload()
        expect(baba.get_by_text("青木が確認中です。")).to_be_visible()
        aoki.get_by_role("button", name="この文面を承認する").click()
        expect(aoki.get_by_text("文面 3 を承認しました。")).to_be_visible()
    assert desk.rows("SELECT approved_by FROM wording_wording WHERE id = 3") == [("aoki",)]


@pytest.mark.browser
@pytest.mark.parametrize("viewport", [pytest.param(DESKTOP, id="desktop"), pytest.param(NARROW, id="360 px")])
def test_an_operator_asks_for_the_release_of_what_a_night_held(
    viewport: dict[str, int], desk: Desk, browser: Browser
) -> None:
    with (
        browser.new_context(viewport=viewport) as one,  # type: ignore[arg-type]
        browser.new_context(viewport=viewport) as other,  # type: ignore[arg-type]
    ):
        operator, clerk = one.new_page(), other.new_page()
        sign_in(operator, desk, "ikeda")
        expect(operator.get_by_text("4.2件前後、14件まで")).to_be_visible()
        operator.get_by_role("link", name="転居").click()
        expect(operator.get_by_text("住所コードが変わった")).to_be_visible()
        operator.get_by_label("解除する理由").fill("団地が完成したと市民課が確認")
        operator.get_by_role("button", name="次の夜に解除するよう頼む").click()
        expect(operator.get_by_text("転居の保留の解除を頼みました。")).to_be_visible()
        sign_in(clerk, desk, "aoki")
        clerk.goto(f"{desk.address}/night/")
        clerk.get_by_role("link", name="転居").click()
        expect(clerk.get_by_text("池田が")).to_be_visible()
        expect(clerk.get_by_role("button", name="次の夜に解除するよう頼む")).to_have_count(0)
    assert desk.rows("SELECT kind, asked_by, reason, done_at FROM approval_runrequest") == [
        ("release_hold", "ikeda", "団地が完成したと市民課が確認", None)
    ]
    assert desk.rows("SELECT actor, action FROM approval_auditrow") == [("ikeda", "run_requested")]


@pytest.mark.browser
def test_a_running_night_is_followed_without_a_reload_and_asked_for_no_more_when_it_has_ended(
    desk: Desk, browser: Browser
) -> None:
    def at(stage: str, done: int) -> None:
        summary = f'{{"doing": {{"stage": "{stage}", "done": {done}, "of": 10}}}}'
        desk.change(f"UPDATE approval_jobrun SET state = 'running', summary = '{summary}' WHERE \"on\" = '2026-11-23'")

    at("load_records", 0)
    with browser.new_context(viewport=DESKTOP) as context:  # type: ignore[arg-type]
        page = context.new_page()
        wrong: list[str] = []
        page.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
        sign_in(page, desk, "aoki")
        expect(page.get_by_text("10段階のうち1段階目：記録のファイルを読んでいます")).to_be_visible()
        page.get_by_label("N-2026-004203 を選ぶ").check()
        at("match_programmes", 7)
        expect(page.get_by_text("8段階目：制度と照合しています")).to_be_visible(timeout=20_000)
        desk.change("UPDATE approval_jobrun SET state = 'done', summary = '{}' WHERE \"on\" = '2026-11-23'")
        expect(page.get_by_text("夜間処理が終わりました。")).to_be_visible(timeout=20_000)
        expect(page.get_by_label("N-2026-004203 を選ぶ")).to_be_checked()  # the page itself was not touched
        expect(page.locator("[hx-get]")).to_have_count(0)
        page.get_by_role("link", name="画面を開き直す").click()
        expect(page.get_by_text("夜間処理が終わりました。")).to_have_count(0)
        assert wrong == []


@pytest.mark.browser
def test_without_scripts_a_running_night_says_so_and_the_queue_works(desk: Desk, browser: Browser) -> None:
    desk.change("UPDATE approval_jobrun SET state = 'running' WHERE \"on\" = '2026-11-23'")
    with browser.new_context(viewport=NARROW, java_script_enabled=False) as context:  # type: ignore[arg-type]
        page = context.new_page()
        sign_in(page, desk, "aoki")
        expect(page.get_by_role("heading", name="夜間処理が動いています。")).to_be_visible()
        page.get_by_role("link", name="N-2026-004203").click()
        page.get_by_role("button", name="承認する").click()
        expect(page.get_by_text("N-2026-004203 を承認しました。")).to_be_visible()
