"""A night that held forty moves within the city for their number: what its snapshot says of them, and its row in the job ledger."""

from datetime import date, datetime, timedelta
from pathlib import Path

import polars as pl

from engine.core.clock import TOKYO
from engine.core.settings import Settings
from notices.approval.models import JobRun
from tests.support.morning import MUNICIPALITY

CODE, NIGHT = "E09", date(2026, 11, 10)
CAUSE = {
    "ja": "住民記録の住所コードが変わった：52行のうち40行、ふだんは1行",
    "en": "residents: the address code changed in 40 of 52 rows, usually 1",
}


def hold_moves(folder: Path) -> None:
    """Writes the two tables of the snapshot that a release asks to `folder`/snapshot, and the night's row into the ledger."""
    snapshot = folder / "snapshot" / NIGHT.isoformat()
    snapshot.mkdir(parents=True)
    events = [f"moved-{number}" for number in range(40)]
    of_all = {"municipality_code": MUNICIPALITY, "night": NIGHT}
    pl.DataFrame([{**of_all, "event_id": one, "code": CODE} for one in events]).write_parquet(
        snapshot / "events.events.parquet"
    )
    pl.DataFrame([{**of_all, "event_id": one, "state": "held"} for one in events]).write_parquet(
        snapshot / "events.states.parquet"
    )
    (folder / "snapshot" / "current").write_text(snapshot.name, encoding="utf-8")
    began = datetime(NIGHT.year, NIGHT.month, NIGHT.day, 2, tzinfo=TOKYO) + timedelta(days=1)
    held = {CODE: {"expected": 4.2, "upper": 14, "seen": 40, "cause": CAUSE}}
    JobRun.objects.create(
        job="night", municipality_code=MUNICIPALITY, on=NIGHT, state="done", holder="test", heartbeat_at=began,
        started_at=began, ended_at=began + timedelta(seconds=51), summary={"events": {CODE: 40}, "held": held},
    )  # fmt: skip


def with_its_snapshot(settings: Settings, folder: Path) -> Settings:
    """The settings of a desk that reads this night's snapshot."""
    paths = settings.paths.model_copy(update={"snapshot": folder / "snapshot"})
    return settings.model_copy(update={"paths": paths})
