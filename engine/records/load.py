"""Stage 1 of the night: feeds in, history out. A bad file or row is set aside with its reason; the rest loads."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import polars as pl

from engine.core.errors import FeedRejected
from engine.night import Night
from engine.records.asof import bind_night
from engine.records.bucket import as_folder
from engine.records.check import check_file
from engine.records.contract import TableContract, load_contracts
from engine.records.feeds import gaps
from engine.records.history import SQL, Staged, append
from engine.records.landing import FeedFile, Promise, Wanted, check_promise, checksum, feed_files, land, resting_place
from engine.records.profiles import read_profile, table_of
from engine.records.tables import create_tables
from engine.warehouse.duck import Warehouse

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
    fresh: bool

    def summary(self) -> Mapping[str, Any]:
        """feeds and rows of the contract; `gaps` are expected deliveries that did not come."""
        feeds = {"accepted": list(self.accepted), "rejected": list(self.rejected), "gaps": list(self.gaps)}
        if self.baseline:
            feeds["baseline"] = list(self.baseline)
        return {"feeds": feeds, "rows": {"loaded": self.rows, "quarantined": self.quarantined}}


@dataclass(frozen=True, kw_only=True)
class _Met:
    """One file met tonight: what became of it, and its rows if it was accepted."""

    file: FeedFile
    file_id: str
    contract: TableContract | None
    full: bool
    rows: pl.DataFrame | None
    quarantined: pl.DataFrame | None
    reason: str


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
    warehouse, values = night.warehouse, {"municipality": night.municipality, "night": night.on}
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
    """Loads these files unless the night knows them all; whether it did."""
    known = _known(night.warehouse, {"municipality": night.municipality, "night": night.on})
    sums = {file.path: checksum(file.path) for file in files}
    fresh = not {(file.name, file.business_date, sums[file.path]) for file in files} <= known
    if fresh:
        files += _taken_away(night, known, files)
        _load(night, [_meet(night, file, sums.get(file.path) or checksum(file.path)) for file in files])
    return fresh


def _known(warehouse: Warehouse, values: Mapping[str, Any]) -> set[tuple[str, date, str]]:
    frame = warehouse.query(SQL["files_of_night"], **values)
    return set(frame.select("file_name", "business_date", "file_id").iter_rows())


def _taken_away(night: Night, known: set[tuple[str, date, str]], files: list[FeedFile]) -> list[FeedFile]:
    """What this night loaded before and somebody has since removed from the feed folder: read again from where it landed."""
    here = {(file.name, file.business_date) for file in files}
    return [
        FeedFile(path=place, name=name, business_date=business_date, promised=Promise())
        for name, business_date, file_id in sorted(known)
        if (name, business_date) not in here
        for place in [resting_place(file_id, Path(name).suffix, night.settings.paths.landing)]
        if place.exists()
    ]


def _meet(night: Night, file: FeedFile, file_id: str) -> _Met:
    """Lands and checks one file."""
    contract: TableContract | None = None
    full = False
    try:
        profile = read_profile(night.settings.profile)
        match = table_of(file.name, profile, load_contracts())
        if match is None:
            raise FeedRejected(f"{file.name}: the profile {night.settings.profile} knows no such file")
        contract = match.contract
        full = (file.promised.kind or contract.delivery.file) == "full"
        place = land(file, file_id, night.settings.paths.landing)
        check_promise(file, file_id)
        checked = check_file(
            place,
            name=file.name,
            ending=match.ending,
            contract=contract,
            profile=profile,
            municipality=night.municipality,
            encoding=file.promised.encoding,
        )
        check_promise(file, file_id, rows=checked.rows.height + checked.quarantined.height)
    except FeedRejected as refused:
        return _Met(
            file=file, file_id=file_id, contract=contract, full=full, rows=None, quarantined=None, reason=str(refused)
        )
    return _Met(
        file=file,
        file_id=file_id,
        contract=contract,
        full=full,
        rows=checked.rows,
        quarantined=checked.quarantined,
        reason="",
    )


def _load(night: Night, met: list[_Met]) -> None:
    """Writes every partition of the night; the files' own partition last, so that a killed load is loaded again."""
    warehouse, municipality, on = night.warehouse, night.municipality, night.on
    warehouse.replace("history.files", municipality, on, _file_rows(night, []))
    values = {"municipality": municipality, "night": on}
    repeated = set(warehouse.query(SQL["accepted_before"], **values).iter_rows())
    told = dict(warehouse.query(SQL["newest_fulls"], **values).iter_rows())
    for contract in load_contracts().values():
        since = told.get(contract.table, date.min) if contract.kind == "state" else date.min
        files = [
            Staged(file_id=one.file_id, business_date=one.file.business_date, full=one.full, rows=one.rows)
            for one in met
            if one.contract is contract
            and one.rows is not None
            and one.file.business_date >= since  # a newer full file has told the whole state already
            and (one.full or (contract.table, one.file_id) not in repeated)
        ]
        if files:
            append(warehouse, contract, files, municipality=municipality, night=on)
    quarantine = _quarantine_rows(night, met)
    warehouse.replace("history.quarantine", municipality, on, quarantine)
    warehouse.replace("history.resolutions", municipality, on, _resolutions(night, met))
    warehouse.replace("history.files", municipality, on, _file_rows(night, met))


