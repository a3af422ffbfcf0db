"""Logging in with an authenticator app in Chromium, and the register of staff; axe on each page, at desktop width and 360 px."""

from collections.abc import Iterator
from pathlib import Path

import pyotp
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.test_day import NARROW, faults
from tests.support.browsing import DESKTOP, Desk, chromium, running_desk, sign_in


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as launched:
        yield launched


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with running_desk(tmp_path, app=True) as running:
        yield running


def look(page: Page, width: int) -> None:
    """Nothing for axe to find, and nothing beyond the edge."""
    assert faults(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.browser
@pytest.mark.parametrize("viewport", [DESKTOP, NARROW], ids=["desktop", "360 px"])
def test_an_app_is_set_up_and_asked_for_and_a_recovery_code_opens_once(
    viewport: dict[str, int], desk: Desk, browser: Browser
) -> None:
    width = viewport["width"]
    with browser.new_context(viewport=viewport) as context:  # type: ignore[arg-type]
        page = context.new_page()
        sign_in(page, desk, "hara")
        expect(page.get_by_role("heading", name="認証アプリの設定")).to_be_visible()
        look(page, width)
        secret = page.locator("code.number").inner_text().replace(" ", "")
        page.get_by_label("6桁の数字").fill("000000")
        page.get_by_role("button", name="設定する").click()
        expect(page.get_by_role("alert")).to_contain_text("コードが違います")
        page.get_by_label("6桁の数字").fill(pyotp.TOTP(secret).now())
        page.get_by_role("button", name="設定する").click()
        expect(page.get_by_role("heading", name="予備のコード")).to_be_visible()
        look(page, width)
        codes = page.locator(".codes code").all_inner_texts()
        assert len(set(codes)) == 10
        page.get_by_role("button", name="控えたので進む").click()
        page.goto(f"{desk.address}/staff/")
        expect(page.get_by_text("青木")).to_be_visible()
        look(page, width)
        page.goto(f"{desk.address}/staff/1/")
        look(page, width)
        page.get_by_role("button", name="ログアウト").click()
        sign_in(page, desk, "hara")
        expect(page.get_by_role("heading", name="確認コード")).to_be_visible()
        look(page, width)
        page.get_by_label("認証アプリの6桁の数字").fill(codes[0])
        page.get_by_role("button", name="ログインする").click()
        page.goto(f"{desk.address}/staff/")
        expect(page.get_by_text("青木")).to_be_visible()
        page.get_by_role("button", name="ログアウト").click()
        sign_in(page, desk, "hara")
        page.get_by_label("認証アプリの6桁の数字").fill(codes[0])
        page.get_by_role("button", name="ログインする").click()
        expect(page.get_by_role("alert")).to_contain_text("コードが違います")
