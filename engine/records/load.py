"""Stage 1 of the night: feeds in, history out. A bad file or row is set aside with its reason; the rest loads."""

from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import polars as pl

from engine.night import Night
from engine.records.asof import bind_night
from engine.records.bucket import as_folder
from engine.records.check import forget
from engine.records.contract import load_contracts
from engine.records.feeds import gaps
from engine.records.history import SQL, Staged, append, forget_news
from engine.records.landing import FeedFile, Wanted, checksum, feed_files
from engine.records.meeting import Met, landed_file, matched, meet, read_by
from engine.records.quarantine import RESOLUTIONS, SCHEMA, Origin, quarantined, resolved
from engine.records.quarantine import SQL as QUARANTINE
from engine.records.short import refused_before, short_deltas, take_acceptances, without_short_ones
from engine.records.tables import create_tables

STAGE = "load_records"


@dataclass(frozen=True, kw_only=True)
class Loaded:
    """What came in: files, rows, and whether anything of it was new to this night."""

    accepted: tuple[str, ...]
    rejected: tuple[str, ...]
    gaps: tuple[str, ...]
    rows: int
    quarantined: int
    baseline: tuple[str, ...]
    dropped: tuple[str, ...]
    short: tuple[str, ...]
    fresh: bool

    def summary(self) -> Mapping[str, Any]:
        """feeds and rows of the contract; `gaps` are expected deliveries that did not come, `dropped` columns the law forbids us,
        `short` deltas that were loaded and are far below what usually comes.
        """
        feeds = {"accepted": list(self.accepted), "rejected": list(self.rejected), "gaps": list(self.gaps)}
        if self.baseline:
            feeds["baseline"] = list(self.baseline)
        if self.dropped:
            feeds["dropped"] = list(self.dropped)
        if self.short:
            feeds["short"] = list(self.short)
        return {"feeds": feeds, "rows": {"loaded": self.rows, "quarantined": self.quarantined}}


@dataclass(frozen=True, kw_only=True)
class _Come:
    """A file that has come, and the checksum of its content."""

    file: FeedFile
    file_id: str
    again: bool = False


@dataclass(frozen=True, kw_only=True)
class _Outcome:
    """What a night did with one table's files."""

    files: list[dict[str, Any]]
    quarantine: list[pl.DataFrame]
    resolutions: set[str]


def load_records(night: Night) -> Loaded:
    """Loads the feed folders up to the night's date that no earlier night loaded, and binds `now` and `before`.

    Never raises for a bad file: it is recorded as rejected. Raises InputError when the feeds folder or bucket cannot be read.
    """
    warehouse, municipality, paths = night.warehouse, night.municipality, night.settings.paths
    create_tables(warehouse, load_contracts())
    wanted = _wanted(night)
    with as_folder(paths.feeds, night.settings.s3, wanted, scratch=paths.scratch) as feeds:
        fresh = _take(night, feed_files(feeds, wanted))
    bind_night(warehouse, municipality, night.on)
    return _report(night, fresh=fresh)


def _wanted(night: Night) -> Wanted:
    """Tonight's files, those of nights that were missed, and those that came late to a night of the last weeks."""
    warehouse, values = night.warehouse, _of(night)
    met = warehouse.query(SQL["files_met_before"], **values)
    first = met["night"].min()
    weeks = night.on - timedelta(days=night.settings.waits.late_entry_days)
    return Wanted(
        on=night.on,
        after=warehouse.last_marked(STAGE, night.municipality, night.on),
        late_since=max(first, weeks) if isinstance(first, date) else None,
        met=frozenset(met.select("business_date", "file_name").iter_rows()),
    )


def _take(night: Night, files: list[FeedFile]) -> bool:
    """Loads these files unless the night has read them all by the rules of today; whether it did."""
    accepted = take_acceptances(night)
    known = night.warehouse.query(SQL["files_of_night"], **_of(night))
    rules = {table: read_by(night, contract) for table, contract in load_contracts().items()}
    read = {
        (row["file_id"], row["file_name"], row["business_date"], row["read_by"])
        for row in known.to_dicts()
        if row["state"] == "accepted" or row["file_id"] not in accepted
    }
    come = [_Come(file=file, file_id=checksum(file.path)) for file in files] + _let_in(night, files)
    again = _to_try_again(night, rules)
    asked = {
        (one.file_id, one.file.name, one.file.business_date, _rules(night, one.file, rules)) for one in come + again
    }
    if asked <= read:
        return False
    first_time = known.filter(pl.col("kind") != "retry")
    _load(night, come + _taken_away(night, first_time, [one.file for one in come]) + again, rules, accepted)
    return True


