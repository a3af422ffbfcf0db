"""`make pictures`: builds the demo town, opens its desk in Chromium at desktop and phone width and takes docs/images."""

import argparse
import re
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from engine.core.settings import read_settings
from tests.support.browsing import running_desk, sign_in
from tests.support.site import REPOSITORY, Site, build

CHROMIUM = "/usr/bin/chromium"
WIDTHS = {"": (1280, 860), "-phone": (390, 844)}


def main() -> None:
    """Takes the pictures into --into."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--into", type=Path, default=REPOSITORY / "docs" / "images")
    parser.add_argument("--residents", type=int, default=20_000)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="todoke-pictures-") as folder:
        site = build(Path(folder) / "demo", residents=asked.residents, nights=14)
        take(site, asked.into)
    take_rare(asked.into)


def take(site: Site, into: Path) -> None:
    """Logs in as the demo's first clerk and takes every page once per width."""
    desk = read_settings(site.folder / "todoke.toml").desk
    username, password = (site.folder / "accounts.txt").read_text(encoding="utf-8").splitlines()[0].split("\t")
    command = [sys.executable, "todoke.py", "--settings", str(site.folder / "todoke.toml"), "desk"]
    server = subprocess.Popen(command, cwd=REPOSITORY, stdout=subprocess.DEVNULL)
    try:
        _wait_for(desk.port)
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=CHROMIUM)
            for name, (width, height) in WIDTHS.items():
                page = browser.new_page(viewport={"width": width, "height": height})
                page.goto(f"http://127.0.0.1:{desk.port}/")
                page.get_by_label("利用者ID").fill(username)
                page.get_by_label("パスワード").fill(password)
                page.get_by_role("button", name="ログインする").click()
                _pages(page, into, name)
                page.close()
            browser.close()
    finally:
        server.terminate()
        server.wait(timeout=10)


def take_rare(into: Path) -> None:
    """What the demo town shows on few mornings: a text to review, and a kind of event that was held. On the tests' own morning."""
    pictures = (("aoki", "/wordings/1/", "desk-wording"), ("ikeda", "/night/held/2026-11-10/E09/", "desk-hold"))
    with (
        tempfile.TemporaryDirectory(prefix="todoke-pictures-") as folder,
        running_desk(Path(folder)) as desk,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=CHROMIUM)
        for who, address, name in pictures:
            for suffix, (width, height) in WIDTHS.items():
                page = browser.new_page(viewport={"width": width, "height": height})
                sign_in(page, desk, who)
                page.goto(desk.address + address)
                page.screenshot(path=into / f"{name}{suffix}.png")
                page.close()
        browser.close()


def _pages(page: Page, into: Path, width: str) -> None:
    page.get_by_role("heading", name=re.compile("出生")).wait_for()
    page.screenshot(path=into / f"desk-queue{width}.png")
    page.get_by_role("link", name=re.compile(r"N-\d{4}-\d+")).first.click()
    page.get_by_role("button", name="承認する").wait_for()
    page.screenshot(path=into / f"desk-review{width}.png")


def _wait_for(port: int) -> None:
    for _ in range(300):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise SystemExit("the desk did not come up in 30 s")


if __name__ == "__main__":
    main()
