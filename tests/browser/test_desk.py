"""A clerk's morning in Debian's Chromium, on a real server and a real queue store."""

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.support.browsing import DESKTOP, PHONE, Desk, press, sign_in

PAGES = ("/queue/", "/notices/1/", "/tasks/", "/tasks/1/", "/calls/", "/night/", "/no-such-page/")

#: what axe would say first: nameless controls, doubled ids, headings, language, faint text; for phones also small targets
BASICS = """
() => {
  const seen = (e) => e.getClientRects().length > 0 && getComputedStyle(e).visibility !== "hidden";
  const found = [];
  for (const e of document.querySelectorAll("input:not([type=hidden]), select, textarea"))
    if (seen(e) && !e.labels.length && !e.getAttribute("aria-label")) found.push("no label: " + e.outerHTML.slice(0, 90));
  for (const e of document.querySelectorAll("a, button, summary"))
    if (seen(e) && !e.textContent.trim() && !e.getAttribute("aria-label")) found.push("no name: " + e.outerHTML.slice(0, 90));
  const ids = Array.from(document.querySelectorAll("[id]"), (e) => e.id);
  for (const id of ids) if (ids.filter((other) => other === id).length > 1) found.push("id twice: " + id);
  for (const e of document.querySelectorAll("[aria-labelledby], [aria-describedby]"))
    for (const id of (e.getAttribute("aria-labelledby") || e.getAttribute("aria-describedby")).trim().split(/\\s+/))
      if (!document.getElementById(id)) found.push("names nothing: " + id);
  if (!document.documentElement.lang) found.push("no language");
  if (!document.title.trim()) found.push("no title");
  if (!document.querySelector("h1")) found.push("no h1");
  for (const e of document.querySelectorAll("table")) if (!e.querySelector("th")) found.push("a table without headings");
  const numbers = (colour) => (colour.match(/[\\d.]+/g) || []).map(Number);
  const light = (colour) => {
    const [r, g, b] = numbers(colour).map((v) => (v /= 255) <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ground = (e) => {
    for (; e; e = e.parentElement) {
      const colour = getComputedStyle(e).backgroundColor, parts = numbers(colour);
      if (parts.length === 3 || parts[3] === 1) return colour;
    }
    return "rgb(255, 255, 255)";
  };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const e = node.parentElement;
    if (!node.data.trim() || !seen(e)) continue;
    const pair = [light(getComputedStyle(e).color), light(ground(e))].sort((a, b) => b - a);
    const contrast = (pair[0] + 0.05) / (pair[1] + 0.05);
    if (contrast < 4.5) found.push(`contrast ${contrast.toFixed(2)}: ${node.data.trim().slice(0, 30)}`);
  }
  return found;
}
"""
SMALL_TARGETS = """
() => Array.from(document.querySelectorAll(
    "button, summary, select, textarea, input:not([type=hidden]), nav a, a.button, a.row, .glance a"))
  .map((e) => (e.type === "checkbox" && e.closest("label")) || e)
  .filter((e) => e.getClientRects().length && e.getBoundingClientRect().height < 44)
  .map((e) => e.outerHTML.slice(0, 90))
"""


