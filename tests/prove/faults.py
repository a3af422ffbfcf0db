"""Faults in the files of a city, through loading, changes, detection and the breaker: one history, every fault a night on top of it.

The city's ordinary nights are loaded once, on its own files. A night with faults is scanned on the same records, then the night is
scanned again as it really was and must end in the same rows: that is the way back. Each such night has a fault in each of three tables,
so a kind of event must be held for its own flood, and everything else of the night must come out as on the ordinary night.
"""

import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import numpy as np

from engine.changes.derive import derive_changes
from engine.core.dates import days, is_business_day
from engine.core.settings import Settings
from engine.core.yaml_text import load_yaml
from engine.records.load import load_records
from engine.warehouse.duck import Warehouse
from events.causes import signs_of
from events.detect import STAGE, Events, detect_events, known_events
from events.volume import RATES, days_covered
from fixtures.demo_settings import BASELINE
from fixtures.town import build_town
from tests.django_settings import settings_in
from tests.support.faults import FAULTS, Fault, Feeds, deliver
from tests.support.truth import night_of, opened

#: the faults that share a night: one a table; a ward and a renumbering take turns
TABLES = tuple(dict.fromkeys(fault.table for fault in FAULTS.values()))
#: event id → (code, state)
Found = Mapping[str, tuple[str, str]]


@dataclass(frozen=True, kw_only=True)
class Tried:
    """A fault and what came of it.

    added: rows. times: events it adds, in expected counts. alone: nothing else of the night was held or came out differently.
    """

    fault: Fault
    added: int
    times: float
    held: bool
    named: bool
    alone: bool


@dataclass
class City:
    """A city whose ordinary nights are done, up to the eve of `on`."""

    settings: Settings
    feeds: Feeds
    warehouse: Warehouse
    on: date
    counted: dict[str, int]
    covered: int = 0

    def tonight(self) -> tuple[Events, Found]:
        """The night as it really was, kept."""
        report = self._scan(self.settings)
        for code in self.counted:
            self.counted[code] += report.found.get(code, 0)
        self.covered += days_covered(self.on, every_day=False)
        return report, self._found()

    def tonight_again(self) -> Found:
        """The same once more, after nights that were not: it must be what it was."""
        self._scan(self.settings)
        return self._found()

    def next(self) -> None:
        """Goes on to the next night; the one before was scanned last as it really was."""
        self.on += timedelta(days=1)

    def expected(self, code: str) -> float:
        """Events of a kind that tonight should bring: what its own ordinary nights brought, or what the settings say, whichever is more."""
        rates = load_yaml(RATES.read_text(encoding="utf-8"))
        living = self.feeds.people
        told = float(rates["yearly"][code] * living / rates["residents"] / 365)
        return max(told, self.counted[code] / max(self.covered, 1)) * days_covered(self.on, every_day=False)

    def with_faults(self, sizes: Mapping[Fault, int], ordinary: Found, rng: np.random.Generator) -> list[Tried]:
        """Tonight with faults in its files; `ordinary` is what the night brings without them."""
        folder = Path(tempfile.mkdtemp(prefix="todoke-fault-"))
        try:
            added = deliver(self.feeds, self.on, sizes, rng, folder)
            paths = self.settings.paths.model_copy(update={"feeds": str(folder)})
            report = self._scan(self.settings.model_copy(update={"paths": paths}))
        finally:
            shutil.rmtree(folder)
        found, codes = self._found(), {fault.code for fault in sizes}
        rest = {name: told for name, told in ordinary.items() if told[0] not in codes}
        alone = set(report.held) <= codes and rest.items() <= found.items()
        night = night_of(self.settings, self.warehouse, self.on)
        return [
            Tried(
                fault=fault,
                added=added[fault],
                times=sizes[fault] / self.expected(fault.code),
                held=fault.code in report.held,
                named=fault.code in report.held and fault.column in {s.column for s in signs_of(night, fault.code)},
                alone=alone,
            )
            for fault in sizes
        ]

    def _scan(self, settings: Settings) -> Events:
        night = night_of(settings, self.warehouse, self.on)
        load_records(night)
        derive_changes(night)
        report = detect_events(night)
        self.warehouse.mark("load_records", night.municipality, self.on, {})
        self.warehouse.mark(STAGE, night.municipality, self.on, {})
        return report

    def _found(self) -> Found:
        rows = known_events(self.warehouse, self.settings.municipality.code, self.on)
        return {row["event_id"]: (row["code"], row["state"]) for row in rows.iter_rows(named=True)}


@contextmanager
def city(residents: int, seed: int, *, ordinary: int, faulty: int) -> Iterator[City]:
    """A city with so many ordinary nights behind it, whose next nights are an office's until there were `faulty` of them."""
    folder = Path(tempfile.mkdtemp(prefix="todoke-faults-"))
    try:
        settings = settings_in(folder)
        nights = ordinary + faulty * 2 + 10  # closed days between them
        build_town(residents=residents, seed=seed, baseline=BASELINE, nights=nights, folder=folder, plant_traps=False)
        for path in (folder / "feeds").rglob("manifest.json"):
            path.unlink()
        office = tuple(
            day for day in days(BASELINE + timedelta(days=1), BASELINE + timedelta(days=nights)) if is_business_day(day)
        )
        feeds = Feeds(
            folder / "feeds", BASELINE, tuple(day for day in office if (folder / "feeds" / day.isoformat()).is_dir())
        )
        with opened(settings) as warehouse:
            made = City(settings, feeds, warehouse, BASELINE, counted={fault.code: 0 for fault in FAULTS.values()})
            made.tonight_again()
            made.next()
            for _ in range(ordinary):
                made.tonight()
                made.next()
            yield made
    finally:
        shutil.rmtree(folder)


def drawn(city: City, number: int, times: float | tuple[float, float], rng: np.random.Generator) -> dict[Fault, int]:
    """A fault for each table, of the first kind of the table or the second in turn, so many times the expected count on top of it."""
    sizes = {}
    for table in TABLES:
        kinds = [fault for fault in FAULTS.values() if fault.table == table]
        fault = kinds[number % len(kinds)]
        size = times if isinstance(times, float) else float(rng.uniform(*times))
        least = 1 if isinstance(times, float) else 50
        sizes[fault] = max(int(np.ceil(size * city.expected(fault.code))), least)
    return sizes
