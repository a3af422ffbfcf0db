"""A page per table for people: what comes from where, when, and what each column means. Written from the contracts, never by hand."""

from pathlib import Path

from engine.records.contract import Column, TableContract, load_contracts
from engine.records.profiles import read_profile

_KINDS = {
    "history": "history: a row per history key, kept for ever; the newest of a person counts",
    "state": "state: a row per key; a new version where a row differs",
}
_TYPES = {
    "id": "identifier",
    "text": "text",
    "code": "code",
    "date": "date (YYYY-MM-DD)",
    "integer": "whole number",
    "yen": "yen",
    "boolean": "yes or no",
}
_DAYS = {"mon": "Monday", "tue": "Tuesday", "wed": "Wednesday", "thu": "Thursday", "fri": "Friday"}


def write_pages(folder: Path) -> list[Path]:
    """Writes a page for every table and one that lists them; returns what it wrote."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name, text in pages().items():
        path = folder / name
        path.write_text(text, encoding="utf-8")
        written.append(path)
    return written


def pages() -> dict[str, str]:
    """File name → text."""
    contracts = load_contracts()
    lines = [
        f"| [{name}]({name}.md) | {one.ja} | {one.system} | `{one.interface}` | {one.kind} |"
        for name, one in contracts.items()
    ]
    index = ["# Tables", "", "Written by `todoke records contract --pages docs/tables`.", ""]
    index += ["| table | 名前 | system | interface | kind |", "| --- | --- | --- | --- | --- |", *lines, ""]
    return {"README.md": "\n".join(index)} | {f"{name}.md": page(one) for name, one in contracts.items()}


def page(contract: TableContract) -> str:
    """One table's page."""
    delivery, profile = contract.delivery, read_profile("standard")
    must = "the night stops without it" if delivery.mandatory else "a gap is told, and the night goes on"
    days = ", ".join(_DAYS[day] for day in delivery.weekdays)
    key = ", ".join(f"`{part}`" for part in contract.key)
    age = (
        "of the newest date due"
        if delivery.maximum_age_days == 1
        else f"at most {delivery.maximum_age_days} days behind the newest date due"
    )
    lines = [
        f"# {contract.table} {contract.ja}",
        "",
        f"* System {contract.system}, interface `{contract.interface}`; owner office `{contract.owner_office}`.",
        f"* File `{contract.table}.csv` (profile canonical) or `{profile.file_stem(contract)}.csv` (profile standard); also `.parquet`.",
        f"* {_KINDS[contract.kind].capitalize()}. Key: {key}; a row is about `{contract.person}`.",
        f"* Delivery: {delivery.file} files, {days} when offices are open; {age}, else {must}.",
        "",
        "| column | 項目名 | type | empty | personal data | codes |",
        "| --- | --- | --- | --- | --- | --- |",
        *(_line(name, column) for name, column in contract.columns.items()),
        "",
    ]
    return "\n".join(lines)


def _line(name: str, column: Column) -> str:
    kind = _TYPES[column.type] + ("; with `_unknown` and `_text`" if column.uncertain else "")
    role = f" ({column.role} date)" if column.role else ""
    codes = ", ".join(f"`{code}` {meaning}" for code, meaning in column.codes.items())
    return f"| `{name}` | {column.ja} | {kind}{role} | {'may be' if column.nullable else 'never'} | {column.personal} | {codes} |"
