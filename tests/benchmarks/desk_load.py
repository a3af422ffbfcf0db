"""The desk under load on loopback: many staff on a large store, generator on the same cores. Prints JSON lines.

`python -m tests.benchmarks.desk_load`: on SQLite, then on PostgreSQL, with think time, then saturated (without), the books of
what was approved, then one approval of many.
"""

import argparse
import html
import json
import random
import re
import socket
import subprocess
import sys
import tempfile
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import date, timedelta
from http.client import HTTPConnection
from pathlib import Path
from time import monotonic, perf_counter, sleep
from typing import Any
from urllib.parse import urlencode

from tests.support.desk_crowd import STORE
from tests.support.postgres import postgres

PASSWORD = "tsurezure-naru-mama-ni"
THINK_SECONDS = 5.0
_NUMBER = re.compile(rb'href="/notices/(\d+)/')
_CONTENT = re.compile(rb'name="content" value="([0-9a-f]{64})"')
_SELECTION = re.compile(r"/selections/(\d+)/")


@dataclass
class Log:
    """What every worker saw, in one place."""

    seconds: dict[str, list[float]] = field(default_factory=dict)
    answers: Counter[str] = field(default_factory=Counter)
    approved: list[int] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, what: str, spent: float, status: int) -> None:
        """One request."""
        with self.lock:
            self.seconds.setdefault(what, []).append(spent)
            self.answers[f"{what} {status}"] += 1


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What came back, whole."""

    status: int
    page: bytes
    location: str


class Clerk:
    """One member of staff at a browser that keeps its connection and its cookies; as little work as that takes."""

    def __init__(self, address: str, number: int, log: Log) -> None:
        self.rng = random.Random(number)
        self.log = log
        self.open: list[int] = []
        self.cookies: dict[str, str] = {}
        self.http = HTTPConnection(address, timeout=60)
        self.ask("GET", "/login/")
        assert self.ask("POST", "/login/", {"username": f"staff{number}", "password": PASSWORD}).status == 302

    def ask(self, method: str, path: str, form: dict[str, str] | None = None) -> Answer:
        """One request to the last byte of its answer; a form goes with its token."""
        head = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        body = None
        if method == "POST":
            body = urlencode((form or {}) | {"csrfmiddlewaretoken": self.cookies["csrftoken"]})
            head["Content-Type"] = "application/x-www-form-urlencoded"
        self.http.request(method, path, body, head)
        answer = self.http.getresponse()
        page = answer.read()
        for line in answer.headers.get_all("Set-Cookie", ()):
            name, _, value = line.partition(";")[0].partition("=")
            self.cookies[name] = value
        return Answer(status=answer.status, page=page, location=answer.headers.get("Location", ""))

    def timed(self, what: str, method: str, path: str, form: dict[str, str] | None = None) -> Answer:
        """One request, measured to its last byte."""
        begin = perf_counter()
        answer = self.ask(method, path, form)
        self.log.add(what, perf_counter() - begin, answer.status)
        return answer

    def act(self) -> None:
        """What somebody at the desk does next."""
        what = self.rng.choices(("queue", "filtered", "deep", "review", "approve"), (20, 20, 15, 25, 20))[0]
        if what == "queue":
            self._list("queue", "/queue/")
        elif what == "filtered":
            self._list(
                "filtered queue", f"/queue/?language={self.rng.choice(('en', 'ja'))}&urgency={self.rng.choice('012')}"
            )
        elif what == "deep":
            place = date(2026, 11, 25) + timedelta(days=self.rng.randint(1, 88))
            self._list("deep page", f"/queue/?after={place}.{self.rng.randint(1, 100_000)}.0")
        else:
            self._review(approve=what == "approve")

    def _list(self, what: str, path: str) -> None:
        self.open = [int(number) for number in _NUMBER.findall(self.timed(what, "GET", path).page)]

    def _review(self, *, approve: bool) -> None:
        if not self.open:
            return self._list("queue", "/queue/")
        number = self.rng.choice(self.open)
        page = self.timed("review", "GET", f"/notices/{number}/").page
        content = _CONTENT.search(page)
        if approve and content:
            done = self.timed("approve", "POST", f"/notices/{number}/approve/", {"content": content[1].decode()})
            if done.status == 302:
                with self.log.lock:
                    self.log.approved.append(number)
        return None


def crowd(clerks: list[Clerk], seconds: float, *, think: float) -> None:
    """Everybody at once; with think time each acts once in that many seconds, from a moment of their own on."""
    end = monotonic() + seconds

    def work(clerk: Clerk) -> None:
        due = monotonic() + clerk.rng.uniform(0, think)
        while monotonic() < end:
            sleep(max(0.0, min(due, end) - monotonic()))
            if monotonic() >= end:
                return
            clerk.act()
            due = max(due + think, monotonic()) if think else monotonic()

    threads = [threading.Thread(target=work, args=(clerk,)) for clerk in clerks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def tell(name: str, log: Log, seconds: float, **more: Any) -> None:
    """One JSON line a kind of page."""
    for what, spent in sorted(log.seconds.items()):
        ordered = sorted(spent)
        at = {
            f"p{cut}_ms": round(1000 * ordered[min(len(ordered) - 1, len(ordered) * cut // 100)])
            for cut in (50, 95, 99)
        }
        print(
            json.dumps(
                {"run": name, "page": what, "requests": len(ordered), **at, "max_ms": round(1000 * ordered[-1])} | more
            ),
            flush=True,
        )
    refused = {answer: count for answer, count in log.answers.items() if answer[-3:] not in {"200", "302"}}
    rate = round(sum(map(len, log.seconds.values())) / seconds, 1)
    print(json.dumps({"run": name, "requests_per_second": rate, "refused": refused} | more), flush=True)


def fill(folder: Path, notices: int, staff: int) -> None:
    """The rows both stores begin with; nothing when they are there."""
    begin = perf_counter()
    command = [sys.executable, "-m", "tests.support.desk_crowd", "fill", str(folder), str(notices), str(staff)]
    subprocess.run(command, check=True)
    line = {"run": "fill the store", "seconds": round(perf_counter() - begin), "notices": notices, "staff": staff}
    print(json.dumps(line), flush=True)


@contextmanager
def desk(folder: Path, url: str) -> Iterator[str]:
    """A desk on the filled store, in processes of its own."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    command = [sys.executable, "-m", "tests.support.desk_crowd", "serve", str(folder), url, str(port)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None and server.stdout.readline() == "ready\n", "the store could not be copied"
            _wait_for(port)
            yield f"127.0.0.1:{port}"
        finally:
            server.terminate()


