"""A row that was set aside, in words: where it stands, what is wrong, what to do, and whom it holds. Never its values."""

from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Literal

from engine.core.errors import InputError
from engine.core.yaml_text import load_yaml
from engine.night import Night
from engine.records.contract import load_contracts
from engine.records.meeting import landed_file, meet
from engine.records.quarantine import SQL

Language = Literal["ja", "en"]


@cache
def reasons() -> Mapping[str, Mapping[str, str]]:
    """Reason code → ja, en, do_ja, do_en."""
    found: dict[str, dict[str, str]] = load_yaml(Path(__file__).with_name("reasons.yaml").read_text(encoding="utf-8"))
    return found


@dataclass(frozen=True, kw_only=True)
class SetAside:
    """One quarantined row, and what reading its file again by today's rules makes of it."""

    quarantine_id: str
    night: date
    file_name: str
    table: str
    business_date: date
    row_number: int
    reason: str
    held: bool  #: whether the row names a resident, who and whose household is held until it is right

    def words(self, language: Language) -> str:
        """What is wrong and what to do, in one paragraph."""
        code, _, column = self.reason.partition(": ")
        contract, told = load_contracts()[self.table], reasons()[code]
        name = column.removesuffix("_unknown").removesuffix("_text")
        label = contract.columns[name].ja if language == "ja" and name in contract.columns else column
        wrong = told[language].format(column=label)
        if language == "ja":
            whom = "この行の人と同じ世帯には、直るまで何も送りません。" if self.held else "だれの行かわかりません。"
            return f"{self.business_date} の {self.file_name}、{self.row_number}行目（{contract.ja}）。{wrong}{told['do_ja']}{whom}"
        whom = (
            "Nothing is sent to this person or their household until it is right."
            if self.held
            else "It cannot be told whose row it is."
        )
        return f"{self.file_name} of {self.business_date}, row {self.row_number} ({self.table}). {wrong} {told['do_en']} {whom}"


def set_aside(night: Night) -> list[SetAside]:
    """Every row that is set aside as of a night."""
    query = SQL["open_with_files"].about(open=SQL["open_quarantine"])
    rows = night.warehouse.query(query, municipality=night.municipality, night=night.on)
    return [
        SetAside(
            quarantine_id=row["quarantine_id"],
            night=row["night"],
            file_name=row["file_name"],
            table=row["table_name"],
            business_date=row["business_date"],
            row_number=row["row_number"],
            reason=row["reason"],
            held=row["resident_id"] is not None,
        )
        for row in rows.to_dicts()
    ]


def found_by_id(rows: list[SetAside], quarantine_id: str) -> SetAside:
    """The row with this id. Raises InputError when none is set aside under it."""
    for row in rows:
        if row.quarantine_id == quarantine_id:
            return row
    raise InputError(f"no row is set aside under {quarantine_id!r}; `todoke records quarantine` lists them")


def tried_again(night: Night) -> list[tuple[SetAside, str]]:
    """Each row that is set aside, and why it would be again by today's rules; "" for one that the next night will take up.

    Nothing is written: the next night, or the same one run again, reads these files by itself.
    """
    query = SQL["files_to_try_again"].about(open=SQL["open_quarantine"])
    values = {"municipality": night.municipality, "night": night.on}
    faults: dict[tuple[str, date], Mapping[int, str]] = {}
    with ExitStack() as stay:
        for place, row in enumerate(night.warehouse.query(query, **values).to_dicts()):
            faults[row["file_name"], row["business_date"]] = _faults(night, row, place, stay)
    return [
        (row, faults.get((row.file_name, row.business_date), {}).get(row.row_number, "")) for row in set_aside(night)
    ]


def _faults(night: Night, row: Mapping[str, Any], place: int, stay: ExitStack) -> Mapping[int, str]:
    """Row number → what is wrong with it today."""
    file = landed_file(night, row)
    if file is None:
        raise InputError(
            f"{row['file_name']} of {row['business_date']} is no longer in paths.landing; ask for it again"
        )
    met = meet(night, file, row["file_id"], place=place, stay=stay, again=True)
    if met.checked is None:
        raise InputError(met.reason)
    return dict(met.checked.quarantined.select("row_number", "reason").iter_rows())
