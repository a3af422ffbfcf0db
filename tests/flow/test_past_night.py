"""Any past night can be asked again: derived once more from history, it gives what it gave then, whatever came since."""

from datetime import timedelta
from pathlib import Path

import pytest

from eligibility.match import match_programmes
from engine.changes.derive import derive_changes
from engine.core.settings import read_settings
from engine.night import Night
from engine.records.asof import bind_night
from engine.records.contract import load_contracts
from engine.warehouse.duck import Warehouse, open_warehouse
from events.detect import detect_events
from fixtures.demo_settings import BASELINE
from tests.support.site import build

pytestmark = pytest.mark.xdist_group("flow-night")
TABLES = ("events.events", "events.states", "matches.matches", *(f"changes.{name}" for name in load_contracts()))


def partition(warehouse: Warehouse, night: Night) -> dict[str, list[str]]:
    """Every derived row of one night, as text."""
    values = {"municipality": night.municipality, "night": night.on}
    text = "SELECT CAST(t AS VARCHAR) AS row FROM {} AS t WHERE municipality_code = $municipality AND night = $night"
    return {table: sorted(warehouse.read(text.format(table), values)["row"].to_list()) for table in TABLES}


def test_a_past_night_derived_again_gives_what_it_gave(tmp_path: Path) -> None:
    site = build(tmp_path / "demo", residents=2_000, nights=4)
    settings = read_settings(site.folder / "todoke.toml")
    paths = settings.paths
    with open_warehouse(paths.records, memory_limit_mb=512, scratch=paths.scratch) as warehouse:
        for days in (1, 2):
            night = Night(
                on=BASELINE + timedelta(days=days),
                municipality=settings.municipality.code,
                warehouse=warehouse,
                settings=settings,
                clock=settings.clock(),
            )
            gave = partition(warehouse, night)
            bind_night(warehouse, night.municipality, night.on)
            for stage in (derive_changes, detect_events, match_programmes):
                stage(night)
            assert partition(warehouse, night) == gave
            assert gave["changes.residents"]
            assert gave["events.events"]
            assert gave["matches.matches"]
