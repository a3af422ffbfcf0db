"""Record changes as a clerk would say them: the table's and the code's own words from the contract of the records."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from engine.records.contract import load_contracts
from notices.approval.models import Item
from notices.desk.catalogue import Phrases


@dataclass(frozen=True, kw_only=True)
class RecordChange:
    """One column of one record, before and after, in words."""

    table: str
    column: str
    before: str
    after: str
    file_date: str


def changes_behind(items: Iterable[Item], t: Phrases) -> list[RecordChange]:
    """The record changes behind these items, each once."""
    said = (_said(one, t) for item in items for one in item.evidence or [])
    return list(dict.fromkeys(said))


def _said(entry: Mapping[str, object], t: Phrases) -> RecordChange:
    table, column = str(entry.get("table") or ""), str(entry.get("column") or "")
    contract = load_contracts().get(table)
    known = contract.columns.get(column) if contract else None
    codes = known.codes if known else {}

    def words(value: object) -> str:
        return codes.get(str(value)) or t.fact(value)

    return RecordChange(
        table=contract.ja if contract else table,
        column=str(entry.get("ja") or (known.ja if known else column)),
        before=words(entry.get("before")),
        after=words(entry.get("after")),
        file_date=t.full_day(str(entry.get("file_date") or entry.get("date") or "") or None),
    )