def _file_rows(night: Night, met: list[_Met]) -> pl.DataFrame:
    first = dict(
        night.warehouse.query(SQL["baseline_nights"], municipality=night.municipality, night=night.on).iter_rows()
    )
    rows = [
        {
            "municipality_code": night.municipality,
            "night": night.on,
            "file_id": one.file_id,
            "file_name": one.file.name,
            "table_name": one.contract.table if one.contract else None,
            "business_date": one.file.business_date,
            "kind": "full" if one.full else "delta",
            "rows": one.rows.height if one.rows is not None else 0,
            "quarantined": one.quarantined.height if one.quarantined is not None else 0,
            "state": "rejected" if one.reason else "accepted",
            "reason": one.reason,
            "baseline": not one.reason
            and one.contract is not None
            and first.get(one.contract.table, night.on) == night.on,
        }
        for one in met
    ]
    return pl.DataFrame(rows, schema=_FILES)


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
}
_QUARANTINE = {
    "municipality_code": pl.String,
    "night": pl.Date,
    "quarantine_id": pl.String,
    "file_id": pl.String,
    "table_name": pl.String,
    "business_date": pl.Date,
    "row_number": pl.Int64,
    "resident_id": pl.String,
    "source_key": pl.String,
    "reason": pl.String,
}


def _quarantine_rows(night: Night, met: list[_Met]) -> pl.DataFrame:
    rows = [
        {
            "municipality_code": night.municipality,
            "night": night.on,
            "quarantine_id": hashlib.sha256(
                f"{one.file_id}|{one.file.business_date}|{row['row_number']}".encode()
            ).hexdigest()[:16],
            "file_id": one.file_id,
            "table_name": one.contract.table,
            "business_date": one.file.business_date,
            **row,
        }
        for one in met
        if one.contract is not None and one.quarantined is not None
        for row in one.quarantined.iter_rows(named=True)
    ]
    return pl.DataFrame(rows, schema=_QUARANTINE)


def _resolutions(night: Night, met: list[_Met]) -> pl.DataFrame:
    """Quarantined rows of earlier nights that tonight's files bring right: the same key again, or a whole file without faults."""
    earlier = night.warehouse.query(SQL["open_quarantine"], municipality=night.municipality, night=night.on).filter(
        pl.col("night") < night.on
    )
    resolved: list[str] = []
    for one in met:
        if one.contract is None or one.rows is None or one.quarantined is None:
            continue
        mine = earlier.filter(pl.col("table_name") == one.contract.table)
        if one.full and not one.quarantined.height:
            resolved += mine["quarantine_id"].to_list()
        else:
            resolved += mine.filter(pl.col("source_key").is_in(one.rows["source_key"].to_list()))[
                "quarantine_id"
            ].to_list()
    rows = [
        {"municipality_code": night.municipality, "night": night.on, "quarantine_id": found}
        for found in sorted(set(resolved))
    ]
    return pl.DataFrame(rows, schema={"municipality_code": pl.String, "night": pl.Date, "quarantine_id": pl.String})


def _report(night: Night, *, fresh: bool) -> Loaded:
    files = night.warehouse.query(SQL["files_of_night"], municipality=night.municipality, night=night.on)
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
        fresh=fresh,
    )
