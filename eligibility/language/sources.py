"""What a rule can read: the subject, their records in each table, and the people of their household. Columns are the contracts'."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from eligibility.language.nodes import Column, Consented, Kind, Node, Quantified, Total, given, walk
from engine.records.contract import load_contracts

_KINDS: Mapping[str, Kind] = {
    "id": "text",
    "text": "text",
    "code": "code",
    "date": "date",
    "integer": "number",
    "yen": "yen",
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


def numbers(table: str) -> tuple[str, ...]:
    """The columns by which a table's rows are found: those that say whose a record is, and where a resident lives."""
    if table == "residents":
        return ("household_id", "resident_id")
    return tuple(sorted({one.join for one in sources().values() if one.table == table}))


def kind_of(table: str, column: str) -> Kind | None:
    """The kind of a declared column; None when the table has no such column."""
    declared = load_contracts()[table].columns.get(column)
    return (declared.names or _KINDS[declared.type]) if declared else None


def codes_of(table: str, column: str) -> tuple[str, ...]:
    """The codes a column may hold; none when the contract lists none."""
    return tuple(load_contracts()[table].columns[column].codes)


def columns_of(nodes: Iterable[Node]) -> dict[str, set[str]]:
    """Every table that expressions read, residents among them where they do → the columns read of it, but for those that say whose
    a row is."""
    found: dict[str, set[str]] = defaultdict(set)
    for part in (part for node in nodes for part in walk(node)):
        if isinstance(part, Column):
            found[part.table].add(part.name)
        elif isinstance(part, Quantified | Total):
            found["residents" if part.source == "household" else sources()[part.source].table] |= set()
        elif isinstance(part, Consented):
            found["consents"] |= {one.name for one in walk(given(part)) if isinstance(one, Column)}
    return dict(found)
