"""Meeting a feed file: it lands, is held to its manifest, and is checked against its table's contract."""

import hashlib
import json
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

import polars as pl

from engine.core.errors import FeedRejected
from engine.night import Night
from engine.records.check import Checked, check_file
from engine.records.contract import TableContract, load_contracts
from engine.records.history import known_rows
from engine.records.landing import FeedFile, Promise, check_promise, land, resting_place
from engine.records.profiles import Match, read_profile, table_of
from engine.records.reading import opened_source


@dataclass(frozen=True, kw_only=True)
class Met:
    """One file met tonight and what became of it: checked, or refused for a reason."""

    file: FeedFile
    file_id: str
    contract: TableContract | None
    checked: Checked | None = None
    reason: str = ""
    again: bool = False  #: read before; read again for the rows that were set aside then

    @property
    def full(self) -> bool:
        """Whether it tells a whole table."""
        return (
            not self.again
            and self.contract is not None
            and (self.file.promised.kind or self.contract.delivery.file) == "full"
        )

    @property
    def kind(self) -> str:
        """As `history.files` says it."""
        return "retry" if self.again else "full" if self.full else "delta"

    @property
    def set_aside(self) -> pl.DataFrame | None:
        """The rows of it that are quarantined tonight: row_number, resident_id, source_key, reason."""
        return None if self.checked is None or self.again else self.checked.quarantined


def matched(night: Night, file: FeedFile) -> Match | None:
    """The table a file stands for; None when the profile knows no such file."""
    return table_of(file.name, read_profile(night.settings.profile), load_contracts())


def landed_file(night: Night, row: Mapping[str, Any], kind: Literal["full", "delta"] | None = None) -> FeedFile | None:
    """A file of an earlier reading (a row of `history.files`) from where it landed; None when somebody removed it from there."""
    place = resting_place(row["file_id"], Path(row["file_name"]).suffix, night.settings.paths.landing)
    promised = Promise(kind=kind, encoding=row["encoding"])
    file = FeedFile(path=place, name=row["file_name"], business_date=row["business_date"], promised=promised)
    return file if place.exists() else None


def read_by(night: Night, contract: TableContract) -> str:
    """Tells the rules a table's files are read by tonight from any others: its contract and the profile."""
    said = json.dumps(asdict(contract), ensure_ascii=False, separators=(",", ":"))
    rules = said + read_profile(night.settings.profile).model_dump_json()
    return hashlib.sha256(rules.encode()).hexdigest()[:16]


def meet(night: Night, file: FeedFile, file_id: str, *, place: int, stay: ExitStack, again: bool = False) -> Met:
    """Lands and checks one file; it can be read while `stay` lasts. `place` tells it from the other files of its table."""
    match = matched(night, file)
    met = Met(file=file, file_id=file_id, contract=match.contract if match else None, again=again)
    try:
        landed = land(file, file_id, night.settings.paths.landing)
        if match is None:
            raise FeedRejected(f"{file.name}: the profile {night.settings.profile} knows no such file")
        check_promise(file, file_id)
        profile = read_profile(night.settings.profile)
        encoding = file.promised.encoding or profile.encoding
        opened = opened_source(
            landed, name=file.name, ending=match.ending, encoding=encoding, scratch=night.settings.paths.scratch
        )
        checked = check_file(
            night.warehouse,
            stay.enter_context(opened),
            contract=match.contract,
            profile=profile,
            municipality=night.municipality,
            arrived=f"arrived_{place}",
            known=known_rows(match.contract, full=met.full),
            night=night.on,
        )
        check_promise(file, file_id, rows=checked.rows + checked.quarantined.height)
    except FeedRejected as refused:
        return Met(file=file, file_id=file_id, contract=met.contract, reason=str(refused), again=again)
    return Met(file=file, file_id=file_id, contract=met.contract, checked=checked, again=again)
