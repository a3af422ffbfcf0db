"""Table contracts: what a feed of each table must look like, read from `contract/*.yaml`."""

from collections.abc import Mapping
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Literal, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from engine.core.dates import is_business_day
from engine.core.errors import ContractError
from engine.core.yaml_text import load_yaml

FOLDER = Path(__file__).with_name("contract")

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


class Part(BaseModel):
    """A piece of a contract: frozen, unknown keys refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Column(Part):
    """One column. `uncertain` dates bring two companions, `<name>_unknown` and `<name>_text` (不詳フラグ, 不詳表記).

    `names`: whom an id stands for (宛名番号, 世帯番号); ids of things have none.
    """

    type: ColumnType
    ja: str
    nullable: bool = True
    codes: dict[str, str] = Field(default_factory=dict)
    personal: Literal["none", "personal", "sensitive"] = "none"
    uncertain: bool = False
    role: Literal["effective", "notified", "processed"] | None = None
    names: Literal["person", "household"] | None = None


Weekday = Literal["mon", "tue", "wed", "thu", "fri"]
WEEKDAYS: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu", "fri")


class Delivery(Part):
    """When and how a feed comes: on office days that are one of its weekdays; a missing mandatory one stops the night.

    `maximum_age_days`: how far its newest file may lie behind the newest date one was due on, plus one: 1 is that date itself.
    """

    mandatory: bool
    maximum_age_days: int = Field(ge=1)
    file: Literal["full", "delta"]
    weekdays: tuple[Weekday, ...] = Field(default=WEEKDAYS, min_length=1)

    def due_on(self, on: date) -> date:
        """The newest date, not after `on`, of which a file was due."""
        while not (is_business_day(on) and WEEKDAYS[on.weekday()] in self.weekdays):
            on -= timedelta(days=1)
        return on


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

    @model_validator(mode="after")
    def _names_fit(self) -> Self:
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
        return self

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


@cache
def load_contracts() -> Mapping[str, TableContract]:
    """Every table's contract by table name. Raises ContractError that names the file and the key."""
    return {path.stem: read_contract(path) for path in sorted(FOLDER.glob("*.yaml"))}


def read_contract(path: Path) -> TableContract:
    """One contract file. Raises ContractError that names the file and the key."""
    try:
        return TableContract.model_validate({"table": path.stem} | load_yaml(path.read_text(encoding="utf-8")))
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        raise ContractError(f"{path.name}: {where}: {first['msg']}") from None
    except (yaml.YAMLError, TypeError) as error:
        raise ContractError(f"{path.name} is not a contract: {type(error).__name__}") from None


def number_of(column: str) -> str:
    """The column in which the number stands for an id: `household_number` for `household_id`."""
    return f"{column.removesuffix('_id')}_number"


def told_by(table: str, column: str) -> str:
    """The column of a snapshot's table by which people and households are told apart, where this one names them; else itself."""
    return number_of(column) if column in load_contracts()[table].ids else column