@pytest.mark.browser
def test_a_clerk_approves_one_notice_and_sends_another_back(desk: Desk, browser: Browser) -> None:
    with browser.new_context(viewport=DESKTOP) as context:  # type: ignore[arg-type]
        page = context.new_page()
        refused: list[str] = []
        page.on("console", lambda message: refused.append(message.text) if message.type == "error" else None)
        sign_in(page, desk, "aoki")
        expect(page.get_by_role("heading", name="出生 4件")).to_be_visible()
        page.get_by_role("link", name="N-2026-004203").click()
        expect(page.get_by_text("お子さん1人につき月15,000円")).to_be_visible()
        page.get_by_role("button", name="承認する").click()
        expect(page.get_by_text("N-2026-004203 を承認しました。")).to_be_visible()
        expect(page.get_by_role("heading", name="N-2026-004205")).to_be_visible()
        page.goto(f"{desk.address}/notices/2/")
        page.locator("[data-key-return] > summary").click()
        page.get_by_label("理由").select_option(index=2)
        page.get_by_label("詳しく").fill("期限をもう一度確かめる")
        page.get_by_role("button", name="この理由で差し戻す").click()
        expect(page.get_by_text("N-2026-004202 を差し戻しました。")).to_be_visible()
        assert refused == []
    assert desk.rows("SELECT state FROM approval_notice WHERE number = 'N-2026-004203'") in (
        [("approved",)],
        [("queued",)],
    )
    assert desk.rows("SELECT state FROM approval_notice WHERE number = 'N-2026-004202'") == [("rejected",)]
    assert len(desk.rows("SELECT 1 FROM approval_outboxrow")) == 1
    decisions = desk.rows("SELECT officer, verdict, count(*) FROM approval_decision GROUP BY 1, 2 ORDER BY 2")
    assert decisions == [("aoki", "approve", 2), ("aoki", "reject", 2)]
    audited = desk.rows("SELECT actor, action, subject FROM approval_auditrow ORDER BY sequence")
    assert ("aoki", "items_approved", "notice:3") in audited
    assert ("aoki", "items_rejected", "notice:2") in audited


@pytest.mark.browser
def test_the_keys_alone_lead_through_the_queue(desk: Desk, browser: Browser) -> None:
    with browser.new_context(viewport=DESKTOP) as context:  # type: ignore[arg-type]
        page = context.new_page()
        sign_in(page, desk, "aoki")
        press(page, "?")
        expect(page.get_by_role("dialog")).to_be_visible()
        press(page, "Escape")
        expect(page.get_by_role("dialog")).to_be_hidden()
        press(page, "j", "j", "j", "k", "Enter")
        expect(page.get_by_role("heading", name="N-2026-004202")).to_be_visible()
        press(page, "j")
        expect(page.get_by_role("heading", name="N-2026-004203")).to_be_visible()
        press(page, "r")
        expect(page.get_by_label("理由")).to_be_focused()
        press(page, "Escape", "a")
        expect(page.get_by_text("N-2026-004203 を承認しました。")).to_be_visible()
        press(page, "u")
        expect(page.get_by_text("N-2026-004203 の承認を取り消しました。")).to_be_visible()
        press(page, "u")
        expect(page.get_by_text("の確認をやめました。")).to_be_visible()


@pytest.mark.browser
@pytest.mark.parametrize("viewport", [pytest.param(DESKTOP, id="desktop"), pytest.param(PHONE, id="phone")])
def test_every_page_is_readable_and_fits(viewport: dict[str, int], desk: Desk, browser: Browser) -> None:
    with browser.new_context(viewport=viewport) as context:  # type: ignore[arg-type]
        page = context.new_page()
        page.goto(f"{desk.address}/login/")
        _fits(page, "/login/", viewport)
        sign_in(page, desk, "aoki")
        for address in PAGES:
            page.goto(desk.address + address)
            _fits(page, address, viewport)
        page.get_by_role("button", name="English").click()
        for address in PAGES[:2]:
            page.goto(desk.address + address)
            _fits(page, address, viewport)


def _fits(page: Page, address: str, viewport: dict[str, int]) -> None:
    assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"], address
    assert page.evaluate(BASICS) == [], address
    if viewport is PHONE:
        assert page.evaluate(SMALL_TARGETS) == [], address


@pytest.mark.browser
def test_the_desk_works_without_scripts(desk: Desk, browser: Browser) -> None:
    with browser.new_context(viewport=PHONE, java_script_enabled=False) as context:  # type: ignore[arg-type]
        page = context.new_page()
        sign_in(page, desk, "aoki")
        page.get_by_role("link", name="N-2026-004203").click()
        page.get_by_role("button", name="氏名と住所を開く").click()
        expect(page.get_by_text("試験 3子", exact=True)).to_be_visible()
        page.get_by_role("button", name="承認する").click()
        expect(page.get_by_text("N-2026-004203 を承認しました。")).to_be_visible()
    assert desk.rows("SELECT count(*) FROM approval_auditrow WHERE action = 'address_opened'") == [(1,)]
