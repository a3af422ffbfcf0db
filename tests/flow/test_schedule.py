"""The scheduler as a service: started late it catches up, sends what was approved, and ends when it is asked to."""

import json
import re
import signal
import subprocess
import sys
import time
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from engine.core.clock import TOKYO
from engine.core.dates import is_business_day
from fixtures.demo_settings import BASELINE
from tests.support.site import REPOSITORY, Site, build

pytestmark = pytest.mark.xdist_group("flow-schedule")

DONE_NIGHTS = 1
MISSED = [BASELINE + timedelta(days=DONE_NIGHTS + offset) for offset in (1, 2)]
PATIENCE_SECONDS = 90


@pytest.fixture(scope="module")
def left_alone(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """A site that lost two nights: its clock shows the morning after the second of them."""
    site = build(tmp_path_factory.mktemp("schedule") / "demo", residents=2_000, nights=DONE_NIGHTS)
    morning = datetime.combine(MISSED[-1] + timedelta(days=1), datetime.min.time(), TOKYO).replace(hour=9)
    assert is_business_day(morning.date())
    path = site.folder / "todoke.toml"
    text = path.read_text(encoding="utf-8")
    path.write_text(re.sub(r'demo_now = ".*"', f'demo_now = "{morning.isoformat()}"', text), encoding="utf-8")
    return site


def nights(site: Site) -> dict[date, str]:
    rows = site.queue("""SELECT "on", state FROM approval_jobrun WHERE job = 'night'""")
    return {date.fromisoformat(on): state for on, state in rows}


def scheduler(site: Site) -> subprocess.Popen[str]:
    command = [sys.executable, "todoke.py", "--settings", str(site.folder / "todoke.toml"), "schedule"]
    return subprocess.Popen(command, cwd=REPOSITORY, stderr=subprocess.PIPE, text=True)


def wait_for(site: Site, on: date, state: str, service: subprocess.Popen[str]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while nights(site).get(on) != state:
        assert service.poll() is None, "the scheduler ended by itself"
        assert time.monotonic() < deadline, f"the night of {on} is {nights(site).get(on)}, not {state}"
        time.sleep(0.2)


def stop(service: subprocess.Popen[str]) -> str:
    service.send_signal(signal.SIGTERM)
    _, said = service.communicate(timeout=60)
    assert service.returncode == 0, said
    return said


def test_missed_nights_are_caught_up_in_order_and_once(left_alone: Site, tmp_path: Path) -> None:
    site = left_alone.copy(tmp_path / "demo")
    assert not set(MISSED) & set(nights(site))
    service = scheduler(site)
    wait_for(site, MISSED[-1], "done", service)
    stop(service)
    assert [nights(site)[on] for on in MISSED] == ["done", "done"]
    before = site.dump()
    again = scheduler(site)
    assert again.stderr is not None
    assert again.stderr.readline() == "todoke schedule: started, with night, learn, dispatch\n"
    time.sleep(5)  # long enough to look at the ledger
    stop(again)
    assert site.dump() == before


def test_a_halted_night_is_said_and_told_and_later_nights_wait(left_alone: Site, tmp_path: Path) -> None:
    site = left_alone.copy(tmp_path / "demo")
    (site.feeds(MISSED[0]) / "support_measures.csv").unlink()
    (site.feeds(MISSED[0]) / "manifest.json").unlink()
    told = tmp_path / "told.json"
    script = tmp_path / "tell.py"
    script.write_text(f"import json, sys\njson.dump(sys.argv[1:], open({str(told)!r}, 'w'))\n", encoding="utf-8")
    with (site.folder / "todoke.toml").open("a", encoding="utf-8") as stream:
        stream.write(f"\n[alert]\ncommand = {json.dumps([sys.executable, str(script)])}\n")
    service = scheduler(site)
    wait_for(site, MISSED[0], "halted", service)
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not told.exists() and time.monotonic() < deadline:
        time.sleep(0.2)
    said = stop(service)
    assert f"night of {MISSED[0]}" in said
    assert "halted" in json.loads(told.read_text(encoding="utf-8"))[0]
    assert MISSED[1] not in nights(site)
