"""Sweeps: everybody a programme lets in and nobody told, found without any event, released in daily portions, most urgent first."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import polars as pl

from eligibility.catalogue import Published, published
from eligibility.judge import dates_of
from eligibility.match import MATCH, Asked, case_of, digest, match_row
from eligibility.parts import SWEEP
from eligibility.population import Population, judge_cases, population, verdicts
from eligibility.programme import Programme
from engine.core.sql import load_queries
from engine.night import Night
from engine.records.numbering import export_numbered
from engine.records.reader import SnapshotReader

_SQL = load_queries(Path(__file__).with_name("sweep.sql"))
_LET_IN = ("eligible", "possible")
_READ = ("events.events", "events.states", "matches.matches")
#: whoever was told of a programme (or given to staff) within this time is not told again by a sweep
TOLD_DAYS = 365


@dataclass(frozen=True, kw_only=True)
class Sweep:
    """What an officer released: a programme's sweep, so many people a day. `request` names the release, once and for all."""

    request: str
    programme: str
    a_day: int


@dataclass(frozen=True, kw_only=True)
class Found:
    """Who is let in: `waiting` in the order of release, and how many are left out, by reason.

    waiting: subject_id, household_id, verdict, occurred_on and detail (of the event that led here, if one is known), due_on, late.
    protected: homes left out because nobody may write there and nobody was told before: household_id, subject_ids (whom it lets in)
    and held_ids (whom nobody may write to).
    """

    waiting: pl.DataFrame = field(repr=False)
    protected: pl.DataFrame = field(repr=False)
    left_out: Mapping[str, int]

    def portions(self, a_day: int) -> list[pl.DataFrame]:
        """The people in daily portions of at most so many. A household stays together, even when it alone is more than a portion."""
        return list(_portions(self.waiting, a_day))


@dataclass(frozen=True, kw_only=True)
class Released:
    """What a night did for one sweep. `paused`: why nothing was released. protected: as in `Found`, one row a home."""

    sweep: Sweep
    released: int = 0
    left: int = 0
    left_out: Mapping[str, int] = field(default_factory=dict)
    protected: Sequence[Mapping[str, Any]] = field(default=(), repr=False)
    paused: str = ""

    @property
    def done(self) -> bool:
        """Whether nobody is left to be released."""
        return not self.paused and self.left == 0

    def as_json(self) -> dict[str, Any]:
        """For the night's summary."""
        told = {"released": self.released, "left": self.left, "left_out": dict(self.left_out)}
        return told | ({"paused": self.paused} if self.paused else {})


def find(
    who: Population,
    reader: SnapshotReader,
    programme: Programme,
    on: date,
    *,
    held: Collection[str] = (),
    released_before: date | None = None,
) -> Found:
    """Everybody let in on a date whom nobody told yet. `held`: the people nobody may write to; their households are left out whole.

    released_before: what sweeps released from this night on is not counted as told: the night `on` is at it (again).
    """
    found = _let_in(who, reader, programme, on)
    of_home = who.people.filter(pl.col("subject_id").is_in(list(held))).group_by("household_id")
    homes = of_home.agg(pl.col("subject_id").sort().alias("held_ids"))
    may_not = pl.col("household_id").is_in(homes["household_id"].to_list())
    told = pl.col("subject_id").is_in(_told(reader, programme, on, released_before))
    under_way = pl.col("subject_id").is_in(_under_way(reader, programme, on))
    reasons = {"may_not_be_written_to": may_not, "told_already": told, "event_under_way": under_way}
    why = pl.lit("")
    for reason, holds in reversed(reasons.items()):
        why = pl.when(holds).then(pl.lit(reason)).otherwise(why)
    found = found.with_columns(why=why)
    counted = {reason: found.filter(pl.col("why") == reason).height for reason in reasons}
    waiting = _in_order(_dated(found.filter(pl.col("why") == "").drop("why"), programme, on))
    untold = found.filter(may_not & ~told & ~under_way)
    protected = untold.group_by("household_id").agg(pl.col("subject_id").sort().alias("subject_ids"))
    protected = protected.join(homes, on="household_id").sort("household_id")
    left_out = {reason: count for reason, count in counted.items() if count}
    return Found(waiting=waiting, protected=protected, left_out=left_out)


