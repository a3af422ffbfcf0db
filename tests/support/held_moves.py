"""A night that held forty moves within the city for their number: its records, its snapshot, and its row in the job ledger."""

import shutil
from datetime import datetime, timedelta
from pathlib import Path

from engine.core.clock import TOKYO
from engine.core.settings import Settings
from engine.records.snapshot import publish_snapshot
from notices.approval.models import JobRun
from tests.support.eventful import BASELINE, FIRST, Register
from tests.support.morning import MUNICIPALITY

CODE, NIGHT = "E09", FIRST
CAUSE = {
    "ja": "住民記録の住所コードが変わった：52行のうち40行、ふだんは1行",
    "en": "residents: the address code changed in 40 of 52 rows, usually 1",
}


def hold_moves(folder: Path) -> None:
    """Runs the night in a folder of its own, puts its snapshot to `folder`/snapshot and its row into the ledger."""
    register = Register(folder / "moves")
    for number in range(40):
        register.lives(f"m{number}", household_id=f"m{number}")
        register.row(f"m{number}", FIRST, "MOVE_WITHIN", household_id=f"m{number}", addr_line=f"9-{number}")
    register.run(BASELINE, FIRST)
    publish_snapshot(register.night(FIRST))
    shutil.copytree(register.settings.paths.snapshot, folder / "snapshot")
    began = datetime(FIRST.year, FIRST.month, FIRST.day, 2, tzinfo=TOKYO) + timedelta(days=1)
    held = {CODE: {"expected": 4.2, "upper": 14, "seen": 40, "cause": CAUSE}}
    JobRun.objects.create(
        job="night", municipality_code=MUNICIPALITY, on=FIRST, state="done", holder="test", heartbeat_at=began,
        started_at=began, ended_at=began + timedelta(seconds=51), summary={"events": {CODE: 40}, "held": held},
    )  # fmt: skip


def with_its_snapshot(settings: Settings, folder: Path) -> Settings:
    """The settings of a desk that reads this night's snapshot."""
    paths = settings.paths.model_copy(update={"snapshot": folder / "snapshot"})
    return settings.model_copy(update={"paths": paths})
