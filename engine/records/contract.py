"""Table contracts: what a feed of each table must look like, as `contract/*.yaml` says.

All of them stand in `contracts.json` as well, with the digest of what it was made of: it is read as long as that is what is there, in a
tenth of the time and without a reader of YAML.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import ClassVar, Literal

from engine.core.dates import is_business_day
from engine.core.later import Later
from engine.core.written import read, written

reading = Later("engine.records.contract_files")
FOLDER = Path(__file__).with_name("contract")
TOGETHER = Path(__file__).with_name("contracts.json")

ColumnType = Literal["id", "text", "code", "date", "integer", "yen", "boolean"]
SQL_TYPES: Mapping[str, str] = {
    "id": "VARCHAR",
    "text": "VARCHAR",
    "code": "VARCHAR",
    "date": "DATE",
    "integer": "INTEGER",
    "yen": "BIGINT",
    "boolean": "BOOLEAN",
}


@dataclass(frozen=True, kw_only=True)
class Part:
    """A piece of a contract: frozen, unknown keys refused where it is read."""

    __pydantic_config__: ClassVar = {"extra": "forbid"}


@dataclass(frozen=True, kw_only=True)
class Column(Part):
    """One column. `uncertain` dates bring two companions, `<name>_unknown` and `<name>_text` (不詳フラグ, 不詳表記).

    `names`: whom an id stands for (宛名番号, 世帯番号); ids of things have none.
    """

    type: ColumnType
    ja: str
    nullable: bool = True
    codes: dict[str, str] = field(default_factory=dict)
    personal: Literal["none", "personal", "sensitive"] = "none"
    uncertain: bool = False
    role: Literal["effective", "notified", "processed"] | None = None
    names: Literal["person", "household"] | None = None


Weekday = Literal["mon", "tue", "wed", "thu", "fri"]
WEEKDAYS: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu", "fri")


@dataclass(frozen=True, kw_only=True)
class Delivery(Part):
    """When and how a feed comes: on office days that are one of its weekdays; a missing mandatory one stops the night.

    `maximum_age_days`: how far its newest file may lie behind the newest date one was due on, plus one: 1 is that date itself.
    """

    mandatory: bool
    maximum_age_days: int
    file: Literal["full", "delta"]
    weekdays: tuple[Weekday, ...] = WEEKDAYS

    def __post_init__(self) -> None:
        """Raises ValueError for an age below a day, and for no weekday at all."""
        if self.maximum_age_days < 1 or not self.weekdays:
            raise ValueError("maximum_age_days is 1 at least, and weekdays are one at least")

    def due_on(self, on: date) -> date:
        """The newest date, not after `on`, of which a file was due."""
        while not (is_business_day(on) and WEEKDAYS[on.weekday()] in self.weekdays):
            on -= timedelta(days=1)
        return on


@dataclass(frozen=True, kw_only=True)
class TableContract(Part):
    """One table of one municipal system. `person` is the column that names whom a row is about."""

    table: str
    ja: str
    system: str
    interface: str
    kind: Literal["history", "state"]
    key: tuple[str, ...]
    person: str
    owner_office: str
    delivery: Delivery
    columns: dict[str, Column]

    def __post_init__(self) -> None:
        """Raises ValueError for a name that does not fit."""
        for name in (*self.key, self.person):
            if name not in self.columns:
                raise ValueError(f"{name} is not a column")
        for name, column in self.columns.items():
            if column.uncertain and column.type != "date":
                raise ValueError(f"{name} is uncertain but not a date")
            if column.names and (column.type != "id" or not name.endswith("_id")):
                raise ValueError(f"{name} names somebody but is no id called so")
        if self.columns[self.person].names != "person":
            raise ValueError(f"{self.person} names no person")

    def physical_columns(self) -> dict[str, str]:
        """Column name → DuckDB type in file order, companions of uncertain dates right behind them."""
        found: dict[str, str] = {}
        for name, column in self.columns.items():
            found[name] = SQL_TYPES[column.type]
            if column.uncertain:
                found |= {f"{name}_unknown": "BOOLEAN", f"{name}_text": "VARCHAR"}
        return found

    def with_role(self, role: str) -> str | None:
        """The column that plays a role (effective, notified, processed), or None."""
        return next((name for name, column in self.columns.items() if column.role == role), None)

    @property
    def ids(self) -> dict[str, Literal["person", "household"]]:
        """The columns that name a person or a household, and which of the two."""
        return {name: column.names for name, column in self.columns.items() if column.names}

    @property
    def sequence(self) -> tuple[str, ...]:
        """The key columns that order one person's rows; empty for state tables."""
        return tuple(name for name in self.key if name != self.person) if self.kind == "history" else ()


_TYPES: Mapping[str, type] = {one.__name__: one for one in (TableContract, Delivery, Column)}


@cache
def load_contracts() -> Mapping[str, TableContract]:
    """Every table's contract by table name. Raises ContractError that names the file and the key."""
    made_of, _, told = TOGETHER.read_text(encoding="utf-8").partition("\n")
    contracts: Mapping[str, TableContract] = read(told, _TYPES) if made_of == digest() else reading.read_contracts()
    return contracts


def together(contracts: Mapping[str, TableContract]) -> str:
    """What `contracts.json` holds of these."""
    return f"{digest()}\n{written(contracts)}\n"


@cache
def digest() -> str:
    """The SHA-256 of all contract files, and of the names under which they are read."""
    names = (f"{name} {one.name}" for name, of in _TYPES.items() for one in fields(of))
    files = (part for path in sorted(FOLDER.glob("*.yaml")) for part in (path.name.encode(), path.read_bytes()))
    return hashlib.sha256(b"\0".join([*(name.encode() for name in names), *files])).hexdigest()


def number_of(column: str) -> str:
    """The column in which the number stands for an id: `household_number` for `household_id`."""
    return f"{column.removesuffix('_id')}_number"


def told_by(table: str, column: str) -> str:
    """The column of a snapshot's table by which people and households are told apart, where this one names them; else itself."""
    return number_of(column) if column in load_contracts()[table].ids else column
