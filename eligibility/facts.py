"""Facts of one person as a counter or an example writes them, checked against the contracts before anything is judged."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from eligibility.language.evaluate import Facts, Record
from eligibility.language.parse import did_you_mean
from engine.core.errors import InputError
from engine.records.contract import TableContract, load_contracts

_PARTS = frozenset({"subject", "household", "records", "event", "documents"})
_EVENT = frozenset({"occurred_on", "detail"})
_STARTS = frozenset({"BIRTH", "DOMESTIC_IN", "FOREIGN_IN", "DEATH"})


def facts_from(values: Mapping[str, Any], on: date) -> Facts:
    """Facts in the shape of `assess --facts`. What is left out is unknown; an empty table says that there is no row.

    Raises InputError that names the table and column that is not as its contract says; never the value.
    """
    _known("facts", _object(values, "facts"), _PARTS)
    event = _object(values.get("event", {}), "event")
    _known("event", event, _EVENT)
    subject = _row("residents", values.get("subject", {}))
    records = {
        table: _current(table, [_row(table, row) for row in _list(rows, table)])
        for table, rows in _object(values.get("records", {}), "records").items()
    }
    household = [_row("residents", row) for row in _list(values.get("household", []), "household")]
    return Facts(
        subject=subject,
        household=_with(subject, household) if "household" in values else None,
        records=records,
        as_of=on,
        occurred_on=occurred_on(values) or on,
        detail=str(event.get("detail", "")),
    )


def occurred_on(values: Mapping[str, Any]) -> date | None:
    """When the event happened: as told, else the date of the subject's birth, move-in or death entry, else None."""
    told = _date(values.get("event", {}).get("occurred_on"), "event.occurred_on")
    subject = values.get("subject", {})
    if told is None and subject.get("move_reason") in _STARTS:
        return _date(subject.get("effective_date"), "residents.effective_date")
    return told


def _with(subject: Record, household: Sequence[Record]) -> list[Record]:
    """The household with the subject in it, once."""
    number = subject.get("resident_id")
    among = any(row == subject or (number is not None and row.get("resident_id") == number) for row in household)
    return [*household] if among else [subject, *household]


def _current(table: str, rows: list[Record]) -> list[Record]:
    """What the night would see: of a history table each person's newest row, of a state table each key's last one."""
    contract = _contract(table)
    if contract.sequence:
        rows = sorted(rows, key=lambda row: tuple(row.get(name) or 0 for name in contract.sequence))
    key = (contract.person,) if contract.kind == "history" else contract.key
    newest: dict[Any, Record] = {}
    for place, row in enumerate(rows):
        told = tuple(row.get(name) for name in key)
        newest[place if None in told and contract.kind == "state" else told] = row
    return list(newest.values())


def _contract(table: str) -> TableContract:
    if table not in load_contracts():
        raise InputError(f"facts: there is no table {table!r}; `todoke records contract` lists them")
    return load_contracts()[table]


def _row(table: str, row: Any) -> dict[str, Any]:
    contract = _contract(table)
    columns = contract.physical_columns()
    _known(table, _object(row, table), frozenset(columns) | {"municipality_code"})
    return {name: _value(contract, name, columns.get(name, "VARCHAR"), value) for name, value in row.items()}


def _value(contract: TableContract, name: str, sql_type: str, value: Any) -> Any:
    place = f"{contract.table}.{name}"
    if value is None or sql_type == "DATE":
        return _date(value, place)
    wanted = {"BOOLEAN": bool, "INTEGER": int, "BIGINT": int}.get(sql_type, str)
    if not isinstance(value, wanted) or (wanted is int and isinstance(value, bool)):
        said = {bool: "true or false", int: "a whole number", str: "a text in quotes"}[wanted]
        raise InputError(f"facts: {place} must be {said}, or null when it is not known")
    codes = contract.columns[name].codes if name in contract.columns else {}
    if codes and value not in codes:
        nearest = did_you_mean(str(value), codes)
        raise InputError(
            f"facts: {place} has a code that is not in its contract; {nearest}use one of {', '.join(codes)}"
        )
    return value


def _date(value: Any, place: str) -> date | None:
    if value is None or isinstance(value, date):
        return value
    try:
        return date.fromisoformat(value)
    except (ValueError, TypeError):
        raise InputError(f"facts: {place} is not a date (YYYY-MM-DD)") from None


def _object(value: Any, place: str) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise InputError(f"facts: {place} must be an object {{…}}")
    return value


def _list(value: Any, place: str) -> Sequence[Any]:
    if not isinstance(value, list | tuple):
        raise InputError(f"facts: {place} must be a list […]")
    return value


def _known(place: str, given: Mapping[str, Any], names: frozenset[str]) -> None:
    unknown = sorted(str(name) for name in set(given) - names)
    if unknown:
        nearest = did_you_mean(unknown[0], names).rstrip()
        raise InputError(f"facts: {place} has no {unknown[0]!r}{'; ' + nearest if nearest else ''}")