def release(night: Night, sweeps: Sequence[Sweep], *, held: Collection[str]) -> list[Released]:
    """Puts tonight's portion of each sweep among the night's matches, under a cause of its own; the same on every run of the night."""
    if not sweeps:
        return []
    current = published(night.settings.paths.catalogue, night.on, mode=night.settings.mode)
    versions = {one.programme.slug: one for one in current}
    why = {sweep.request: _paused(versions.get(sweep.programme), night.on) for sweep in sweeps}
    done = [Released(sweep=sweep, paused=why[sweep.request]) for sweep in sweeps if why[sweep.request]]
    going = [(sweep, versions[sweep.programme]) for sweep in sweeps if not why[sweep.request]]
    rows: list[dict[str, Any]] = []
    night.settings.paths.scratch.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=night.settings.paths.scratch, prefix="sweep-") as folder:
        programmes = [version.programme for _, version in going]
        reader = _copied(night, programmes, Path(folder))
        who = population(reader, programmes)
        for sweep, version in going:
            found = find(who, reader, version.programme, night.on, held=held, released_before=night.on)
            portion = next(_portions(found.waiting, sweep.a_day), found.waiting)
            rows += _rows(night, who, sweep, version, portion)
            done.append(_released(sweep, found, portion))
    of_events = night.warehouse.query(_SQL["of_events"], municipality=night.municipality, night=night.on)
    tonight = pl.concat([of_events.select(list(MATCH)).cast(dict(MATCH)), pl.DataFrame(rows, schema=MATCH)])  # type: ignore[arg-type]
    night.warehouse.replace("matches.matches", night.municipality, night.on, tonight.sort("match_id"))
    return done


def _released(sweep: Sweep, found: Found, portion: pl.DataFrame) -> Released:
    return Released(
        sweep=sweep,
        released=portion.height,
        left=found.waiting.height - portion.height,
        left_out=found.left_out,
        protected=found.protected.to_dicts(),
    )


def _paused(version: Published | None, on: date) -> str:
    if version is None:
        return "no version of it may be used"
    return "past its review date" if version.programme.past_review(on) else ""


def _copied(night: Night, programmes: Sequence[Programme], folder: Path) -> SnapshotReader:
    """Tonight's records of what these programmes read, beside events and matches, as a snapshot holds them."""
    read = {"residents", "consents", *(table for one in programmes for table in one.reads)}
    export_numbered(night.warehouse, read, folder, named_in="history")
    for name in _READ:
        night.warehouse.export(name, folder / f"{name}.parquet")
    return SnapshotReader(folder)


def _let_in(who: Population, reader: SnapshotReader, programme: Programme, on: date) -> pl.DataFrame:
    """Who is let in: by the event that led here where one is known, else, where no event is needed, as if it were that very day."""
    found = verdicts(who, programme, on, let_in=True)
    happened = _happened(reader, programme, on)
    cases = _numbered(found.select("subject_id", "household_id").join(happened, on="subject_id"), on)
    known = verdicts(who, programme, on, cases=cases).filter(pl.col("verdict").is_in(_LET_IN)) if cases.height else None
    without = found.clear() if programme.by_event_alone else found.join(happened, on="subject_id", how="anti")
    unknown = without.with_columns(occurred_on=pl.lit(None, dtype=pl.Date), detail=pl.lit(""))
    columns = ["subject_id", "household_id", "verdict", "occurred_on", "detail"]
    return pl.concat([part.select(columns) for part in (known, unknown) if part is not None])


def _numbered(people: pl.DataFrame, on: date) -> pl.DataFrame:
    return people.with_row_index("case_id").with_columns(pl.col("case_id").cast(pl.Int64), as_of=pl.lit(on))


def _states(reader: SnapshotReader, on: date) -> pl.LazyFrame:
    """The newest state of each event up to a night."""
    states = reader.lazy("events.states").filter(pl.col("night") <= on).sort("night")
    return states.unique("event_id", keep="last").select("event_id", "state")


def _events(reader: SnapshotReader, programme: Programme, on: date, states: Collection[str]) -> pl.DataFrame:
    """The automatic events that lead to a programme, a row for each subject, whose newest state is one of these."""
    codes = [code for code, trigger in programme.triggers.items() if trigger.kind != "ending"]
    mine = reader.lazy("events.events").filter(
        (pl.col("night") <= on) & (pl.col("class") == "automatic") & pl.col("code").is_in(codes)
    )
    in_state = _states(reader, on).filter(pl.col("state").is_in(list(states)))
    found = mine.join(in_state, on="event_id").explode("subject_ids").rename({"subject_ids": "subject_id"})
    return found.select("subject_id", "occurred_on", "detail").collect()


