"""What a rule can read: the subject, their records in each table, and the people of their household. Columns are the contracts'."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from eligibility.language.nodes import Kind
from engine.records.contract import TableContract, load_contracts

_KINDS: Mapping[str, Kind] = {
    "id": "text",
    "text": "text",
    "code": "text",
    "date": "date",
    "integer": "number",
    "yen": "number",
    "boolean": "boolean",
}


@dataclass(frozen=True, kw_only=True)
class Source:
    """Records that belong to a person. `single`: at most one row each, so columns can be read without a quantifier."""

    table: str
    join: str
    single: bool


@cache
def sources() -> Mapping[str, Source]:
    """Name in a rule → table and the column that holds the person's number."""
    found = {
        name: Source(
            table=name, join=contract.person, single=contract.kind == "history" or contract.key == (contract.person,)
        )
        for name, contract in load_contracts().items()
        if name != "residents"
    }
    return found | {"allowance_as_child": Source(table="child_allowance", join="child_id", single=False)}


def contract_of(table: str) -> TableContract:
    """A table's contract."""
    return load_contracts()[table]


def kind_of(table: str, column: str) -> Kind | None:
    """The kind of a declared column; None when the table has no such column."""
    declared = contract_of(table).columns.get(column)
    return _KINDS[declared.type] if declared else None
