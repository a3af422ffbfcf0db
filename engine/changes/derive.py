"""Stage 3 of the night: history in, typed (before, after) pairs out, one table of changes per contract table."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from engine.core.sql import Query, load_queries, quoted
from engine.core.yaml_text import load_yaml
from engine.night import Night
from engine.records.contract import TableContract, load_contracts
from engine.records.tables import listed

_SQL = load_queries(Path(__file__).with_name("derive.sql"))


@dataclass(frozen=True)
class Changes:
    """How many changes of each class the night brought, over all tables."""

    counts: Mapping[str, int]

    def summary(self) -> Mapping[str, Any]:
        """class → number."""
        return {"changes": dict(sorted(self.counts.items()))}


def derive_changes(night: Night) -> Changes:
    """Writes tonight's partition of every `changes.<table>`. A table's first load is a baseline and brings no changes."""
    warehouse, values = night.warehouse, {"municipality": night.municipality, "night": night.on}
    news = set(warehouse.query(_SQL["tables_with_news"], **values)["table_name"].to_list())
    counts: Counter[str] = Counter()
    for contract in load_contracts().values():
        table = f"changes.{contract.table}"
        if contract.table not in news:
            warehouse.replace_by(table, night.municipality, night.on, [])
            continue
        classes = _classes().get(contract.table, {})
        warehouse.replace(
            table,
            night.municipality,
            night.on,
            derivation(contract),
            **values,
            table_name=contract.table,
            cancelled=classes.get("cancelled", []),
            corrected=classes.get("corrected", []),
        )
        counts.update(dict(warehouse.query(_SQL["count_classes"].about(table=table), **values).iter_rows()))
    return Changes(counts)


@cache
def _classes() -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = load_yaml(Path(__file__).with_name("classes.yaml").read_text(encoding="utf-8"))
    return found


@cache
def _derive_query() -> Query:
    return _SQL["derive"]


def derivation(contract: TableContract) -> Query:
    """The SELECT that derives one table's changes of a night."""
    part = "person_id" if contract.kind == "history" else "source_key"
    classes = _classes().get(contract.table, {})
    columns = list(contract.physical_columns())
    effective = contract.with_role("effective")
    uncertain = effective is not None and contract.columns[effective].uncertain
    return _derive_query().about(
        table=f"history.{contract.table}",
        part=f"h.{part}",
        tonight_part=f"t.{part}",
        sequence_part=f"s.{part}",
        previous_part=f"p.{part}",
        packed=_call("struct_pack", [f"{quoted(name)} := h.{quoted(name)}" for name in columns]),
        moved=_moved(columns),
        reason=_field(classes.get("column")),
        effective=_field(effective, null="CAST(NULL AS DATE)"),
        effective_unknown=_field(f"{effective}_unknown") if uncertain else listed(["FALSE"]),
        notified=_field(contract.with_role("notified"), null="CAST(NULL AS DATE)"),
        processed=_field(contract.with_role("processed"), null="CAST(NULL AS DATE)"),
    )


def _field(column: str | None, *, null: str = "CAST(NULL AS VARCHAR)") -> Query:
    """A column of the row tonight, or NULL where the table has none for the purpose."""
    return listed([f"s.content.{quoted(column)}"]) if column else listed([null])


def _call(function: str, arguments: list[str]) -> Query:
    return listed([f"{function}({', '.join(arguments)})"])


def _moved(columns: list[str]) -> Query:
    """The names of the columns that differ from the row before; all that hold a value when there was none."""
    cases = [
        f"CASE WHEN s.earlier.{quoted(name)} IS DISTINCT FROM s.content.{quoted(name)} THEN '{quoted(name)[1:-1]}' END"
        for name in columns
    ]
    return listed([f"list_filter([{', '.join(cases)}], lambda name: name IS NOT NULL)"])