def _let_in(night: Night, files: list[FeedFile]) -> list[_Come]:
    """Files that earlier nights refused as too short and an operator has accepted since, from where they landed."""
    here = {(file.name, file.business_date) for file in files}
    return [
        _Come(file=file, file_id=row["file_id"])
        for row in refused_before(night)
        if (row["file_name"], row["business_date"]) not in here
        for file in [landed_file(night, row, row["kind"])]
        if file is not None
    ]


def _rules(night: Night, file: FeedFile, rules: Mapping[str, str]) -> str | None:
    match = matched(night, file)
    return rules[match.contract.table] if match else None


def _of(night: Night) -> dict[str, Any]:
    return {"municipality": night.municipality, "night": night.on}


def _taken_away(night: Night, known: pl.DataFrame, files: list[FeedFile]) -> list[_Come]:
    """What this night loaded before and somebody has since removed from the feed folder."""
    here = {(file.name, file.business_date) for file in files}
    return [
        _Come(file=file, file_id=row["file_id"])
        for row in known.to_dicts()
        if (row["file_name"], row["business_date"]) not in here
        for file in [landed_file(night, row, row["kind"])]
        if file is not None
    ]


def _to_try_again(night: Night, rules: Mapping[str, str]) -> list[_Come]:
    """Files of earlier nights with rows still set aside whose contract or profile has changed since they were last read."""
    query = QUARANTINE["files_to_try_again"].about(open=QUARANTINE["open_quarantine"])
    eve = night.on - timedelta(days=1)
    return [
        _Come(file=file, file_id=row["file_id"], again=True)
        for row in night.warehouse.query(query, municipality=night.municipality, night=eve).to_dicts()
        if row["read_by"] != rules.get(row["table_name"])
        for file in [landed_file(night, row)]
        if file is not None
    ]


def _load(night: Night, come: list[_Come], rules: Mapping[str, str], accepted: frozenset[str]) -> None:
    """Writes every partition of the night; the files' own partition last, so that a killed load is loaded again."""
    warehouse, municipality, on = night.warehouse, night.municipality, night.on
    warehouse.replace("history.files", municipality, on, pl.DataFrame(schema=_FILES))
    ordered = sorted(come, key=lambda one: (one.file.business_date, one.file.name))
    by_table: dict[str | None, list[_Come]] = {table: [] for table in (*load_contracts(), None)}
    for one in ordered:
        match = matched(night, one.file)
        by_table[match.contract.table if match else None].append(one)
    seen = _Seen(
        repeated=set(warehouse.query(SQL["accepted_before"], **_of(night)).iter_rows()),
        told_whole=dict(warehouse.query(SQL["newest_fulls"], **_of(night)).iter_rows()),
        first=dict(warehouse.query(SQL["baseline_nights"], **_of(night)).iter_rows()),
        set_aside=frozenset(warehouse.query(QUARANTINE["open_quarantine"], **_of(night))["table_name"].to_list()),
        accepted=accepted,
    )
    outcomes = [_load_table(night, files, seen, rules) for files in by_table.values() if files]
    quarantine = [pl.DataFrame(schema=SCHEMA), *(rows for one in outcomes for rows in one.quarantine)]
    right = sorted({found for one in outcomes for found in one.resolutions})
    resolutions = [{"municipality_code": municipality, "night": on, "quarantine_id": found} for found in right]
    files = [row for one in outcomes for row in one.files]
    warehouse.replace("history.quarantine", municipality, on, pl.concat(quarantine))
    warehouse.replace("history.resolutions", municipality, on, pl.DataFrame(resolutions, schema=RESOLUTIONS))
    warehouse.replace("history.files", municipality, on, pl.DataFrame(files, schema=_FILES))


@dataclass(frozen=True, kw_only=True)
class _Seen:
    """What earlier nights accepted."""

    repeated: set[tuple[str, str]]  #: (table, content)
    told_whole: Mapping[str, date]  #: table → date of its newest full file
    first: Mapping[str, date]  #: table → the night of its baseline
    set_aside: frozenset[str]  #: tables with rows set aside that nothing brought right yet
    accepted: frozenset[str]  #: checksums of the files that an operator lets in however short they are


