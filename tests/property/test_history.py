"""For any sequence of deliveries, on time, late, repeated, full or not, history is what a few lines of Python say it is."""

import hashlib
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.records.asof import bind
from engine.records.load import STAGE, load_records
from tests.support.feed_folder import FeedFolder, allowance, resident
from tests.support.small_site import CODE
from tests.support.truth import opened

MON = date(2026, 11, 9)
PEOPLE = ("10000000017", "10000000025", "10000000033")
STATUSES = ("APPLIED", "RECEIVING", "ENDED")

#: one file: table, its rows (person → what it says), whether it is full, how many nights late it comes
Register = dict[tuple[str, int], bool]
States = dict[str, str]


@dataclass(frozen=True)
class Delivery:
    """One file of a business date, that comes some nights late."""

    table: str
    rows: tuple[tuple[Any, ...], ...]
    full: bool
    late: int


register = st.dictionaries(st.tuples(st.sampled_from(PEOPLE), st.integers(1, 4)), st.booleans(), max_size=4)
states = st.dictionaries(st.sampled_from(PEOPLE), st.sampled_from(STATUSES), max_size=3)
late = st.sampled_from([0, 0, 0, 1, 2])
deliveries = st.one_of(
    st.builds(
        lambda rows, late: Delivery(
            "residents", tuple((*key, gone) for key, gone in sorted(rows.items())), False, late
        ),
        register,
        late,
    ),
    st.builds(
        lambda rows, full, late: Delivery("child_allowance", tuple(sorted(rows.items())), full, late),
        states,
        st.booleans(),
        late,
    ),
)


@dataclass
class Model:
    """History as it should be: the register's keys by the night that first brought them, the states by their versions."""

    keys: dict[tuple[str, int], tuple[date, bool]] = field(default_factory=dict)
    versions: list[tuple[date, str, str | None, date]] = field(default_factory=list)
    seen: set[tuple[str, str]] = field(default_factory=set)
    told_whole: date = date.min

    def night(self, on: date, files: list[tuple[date, Delivery, str]]) -> None:
        """One night's files, oldest business date first."""
        before, repeated, whole = self.state(on), set(self.seen), self.told_whole
        news = [one for one in files if one[1].full or (one[1].table, one[2]) not in repeated]
        for _, one, _ in news:
            if one.table == "residents":
                for person, number, gone in one.rows:
                    self.keys.setdefault((person, number), (on, gone))
        self._states(on, before, [one for one in news if one[1].table == "child_allowance" and one[0] >= whole])
        for day, one, content in files:
            if one.rows:
                self.seen.add((one.table, content))
            if one.table == "child_allowance" and one.full:
                self.told_whole = max(self.told_whole, day)

    def _states(
        self, on: date, before: dict[str, tuple[str | None, date]], files: list[tuple[date, Delivery, str]]
    ) -> None:
        fulls = [place for place, (_, one, _) in enumerate(files) if one.full]
        files = files[fulls[-1] :] if fulls else files
        final = {person: (said, day) for day, one, _ in files for person, said in one.rows}
        for person, (said, day) in final.items():
            known = before.get(person)
            if known is None or (known[0] != said and day >= known[1]):
                self.versions.append((on, person, said, day))
        if fulls:
            for person, (said, _) in before.items():
                if said is not None and person not in final:
                    self.versions.append((on, person, None, files[0][0]))

    def state(self, on: date) -> dict[str, tuple[str | None, date]]:
        """Person → what was known by then and of which date; None when it was gone."""
        return {person: (said, day) for night, person, said, day in self.versions if night <= on}

    def newest(self, on: date) -> dict[str, int]:
        """Person → the highest history number known by then, of those whose newest row is not deleted."""
        known = [(person, number, gone) for (person, number), (night, gone) in self.keys.items() if night <= on]
        last = {person: (number, gone) for person, number, gone in sorted(known)}
        return {person: number for person, (number, gone) in last.items() if not gone}


@contextmanager
def folder() -> Iterator[FeedFolder]:
    with tempfile.TemporaryDirectory(prefix="todoke-history-") as path:
        yield FeedFolder(Path(path))


def deliver(feeds: FeedFolder, day: date, one: Delivery) -> str:
    if one.table == "residents":
        rows = [resident(who, number, is_deleted=str(gone).lower()) for who, number, gone in one.rows]
        path = feeds.write(day, one.table, rows)
    else:
        rows = [allowance(who, benefit_status=said) for who, said in one.rows]
        path = feeds.write(day, one.table, rows, kind="full" if one.full else "delta")
    return hashlib.sha256(path.read_bytes()).hexdigest()


@settings(max_examples=25, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.lists(deliveries, max_size=2, unique_by=lambda one: one.table), min_size=3, max_size=6))
def test_history_and_every_past_night_are_what_the_model_says(dates: list[list[Delivery]]) -> None:
    model = Model()
    nights = [MON + timedelta(days=number) for number in range(len(dates) + 2)]
    arriving: dict[date, list[tuple[date, Delivery]]] = {
        on: [] for on in [*nights, *(nights[-1] + timedelta(days=n) for n in (1, 2))]
    }
    for day, files in zip(nights, dates, strict=False):
        for one in files:
            # the first night's files are on time: what came before it is no late file but another site's past
            arriving[day + timedelta(days=0 if day == MON else one.late)].append((day, one))
    arriving[MON].append((MON, Delivery("residents", ((PEOPLE[0], 1, False),), False, 0))) if not arriving[
        MON
    ] else None
    with folder() as feeds:
        for on in nights:
            came = [(day, one, deliver(feeds, day, one)) for day, one in arriving[on]]
            with opened(feeds.settings) as warehouse:
                load_records(feeds.night(warehouse, on))
                warehouse.mark(STAGE, CODE, on, {})
            model.night(on, sorted(came, key=lambda one: one[0]))
        with opened(feeds.settings) as warehouse:
            keys = warehouse.read("SELECT person_id, hist_no, night, gone FROM history.residents", {}).rows()
            assert {(who, number): (night, gone) for who, number, night, gone in keys} == model.keys
            for on in nights:
                bind(warehouse, CODE, on, "past")
                people = warehouse.read("SELECT resident_id, hist_no FROM past.residents", {}).rows()
                known = warehouse.read("SELECT claimant_id, benefit_status FROM past.child_allowance", {}).rows()
                assert dict(people) == model.newest(on)
                assert dict(known) == {who: said for who, (said, _) in model.state(on).items() if said is not None}
