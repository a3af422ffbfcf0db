"""axe on every page that the table of routes has, at desktop width and 360 px: a page that is in the table and not here fails."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from notices.desk.urls import ROUTES
from tests.browser.test_day import NARROW, faults
from tests.support.browsing import DESKTOP, Desk, running_desk, sign_in

#: route → who looks → addresses; what comes with a form is in STEPS
PAGES: dict[str, dict[str, tuple[str, ...]]] = {
    "log_in": {"": ("/login/",)},
    "print_queue": {"aoki": ("/queue/print/",)},
    "print_notice": {"aoki": ("/notices/1/print/",)},
    "queue": {"aoki": ("/queue/", "/queue/?event=E05", "/queue/?event=E99"), "doi": ("/queue/",)},
    "review": {"aoki": ("/notices/1/",), "doi": ("/notices/2/",)},
    "edit": {"aoki": ("/notices/1/edit/",)},
    "tasks": {"aoki": ("/tasks/",), "fujii": ("/tasks/",)},
    "task": {"aoki": ("/tasks/1/",), "fujii": ("/tasks/3/",)},
    "wordings": {"aoki": ("/wordings/", "/wordings/?state=approved", "/wordings/?state=rejected")},
    "wording": {"aoki": tuple(f"/wordings/{number}/" for number in (1, 2, 3, 5)), "baba": ("/wordings/3/",)},
    "calls": {"aoki": ("/calls/",)},
    "night": {"aoki": ("/night/",), "ikeda": ("/night/",)},
    "hold": {"ikeda": ("/night/held/2026-11-10/E09/",), "aoki": ("/night/held/2026-11-10/E09/",)},
    "audit": {"endo": ("/audit/",)},
    "looks": {"endo": ("/looks/",)},
    "no such page": {"aoki": ("/none/",), "doi": ("/calls/",)},
}
#: looked at by test_accounts.py, where somebody sets up an app
ACCOUNTS = {"second_factor", "set_up_second_factor", "own_password", "staff", "staff_member"}
#: routes that answer GET with something that is no page
NO_PAGE = {
    "home": "leads on to the first page of the role",
    "next_notice": "leads on to the notice after it, or back to the queue",
    "previous_notice": "leads on to the notice before it, or back to the queue",
    "notice_style": "a style sheet",
    "sso": "leads to the identity provider",
    "sso_back": "leads on from the identity provider",
    "night_progress": "a part of the queue and of the night report, looked at there",
}


def choose_several(page: Page, desk: Desk) -> None:
    page.goto(f"{desk.address}/queue/")
    page.get_by_role("button", name="警告なしを承認へ").click()


def approve_several(page: Page, desk: Desk) -> None:
    choose_several(page, desk)
    page.get_by_role("button", name="件を承認する").click()
    expect(page.get_by_text("を承認しました。").first).to_be_visible()


def find_caller(page: Page, desk: Desk) -> None:
    page.goto(f"{desk.address}/calls/")
    page.get_by_label("お知らせの番号").fill("N-2026-004204")
    page.get_by_label("開く理由").fill("問合せ")
    page.get_by_role("button", name="開く").click()


def send_back(page: Page, desk: Desk) -> None:
    page.goto(f"{desk.address}/notices/1/")
    page.locator("[data-key-return] > summary").click()


def send_text_back(page: Page, desk: Desk) -> None:
    page.goto(f"{desk.address}/wordings/1/")
    page.locator("[data-key-return] > summary").click()


def write_anew(page: Page, desk: Desk) -> None:
    back = "state = 'rejected', reviewer = 'baba', rejected_because = '窓口の場所を入れる'"
    desk.change(f"UPDATE wording_wording SET {back} WHERE id = 1")
    page.goto(f"{desk.address}/wordings/1/")
    page.get_by_role("link", name="書き直す").click()
    expect(page.get_by_text("馬場が差し戻しました")).to_be_visible()


def write_what_is_refused(page: Page, desk: Desk) -> None:
    write_anew(page, desk)
    page.get_by_label("すること").fill("申請書を2枚出す")
    page.get_by_role("button", name="確認に出す").click()
    expect(page.get_by_text("数字は書けない")).to_be_visible()


def find_nobody(page: Page, desk: Desk) -> None:
    page.goto(f"{desk.address}/calls/")
    page.get_by_label("開く理由").fill("問合せ")
    page.get_by_role("button", name="開く").click()


def in_english(page: Page, desk: Desk) -> None:
    page.goto(f"{desk.address}/wordings/5/")
    page.get_by_role("button", name="English").click()
    expect(page.get_by_text("write no figures")).to_be_visible()


def night_running(page: Page, desk: Desk) -> None:
    desk.change("UPDATE approval_jobrun SET state = 'running' WHERE \"on\" = '2026-11-23'")
    page.goto(f"{desk.address}/queue/")


def night_halted(page: Page, desk: Desk) -> None:
    told = '{"halted": "nothing is prepared or sent: support_measures of 2026-11-23 has not arrived"}'
    desk.change(f"UPDATE approval_jobrun SET state = 'halted', summary = '{told}' WHERE \"on\" = '2026-11-23'")
    page.goto(f"{desk.address}/night/")


def nothing_to_do(page: Page, desk: Desk) -> None:
    desk.change("DELETE FROM approval_stafftask")
    desk.change("DELETE FROM wording_wording WHERE state = 'drafted'")
    page.goto(f"{desk.address}/tasks/")
    expect(page.get_by_text("開いている業務はありません。")).to_be_visible()


def no_text_waits(page: Page, desk: Desk) -> None:
    page.goto(f"{desk.address}/wordings/")
    expect(page.get_by_text("確認を待つ文面はありません。")).to_be_visible()


#: what Aoki sees after a form or in another state of things, in this order: (route, how to get there)
STEPS: tuple[tuple[str, Callable[[Page, Desk], None]], ...] = (
    ("review", send_back),
    ("wording", send_text_back),
    ("selection", choose_several),
    ("selection", approve_several),
    ("find_person", find_nobody),
    ("person", find_caller),
    ("write_wording", write_anew),
    ("write_wording", write_what_is_refused),
    ("wording", in_english),
    ("queue", night_running),
    ("night", night_halted),
    ("tasks", nothing_to_do),
    ("wordings", no_text_waits),
)


def test_every_page_of_the_table_is_looked_at() -> None:
    shown = {route.name for route in ROUTES if "GET" in route.methods}
    looked_at = {*PAGES, *(name for name, _ in STEPS)}
    assert shown - looked_at - ACCOUNTS - set(NO_PAGE) == set()
    assert (ACCOUNTS | set(NO_PAGE)) - shown == set(), "these are routes no more"


@pytest.mark.browser
@pytest.mark.parametrize("viewport", [pytest.param(DESKTOP, id="desktop"), pytest.param(NARROW, id="360 px")])
def test_axe_finds_nothing_on_any_page(viewport: dict[str, int], browser: Browser, tmp_path: Path) -> None:
    found: list[str] = []

    def look(page: Page) -> None:
        found.extend(faults(page))
        width = page.evaluate("document.documentElement.scrollWidth")
        if width > viewport["width"]:
            found.append(f"{page.url} is {width} px wide")

    with running_desk(tmp_path) as desk:
        for who in ("", "doi", "baba", "fujii", "ikeda", "endo", "aoki"):
            with browser.new_context(viewport=viewport) as context:  # type: ignore[arg-type]
                page = context.new_page()
                if who:
                    sign_in(page, desk, who)
                for address in (one for looks in PAGES.values() for one in looks.get(who, ())):
                    page.goto(desk.address + address)
                    look(page)
                for _, step in STEPS if who == "aoki" else ():
                    step(page, desk)
                    look(page)
                    if step is in_english:
                        page.get_by_role("button", name="日本語").click()
    assert found == []
