"""A browser before a real desk: started for one test, on a store filled with one morning."""

import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

REPOSITORY = Path(__file__).resolve().parents[2]
CHROMIUM = "/usr/bin/chromium"
PASSWORD = "tsurezure-naru-mama-ni"
PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1280, "height": 800}


@dataclass(frozen=True)
class Desk:
    """A running desk and the file behind it."""

    address: str
    store: Path

    def rows(self, query: str) -> list[tuple[object, ...]]:
        """What stands in the queue store."""
        connection = sqlite3.connect(self.store)
        try:
            return connection.execute(query).fetchall()
        finally:
            connection.close()

    def change(self, statement: str) -> None:
        """Changes the queue store, as a night or a colleague elsewhere would."""
        with sqlite3.connect(self.store) as connection:
            connection.execute(statement)
        connection.close()


@contextmanager
def running_desk(
    folder: Path, *, more: int = 0, app: bool = False, town: bool = False, issuer: str = ""
) -> Iterator[Desk]:
    """A desk on the morning of `tests.support.morning`, with `more` unflagged notices; `app`: log-in needs an authenticator app.

    `town`: on a birth that a night really prepared, and nothing else: its texts can be edited. `issuer`: an identity provider's address.
    """
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    command = [sys.executable, "-m", "tests.support.desk_site", str(folder), str(port), str(more)]
    command += ["app"] * app + ["town"] * town + [issuer] * bool(issuer)
    with (folder / "desk.log").open("w") as log:
        server = subprocess.Popen(command, cwd=REPOSITORY, stderr=log, stdout=log)
        try:
            _wait_for(port, server, folder / "desk.log")
            yield Desk(address=f"http://127.0.0.1:{port}", store=folder / "queue.sqlite3")
        finally:
            server.terminate()
            server.wait(timeout=30)


def _wait_for(port: int, server: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(1200):
        assert server.poll() is None, log.read_text()
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise AssertionError("the desk did not come up in 120 s")


@contextmanager
def chromium() -> Iterator[Browser]:
    """Debian's Chromium."""
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=CHROMIUM)
        yield launched
        launched.close()


def sign_in(page: Page, desk: Desk, username: str) -> None:
    """Logs in through the form."""
    page.goto(desk.address)
    page.get_by_label("利用者ID").fill(username)
    page.get_by_label("パスワード").fill(PASSWORD)
    page.get_by_role("button", name="ログインする").click()


def press(page: Page, *keys: str) -> None:
    """Keys one after the other; they are heard once the page is there."""
    page.wait_for_load_state()
    for key in keys:
        page.keyboard.press(key)
