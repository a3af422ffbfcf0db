"""Logging in in Chromium: an authenticator app, recovery codes, the city's provider, lock-out, the register; axe at desktop width and 360 px."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pyotp
import pytest
from playwright.sync_api import Browser, Page, expect

from engine.core.clock import SystemClock
from tests.browser.test_day import NARROW, faults
from tests.support.browsing import DESKTOP, Desk, running_desk, sign_in
from tests.support.identity_provider import identity_provider

WIDTHS = pytest.mark.parametrize("viewport", [DESKTOP, NARROW], ids=["desktop", "360 px"])


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with running_desk(tmp_path, app=True) as running:
        yield running


@contextmanager
def page_of(browser: Browser, viewport: dict[str, int]) -> Iterator[Page]:
    """A page of a new browser profile that the content policy has nothing to refuse on."""
    refused: list[str] = []
    with browser.new_context(viewport=viewport) as context:  # type: ignore[arg-type]
        page = context.new_page()
        page.on("console", lambda said: refused.append(said.text) if "Content Security Policy" in said.text else None)
        yield page
    assert refused == []


def look(page: Page, width: int) -> None:
    """Nothing for axe to find, and nothing beyond the edge."""
    assert faults(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def set_up(page: Page) -> tuple[str, list[str]]:
    """Sets an app up on the page that asks for it; its secret and the recovery codes."""
    secret = page.locator("code.number").inner_text().replace(" ", "")
    page.get_by_label("6桁の数字").fill(pyotp.TOTP(secret).now())
    page.get_by_role("button", name="設定する").click()
    expect(page.get_by_role("heading", name="予備のコード")).to_be_visible()
    return secret, page.locator(".codes code").all_inner_texts()


def answer(page: Page, code: str) -> None:
    page.get_by_label("認証アプリの6桁の数字").fill(code)
    page.get_by_role("button", name="ログインする").click()


@pytest.mark.browser
@WIDTHS
def test_an_app_is_set_up_and_asked_for_and_a_recovery_code_opens_once(
    viewport: dict[str, int], desk: Desk, browser: Browser
) -> None:
    width = viewport["width"]
    with page_of(browser, viewport) as page:
        sign_in(page, desk, "hara")
        expect(page.get_by_role("heading", name="認証アプリの設定")).to_be_visible()
        look(page, width)
        page.get_by_label("6桁の数字").fill("000000")
        page.get_by_role("button", name="設定する").click()
        expect(page.get_by_role("alert")).to_contain_text("コードが違います")
        secret, codes = set_up(page)
        look(page, width)
        assert len(set(codes)) == 10
        page.get_by_role("button", name="控えたので進む").click()
        page.get_by_role("button", name="ログアウト").click()
        sign_in(page, desk, "hara")
        expect(page.get_by_role("heading", name="確認コード")).to_be_visible()
        look(page, width)
        answer(
            page, pyotp.TOTP(secret).at(int(_now()) + 30)
        )  # the next one: the present one was taken when it was set up
        expect(page.get_by_role("heading", name="職員の登録")).to_be_visible()
        page.get_by_role("button", name="ログアウト").click()
        sign_in(page, desk, "hara")
        answer(page, codes[0])
        expect(page.get_by_role("heading", name="職員の登録")).to_be_visible()
        page.get_by_role("button", name="ログアウト").click()
        sign_in(page, desk, "hara")
        answer(page, codes[0])
        expect(page.get_by_role("alert")).to_contain_text("コードが違います")


@pytest.mark.browser
@WIDTHS
def test_two_administrators_appoint_an_approver_and_help_a_colleague(
    viewport: dict[str, int], desk: Desk, browser: Browser
) -> None:
    width = viewport["width"]
    with page_of(browser, viewport) as page, page_of(browser, viewport) as other:
        for one, name in ((page, "hara"), (other, "ito")):
            sign_in(one, desk, name)
            set_up(one)
            one.get_by_role("button", name="控えたので進む").click()
        look(page, width)
        page.get_by_label("利用者ID").fill("shin")
        page.get_by_label("表示名").fill("新人")
        page.get_by_label("確認者", exact=True).check()
        page.get_by_label("承認者", exact=True).check()
        page.get_by_role("button", name="登録する").click()
        expect(page.get_by_text("別の管理者の確認を待っている役割")).to_be_visible()
        expect(page.get_by_role("button", name="確認して有効にする")).to_have_count(0)
        look(page, width)
        other.goto(f"{desk.address}/staff/")
        expect(other.get_by_text("確認待ち")).to_be_visible()
        look(other, width)
        other.get_by_role("link", name="shin").click()
        look(other, width)
        other.get_by_role("button", name="確認して有効にする").click()
        expect(other.get_by_text("役割を有効にしました")).to_be_visible()
        other.goto(f"{desk.address}/staff/")
        other.get_by_role("link", name="hara").click()
        other.get_by_label("消す理由").select_option("device_lost")
        look(other, width)
        other.get_by_role("button", name="認証アプリの設定を消す").click()
        expect(other.get_by_text("申請しました")).to_be_visible()
        expect(other.get_by_role("button", name="確認して行う")).to_have_count(0)
        look(other, width)
        page.goto(f"{desk.address}/staff/")
        page.get_by_role("link", name="hara").click()
        expect(page.get_by_role("heading", name="別の管理者の確認を待っている再設定")).to_be_visible()
        look(page, width)
        other.get_by_role("button", name="ログアウトさせる").click()
        page.goto(f"{desk.address}/staff/")
        expect(page.get_by_role("heading", name="管理者がログアウトさせました")).to_be_visible()
        look(page, width)
        said = [str(row[0]) for row in desk.rows("SELECT action FROM approval_auditrow ORDER BY sequence")]
        assert said[-4:] == ["account_opened", "roles_confirmed", "reset_asked", "sessions_ended"]


@pytest.mark.browser
@WIDTHS
def test_five_wrong_codes_lock_the_account_and_say_what_to_do(
    viewport: dict[str, int], desk: Desk, browser: Browser
) -> None:
    with page_of(browser, viewport) as page:
        sign_in(page, desk, "hara")
        set_up(page)
        page.get_by_role("button", name="控えたので進む").click()
        page.get_by_role("button", name="ログアウト").click()
        sign_in(page, desk, "hara")
        for _ in range(5):
            answer(page, "000000")
        expect(page.get_by_role("alert")).to_contain_text("30分待つか、管理者に解除を依頼してください")
        look(page, viewport["width"])
        sign_in(page, desk, "hara")
        expect(page.get_by_role("alert")).to_contain_text("ログインを止めています")


@pytest.mark.browser
@WIDTHS
def test_the_citys_log_in_opens_the_desk_and_says_when_it_does_not(
    viewport: dict[str, int], tmp_path: Path, browser: Browser
) -> None:
    width = viewport["width"]
    with (
        identity_provider() as provider,
        running_desk(tmp_path, issuer=provider.issuer) as desk,
        page_of(browser, viewport) as page,
    ):
        page.goto(desk.address)
        look(page, width)
        page.get_by_role("link", name="庁内の認証でログインする").click()
        expect(page.get_by_role("heading", name="お知らせの確認")).to_be_visible()
        page.get_by_role("button", name="ログアウト").click()
        provider.token = "forged"
        page.get_by_role("link", name="庁内の認証でログインする").click()
        expect(page.get_by_role("alert")).to_contain_text("庁内の認証の応答を確かめられませんでした")
        expect(page.get_by_role("link", name="ログインの画面へ")).to_be_visible()
        look(page, width)
        page.goto(f"{desk.address}/queue/")
        expect(page.get_by_role("heading", name="ログイン", exact=True)).to_be_visible()


@pytest.mark.browser
@WIDTHS
def test_a_grave_act_asks_who_is_there_at_the_provider_or_by_a_code(
    viewport: dict[str, int], tmp_path: Path, browser: Browser
) -> None:
    width = viewport["width"]
    with (
        identity_provider() as provider,
        running_desk(tmp_path, app=True, issuer=provider.issuer) as desk,
        page_of(browser, viewport) as page,
    ):
        provider.account = "hara"
        page.goto(desk.address)
        page.get_by_role("link", name="庁内の認証でログインする").click()
        page.get_by_role("link", name="ito").click()
        page.get_by_role("button", name="ログアウトさせる").click()
        expect(page.get_by_text("ログアウトさせました。")).to_be_visible()
        page.get_by_role("button", name="ログインできるようにする").click()
        expect(page.get_by_role("heading", name="本人の確認")).to_be_visible()
        look(page, width)
        provider.wrong = {"auth_time": provider.now}
        with page.context.expect_page() as opened:
            page.get_by_role("link", name="庁内の認証で確かめる").click()
        expect(opened.value.get_by_role("heading", name="本人の確認が済みました")).to_be_visible()
        look(opened.value, width)
        opened.value.close()
        page.get_by_role("button", name="確かめたので進む").click()
        expect(page.get_by_text("ログインできるようにしました。")).to_be_visible()
        page.get_by_role("button", name="ログアウト", exact=True).click()
        sign_in(page, desk, "hara")
        _, codes = set_up(page)
        page.get_by_role("button", name="控えたので進む").click()
        page.get_by_role("button", name="ログアウト", exact=True).click()
        provider.wrong = {}
        page.get_by_role("link", name="庁内の認証でログインする").click()
        page.get_by_role("link", name="ito").click()
        page.get_by_role("button", name="ログインできるようにする").click()
        field = page.locator("input:focus")
        expect(field).to_be_visible()
        page.keyboard.type("000000")
        page.keyboard.press("Enter")
        expect(page.get_by_role("alert")).to_contain_text("コードが違います")
        look(page, width)
        expect(field).to_be_visible()
        page.keyboard.type(codes[0])
        page.keyboard.press("Enter")
        expect(page.get_by_text("ログインできるようにしました。")).to_be_visible()
        said = [str(row[0]) for row in desk.rows("SELECT action FROM approval_auditrow ORDER BY sequence")]
        assert said.count("proved_again") == 2


def _now() -> float:
    return SystemClock().now().timestamp()