def _wait_for(port: int) -> None:
    for _ in range(1200):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        sleep(0.1)
    raise SystemExit("the desk did not come up in two minutes")


def bulk(address: str, log: Log) -> dict[str, Any]:
    """One approval of everything unflagged of an office: how many, and how long the pressing of the button takes."""
    clerk = Clerk(address, 4, log)
    begin = perf_counter()
    chosen = clerk.ask("POST", "/queue/selection/?event=E26&language=ja", {"what": "all"})
    choosing = perf_counter() - begin
    number = _SELECTION.search(chosen.location)
    assert number, chosen.page.decode()
    begin = perf_counter()
    done = clerk.ask("POST", f"/selections/{number[1]}/approve/")
    approving = perf_counter() - begin
    page = html.unescape(clerk.ask("GET", done.location).page.decode())
    said = re.search(r"(\d+)件を承認しました", page)
    return {"approved": int(said[1]) if said else 0, "choose_s": round(choosing, 2), "approve_s": round(approving, 2)}


def books(folder: Path, url: str, approved: list[int]) -> dict[str, int]:
    """What the store says of everything that was approved: each on its way, decided, written down, and once."""
    command = [sys.executable, "-m", "tests.support.desk_books", str(folder), url]
    done = subprocess.run(command, input=json.dumps(approved), capture_output=True, text=True, check=True)
    found: dict[str, int] = json.loads(done.stdout)
    return found


def measure(store: str, folder: Path, asked: argparse.Namespace) -> None:
    """Every run on one store."""
    other = postgres() if store == "postgres" else nullcontext(f"sqlite:///{folder / STORE}")
    with other as url, desk(folder, url) as address:
        about = {"store": store, "notices": asked.notices, "staff": asked.staff}
        clerks = [Clerk(address, number, Log()) for number in range(asked.staff)]
        approved: list[int] = []
        for name, seconds, think in (
            ("think time 5 s", asked.seconds, THINK_SECONDS),
            ("saturated", asked.saturated, 0.0),
        ):
            log = Log()
            for clerk in clerks:
                clerk.log = log
            crowd(clerks, seconds, think=think)
            tell(name, log, seconds, **about)
            approved += log.approved
        print(json.dumps({"run": "books"} | books(folder, url, approved) | about), flush=True)
        print(json.dumps({"run": "approve many at once"} | bulk(address, Log()) | about), flush=True)


def main() -> None:
    """Each store asked for, one after the other."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--store", choices=("sqlite", "postgres", "both"), default="both")
    parser.add_argument("--notices", type=int, default=100_000)
    parser.add_argument("--staff", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=120)
    parser.add_argument("--saturated", type=float, default=30)
    parser.add_argument("--folder", type=Path, help="keeps what was filled for the next run")
    parser.add_argument(
        "--short", action="store_true", help="a small store for a short time: whether it works, not how fast"
    )
    asked = parser.parse_args()
    if asked.short:
        asked.notices, asked.staff, asked.seconds, asked.saturated = 5_000, 10, 15, 5
    with tempfile.TemporaryDirectory(prefix="todoke-load-") as made:
        folder = asked.folder or Path(made)
        fill(folder, asked.notices, asked.staff)
        for store in ("sqlite", "postgres") if asked.store == "both" else (asked.store,):
            measure(store, folder, asked)


if __name__ == "__main__":
    main()