def _load_table(night: Night, come: list[_Come], seen: _Seen, rules: Mapping[str, str]) -> _Outcome:
    """Reads one table's files of the night, oldest first, and makes what is new in them its history."""
    warehouse, outcome = night.warehouse, _Outcome(files=[], quarantine=[], resolutions=set())
    with ExitStack() as stay:
        stay.callback(forget_news, warehouse)
        met: list[Met] = []
        for place, found in enumerate(come):
            met.append(meet(night, found.file, found.file_id, place=place, stay=stay, again=found.again))
            stay.callback(forget, warehouse, f"arrived_{place}")
        met = without_short_ones(night, met, seen.accepted)
        contract = met[0].contract
        staged = [_staged(one) for one in met if _brings_news(one, seen)]
        if contract is not None and staged:
            append(warehouse, contract, staged, municipality=night.municipality, night=night.on)
        for one in met:
            right = _brought_right(night, one) if one.contract and one.contract.table in seen.set_aside else []
            outcome.resolutions.update(right)
            outcome.files.append(_file_row(night, one, seen, rules) | ({"rows": len(right)} if one.again else {}))
            if one.set_aside is not None and one.set_aside.height and contract is not None:
                origin = Origin(file_id=one.file_id, table=contract.table, business_date=one.file.business_date)
                outcome.quarantine.append(
                    quarantined(one.set_aside, origin, municipality=night.municipality, night=night.on)
                )
    return outcome


def _brings_news(one: Met, seen: _Seen) -> bool:
    """Whether a file may add to history: accepted, no repetition, and no state older than what a full file has told since."""
    if one.checked is None or one.contract is None or not (one.full or one.checked.rows):
        return False  # a delta without a good row says nothing; a full file without one says that nothing stands
    table = one.contract.table
    if one.contract.kind == "state" and one.file.business_date < seen.told_whole.get(table, date.min):
        return False
    return one.full or one.again or (table, one.file_id) not in seen.repeated


def _staged(one: Met) -> Staged:
    assert one.checked is not None
    return Staged(file_id=one.file_id, business_date=one.file.business_date, full=one.full, checked=one.checked)


def _brought_right(night: Night, one: Met) -> list[str]:
    if one.checked is None or one.contract is None or not (one.full or one.checked.rows):
        return []
    whole = one.full and not one.checked.quarantined.height
    return resolved(night.warehouse, one.checked.arrived, one.contract.table, whole=whole, **_of(night))


def _file_row(night: Night, one: Met, seen: _Seen, rules: Mapping[str, str]) -> dict[str, Any]:
    table = one.contract.table if one.contract else None
    return {
        "municipality_code": night.municipality,
        "night": night.on,
        "file_id": one.file_id,
        "file_name": one.file.name,
        "table_name": table,
        "business_date": one.file.business_date,
        "kind": one.kind,
        "rows": one.checked.rows if one.checked else 0,
        "quarantined": one.set_aside.height if one.set_aside is not None else 0,
        "state": "rejected" if one.reason else "accepted",
        "reason": one.reason,
        "baseline": not one.reason and table is not None and seen.first.get(table, night.on) == night.on,
        "encoding": one.file.promised.encoding,
        "read_by": rules[table] if table else None,
        "dropped": " ".join(one.checked.dropped_columns) or None if one.checked else None,
    }


_FILES = {
    "municipality_code": pl.String,
    "night": pl.Date,
    "file_id": pl.String,
    "file_name": pl.String,
    "table_name": pl.String,
    "business_date": pl.Date,
    "kind": pl.String,
    "rows": pl.Int64,
    "quarantined": pl.Int64,
    "state": pl.String,
    "reason": pl.String,
    "baseline": pl.Boolean,
    "encoding": pl.String,
    "read_by": pl.String,
    "dropped": pl.String,
}


def _report(night: Night, *, fresh: bool) -> Loaded:
    files = night.warehouse.query(SQL["files_of_night"], **_of(night))
    accepted = files.filter(pl.col("state") == "accepted")
    return Loaded(
        accepted=tuple(f"{row['business_date']}/{row['file_name']}" for row in accepted.iter_rows(named=True)),
        rejected=tuple(
            f"{row['business_date']}/{row['reason']}"
            for row in files.filter(pl.col("state") == "rejected").iter_rows(named=True)
        ),
        gaps=tuple(gaps(night.warehouse, night.municipality, night.on)),
        rows=int(accepted["rows"].sum()),
        quarantined=int(files["quarantined"].sum()),
        baseline=tuple(sorted(set(accepted.filter(pl.col("baseline"))["table_name"].to_list()))),
        dropped=tuple(
            f"{row['business_date']}/{row['file_name']}: {row['dropped']}"
            for row in files.filter(pl.col("dropped").is_not_null()).iter_rows(named=True)
        ),
        short=tuple(str(one) for one in short_deltas(night)),
        fresh=fresh,
    )
