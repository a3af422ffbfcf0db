"""An expression as one SQL value over a table of cases, three-valued, in the portable subset. Built from the tree alone.

A case is one row of `cases` (alias c): case_id, subject_id, household_id, occurred_on, as_of, detail.
"""

from datetime import date

from sqlglot import exp

from eligibility.language.nodes import (
    Among,
    Call,
    Column,
    Comparison,
    Constant,
    EventDetail,
    Logic,
    Moment,
    Node,
    Quantified,
)
from eligibility.language.sources import sources
from eligibility.language.statutory import FUNCTIONS
from engine.core.sql import quoted

_TRUES = "COUNT({key}) FILTER (WHERE {p})"
_FALSES = "COUNT({key}) FILTER (WHERE NOT ({p}))"
_UNKNOWNS = "COUNT({key}) FILTER (WHERE ({p}) IS NULL)"
_QUANTIFIED = {
    "any_of": f"CASE WHEN {_TRUES} > 0 THEN TRUE WHEN {_UNKNOWNS} > 0 THEN NULL ELSE FALSE END",
    "none_of": f"CASE WHEN {_TRUES} > 0 THEN FALSE WHEN {_UNKNOWNS} > 0 THEN NULL ELSE TRUE END",
    "all_of": f"CASE WHEN {_FALSES} > 0 THEN FALSE WHEN {_UNKNOWNS} > 0 THEN NULL ELSE TRUE END",
    "count_of": f"CASE WHEN {_UNKNOWNS} > 0 THEN NULL ELSE {_TRUES} END",
}


def to_sql(node: Node, schema: str) -> str:
    """The SQL value of an expression, reading records as of `schema` (now, before …)."""
    if isinstance(node, Constant):
        return _literal(node)
    if isinstance(node, Moment):
        return "c.as_of" if node.name == "as_of" else "c.occurred_on"
    if isinstance(node, EventDetail):
        return "c.detail"
    if isinstance(node, Column):
        return f"{_alias(node.alias)}.{quoted(node.name)}"
    if isinstance(node, Call):
        return (
            "(" + FUNCTIONS[node.function].sql.format(*(to_sql(argument, schema) for argument in node.arguments)) + ")"
        )
    if isinstance(node, Comparison):
        return f"({to_sql(node.left, schema)} {node.operator} {to_sql(node.right, schema)})"
    if isinstance(node, Among):
        return f"({to_sql(node.left, schema)} IN ({', '.join(_literal(option) for option in node.options)}))"
    if isinstance(node, Logic):
        parts = [to_sql(part, schema) for part in node.parts]
        return f"(NOT {parts[0]})" if node.operator == "not" else "(" + f" {node.operator.upper()} ".join(parts) + ")"
    return _quantified(node, schema)


def _literal(node: Constant) -> str:
    if isinstance(node.value, date):
        return f"DATE '{node.value.isoformat()}'"
    return exp.convert(node.value).sql(dialect="duckdb")


def _alias(alias: str) -> str:
    return quoted(alias.replace(".", "__"))


def _quantified(node: Quantified, schema: str) -> str:
    alias = _alias(node.alias)
    predicate = to_sql(node.predicate, schema)
    if node.source == "household":
        table, key = quoted(f"{schema}.residents"), f"{alias}.resident_id"
        whose = f"{alias}.household_id = c.household_id AND {alias}.status = 'RESIDENT'"
    else:
        source = sources()[node.source]
        table, key = quoted(f"{schema}.{source.table}"), f"{alias}.{quoted(source.join)}"
        whose = f"{key} = c.subject_id"
    value = _QUANTIFIED[node.quantifier].format(key=key, p=predicate)
    return " ".join(["(SELECT", value, "FROM", table, "AS", alias, "WHERE", whose, ")"])


def singles(nodes: list[Node]) -> list[str]:
    """The person-level tables (`nhi`, `pension` …) that expressions read without a quantifier, for their joins."""
    found: set[str] = set()
    for node in nodes:
        _collect(node, found)
    return sorted(found)


def _collect(node: Node, found: set[str]) -> None:
    if isinstance(node, Column) and node.alias.startswith("subject."):
        found.add(node.alias.removeprefix("subject."))
    children = (
        node.arguments
        if isinstance(node, Call)
        else node.parts
        if isinstance(node, Logic)
        else (node.left, node.right)
        if isinstance(node, Comparison)
        else (node.left,)
        if isinstance(node, Among)
        else (node.predicate,)
        if isinstance(node, Quantified)
        else ()
    )
    for child in children:
        _collect(child, found)


def joins(tables: list[str], schema: str) -> str:
    """LEFT JOINs of the subject and of the person-level tables onto the cases."""
    parts = [f'LEFT JOIN {quoted(f"{schema}.residents")} AS "subject" ON "subject".resident_id = c.subject_id']
    for name in tables:
        source, alias = sources()[name], _alias(f"subject.{name}")
        parts.append(
            f"LEFT JOIN {quoted(f'{schema}.{source.table}')} AS {alias} ON {alias}.{quoted(source.join)} = c.subject_id"
        )
    return "\n".join(parts)