def _happened(reader: SnapshotReader, programme: Programme, on: date) -> pl.DataFrame:
    """The newest settled event of each person that a programme still counts: subject_id, occurred_on, detail."""
    if not reader.has("events.events"):
        return pl.DataFrame(schema={"subject_id": pl.String, "occurred_on": pl.Date, "detail": pl.String})
    recent = pl.col("occurred_on").is_between(on - timedelta(days=programme.limit_days), on)
    settled = _events(reader, programme, on, ["settled"]).filter(recent).sort("occurred_on", "detail")
    return settled.unique("subject_id", keep="last", maintain_order=True)


def _under_way(reader: SnapshotReader, programme: Programme, on: date) -> list[str]:
    """Whose own event waits or is held: it brings its own notice."""
    if not reader.has("events.events"):
        return []
    return _events(reader, programme, on, ["waiting", "held"])["subject_id"].to_list()


def _told(reader: SnapshotReader, programme: Programme, on: date, released_before: date | None) -> list[str]:
    """Whom a match not long ago let in: there is a notice, a staff task or a named reason for none. What was void does not count."""
    if not reader.has("matches.matches"):
        return []
    swept_later = pl.lit(value=False)
    if released_before is not None:
        swept_later = (pl.col("event_code") == SWEEP) & (pl.col("night") >= released_before)
    recent = pl.col("night").is_between(on - timedelta(days=TOLD_DAYS), on)
    mine = (pl.col("programme") == programme.slug) & (pl.col("verdict") != "ineligible")
    void = _states(reader, on).filter(pl.col("state").is_in(["void", "suppressed"]))
    told = reader.lazy("matches.matches").filter(recent & mine & ~swept_later).join(void, on="event_id", how="anti")
    return told.select("subject_id").unique().collect()["subject_id"].to_list()


def _since(programme: Programme, occurred_on: date | None, on: date) -> date | None:
    """From when a deadline runs: the event that led here; without one only a date of the year is known, the next one."""
    by_the_year = programme.deadline is not None and programme.deadline.month_day is not None
    return occurred_on or (on if by_the_year else None)


def _dated(found: pl.DataFrame, programme: Programme, on: date) -> pl.DataFrame:
    rows = []
    for day in found["occurred_on"].unique().to_list():
        dates = dates_of(programme, _since(programme, day, on), on)
        rows.append({"occurred_on": day, "due_on": None if dates.late else dates.due, "late": dates.late})
    schema = {"occurred_on": pl.Date, "due_on": pl.Date, "late": pl.Boolean}
    return found.join(pl.DataFrame(rows, schema=schema), on="occurred_on", nulls_equal=True)


def _in_order(found: pl.DataFrame) -> pl.DataFrame:
    """Late ones first, then by deadline, then without one; a household stands where its most urgent member does."""
    urgent = found.sort(
        "late", "due_on", "household_id", "subject_id", descending=[True, False, False, False], nulls_last=True
    )
    placed = urgent.with_row_index("place").with_columns(home=pl.col("place").min().over("household_id"))
    return placed.sort("home", "place").drop("home", "place")


def _portions(waiting: pl.DataFrame, a_day: int) -> Iterator[pl.DataFrame]:
    start = taken = 0
    for size in waiting.group_by("household_id", maintain_order=True).len()["len"].to_list():
        if taken and taken + size > a_day:
            yield waiting.slice(start, taken)
            start, taken = start + taken, 0
        taken += size
    if taken:
        yield waiting.slice(start, taken)


def _rows(
    night: Night, who: Population, sweep: Sweep, version: Published, portion: pl.DataFrame
) -> Iterator[dict[str, Any]]:
    """A match for each person of a portion; a household's are one cause, so that it gets one notice."""
    programme = version.programme
    trees = programme.compiled(night.on)
    people = portion.group_by("household_id").agg(pl.col("subject_id").sort().alias("together"))
    cases = _numbered(portion.join(people, on="household_id", maintain_order="left"), night.on)
    asked = Asked(version=version, trees=trees, cases=cases["case_id"].to_list())
    wanted = {**asked.of_tonight, **asked.of_before}
    told = cases.with_columns(pl.col("occurred_on").fill_null(night.on)).drop("together")
    found = {row["case_id"]: row for row in judge_cases(who, told, wanted).to_dicts()} if cases.height else {}
    for row in cases.iter_rows(named=True):
        event = digest(SWEEP, night.municipality, sweep.request, *row["together"])
        case = row | {
            "code": SWEEP,
            "event_id": event,
            "occurred_on": _since(programme, row["occurred_on"], night.on),
        }
        yield match_row(night, asked, case, case_of(asked, case, found[row["case_id"]]))
