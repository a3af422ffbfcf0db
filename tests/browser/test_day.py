"""Each role's day in Chromium: many at once, taking back, two colleagues on one notice, a call."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.support.browsing import DESKTOP, REPOSITORY, Desk, press, running_desk, sign_in

NARROW = {"width": 360, "height": 740}
AXE = REPOSITORY / "tests" / "vendor" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
MANY = 300


@pytest.mark.browser
def test_three_hundred_at_once_by_keys_alone_and_taken_back(tmp_path: Path, browser: Browser) -> None:
    with running_desk(tmp_path, more=MANY) as desk, browser.new_context(viewport=DESKTOP) as context:  # type: ignore[arg-type]
        page = context.new_page()
        sign_in(page, desk, "aoki")
        expect(page.get_by_text("全306件のうち100件を表示")).to_be_visible()
        page.get_by_label("出来事").select_option("E01")
        page.get_by_role("button", name="絞り込む").click()
        page.get_by_role("button", name="警告なしを承認へ").focus()
        press(page, "Enter")
        expect(page.get_by_role("heading", name="302件をまとめて承認します")).to_be_visible()
        expect(page.get_by_text("確認することがある：2件")).to_be_visible()
        assert desk.rows("SELECT count(*) FROM approval_outboxrow") == [(0,)]
        press(page, "a")
        expect(page.get_by_text("302件を承認しました。").first).to_be_visible()
        assert desk.rows("SELECT state, count(*) FROM approval_notice WHERE event = 'E01' GROUP BY 1 ORDER BY 1") == [("prepared", 2), ("queued", 302)]  # fmt: skip
        assert desk.rows("SELECT count(*), count(DISTINCT notice_id) FROM approval_outboxrow") == [(302, 302)]
        press(page, "u")
        expect(page.get_by_text("302件の承認を取り消しました。").first).to_be_visible()
        assert desk.rows("SELECT count(*) FROM approval_outboxrow") == [(0,)]
        assert desk.rows("SELECT count(*) FROM approval_auditrow WHERE action = 'approval_undone'") == [(302,)]


@pytest.mark.browser
def test_ticked_with_x_and_approved_with_a(desk: Desk, browser: Browser) -> None:
    with browser.new_context(viewport=DESKTOP) as context:  # type: ignore[arg-type]
        page = context.new_page()
        sign_in(page, desk, "aoki")
        press(page, "j", "j", "j", "x", "j", "x", "a")
        expect(page.get_by_role("heading", name="2件をまとめて承認します")).to_be_visible()
        press(page, "a")
        expect(page.get_by_text("2件を承認しました。").first).to_be_visible()
    assert desk.rows("SELECT number FROM approval_notice WHERE state = 'queued' ORDER BY 1") == [("N-2026-004203",), ("N-2026-004204",)]  # fmt: skip


@pytest.mark.browser
def test_many_at_once_without_scripts_on_a_phone(desk: Desk, browser: Browser) -> None:
    with browser.new_context(viewport=NARROW, java_script_enabled=False) as context:  # type: ignore[arg-type]
        page = context.new_page()
        sign_in(page, desk, "aoki")
        page.get_by_label("N-2026-004203 を選ぶ").check()
        page.get_by_role("button", name="選んだものを承認へ").click()
        page.get_by_role("button", name="1件を承認する").click()
        expect(page.get_by_text("1件を承認しました。").first).to_be_visible()
        page.get_by_role("button", name="この1件の承認を取り消す").click()
        expect(page.get_by_text("1件の承認を取り消しました。").first).to_be_visible()


@pytest.mark.browser
def test_two_colleagues_on_one_notice(desk: Desk, browser: Browser) -> None:
    """Baba sees who is on it, cannot decide meanwhile, and what Aoki decided is decided."""
    with (
        browser.new_context(viewport=DESKTOP) as one,  # type: ignore[arg-type]
        browser.new_context(viewport=DESKTOP) as other,  # type: ignore[arg-type]
    ):
        aoki, baba = one.new_page(), other.new_page()
        sign_in(aoki, desk, "aoki")
        sign_in(baba, desk, "baba")
        aoki.goto(f"{desk.address}/notices/3/")
        baba.goto(f"{desk.address}/notices/3/")
        expect(baba.get_by_text("青木が確認中です")).to_be_visible()
        expect(baba.get_by_role("button", name="承認する")).to_have_count(0)
        baba.goto(f"{desk.address}/queue/")
        expect(baba.get_by_text("青木が確認中")).to_be_visible()
        expect(baba.get_by_label("N-2026-004203 を選ぶ")).to_have_count(0)
        press(aoki, "u")
        expect(aoki.get_by_text("の確認をやめました。")).to_be_visible()
        baba.goto(f"{desk.address}/notices/3/")
        expect(baba.get_by_role("button", name="承認する a")).to_be_visible()
        aoki.goto(f"{desk.address}/notices/3/")
        expect(aoki.get_by_text("馬場が確認中です")).to_be_visible()
        press(baba, "a")
        expect(baba.get_by_text("N-2026-004203 を承認しました。")).to_be_visible()
        aoki.reload()
        expect(aoki.get_by_text("判断済みです：発送待ち")).to_be_visible()
    assert desk.rows("SELECT DISTINCT officer FROM approval_decision") == [("baba",)]


@pytest.mark.browser
def test_a_call_is_answered_and_everything_held(desk: Desk, browser: Browser) -> None:
    with browser.new_context(viewport=NARROW) as context:  # type: ignore[arg-type]
        page = context.new_page()
        sign_in(page, desk, "aoki")
        page.get_by_role("link", name="電話・窓口").click()
        page.get_by_label("お知らせの番号").fill("N-2026-004204")
        page.get_by_label("開く理由").fill("連絡を止めてほしい")
        page.get_by_role("button", name="開く").click()
        expect(page.get_by_text("お送りしていません")).to_be_visible()
        page.get_by_role("button", name="この方だけ止める").click()
        expect(page.get_by_text("保留にしたお知らせ：1件")).to_be_visible()
    assert desk.rows("SELECT state, state_reason FROM approval_notice WHERE number = 'N-2026-004204'") == [("held", "held_by_call")]  # fmt: skip
    assert desk.rows("SELECT officer, reason FROM approval_personlook") == [("aoki", "連絡を止めてほしい")]


def faults(page: Page) -> list[str]:
    """What axe finds against WCAG 2.2 AA, in one line each."""
    page.wait_for_load_state()
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found: list[str] = page.evaluate(
        """async (rules) => (await axe.run(document, { runOnly: rules })).violations
            .map((v) => `${location.pathname} ${v.id}: ${v.nodes.map((n) => n.html.slice(0, 120)).join(" | ")}`)""",
        RULES,
    )
    return found
