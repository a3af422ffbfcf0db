"""An expression as one SQL value over a table of cases, three-valued, in the portable subset. Built from the tree alone.

A case is one row of `cases` (alias c): case_id, subject_id, household_id, occurred_on, as_of, detail.
"""

from collections.abc import Iterable, Iterator
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
#: a count with unknowns lies between its trues and its trues + unknowns: often enough to decide
_COUNTED = {
    ">=": f"CASE WHEN {_TRUES} >= {{n}} THEN TRUE WHEN {_TRUES} + {_UNKNOWNS} < {{n}} THEN FALSE ELSE NULL END",
    ">": f"CASE WHEN {_TRUES} > {{n}} THEN TRUE WHEN {_TRUES} + {_UNKNOWNS} <= {{n}} THEN FALSE ELSE NULL END",
    "<": f"CASE WHEN {_TRUES} >= {{n}} THEN FALSE WHEN {_TRUES} + {_UNKNOWNS} < {{n}} THEN TRUE ELSE NULL END",
    "<=": f"CASE WHEN {_TRUES} > {{n}} THEN FALSE WHEN {_TRUES} + {_UNKNOWNS} <= {{n}} THEN TRUE ELSE NULL END",
    "=": f"CASE WHEN {_TRUES} > {{n}} OR {_TRUES} + {_UNKNOWNS} < {{n}} THEN FALSE"
    f" WHEN {_UNKNOWNS} = 0 THEN TRUE ELSE NULL END",
    "<>": f"CASE WHEN {_TRUES} > {{n}} OR {_TRUES} + {_UNKNOWNS} < {{n}} THEN TRUE"
    f" WHEN {_UNKNOWNS} = 0 THEN FALSE ELSE NULL END",
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
        arguments = (to_sql(argument, schema) for argument in node.arguments)
        return "(" + FUNCTIONS[node.function].sql.format(*arguments) + ")"
    if isinstance(node, Comparison):
        return _compared(node, schema)
    if isinstance(node, Among):
        return f"({to_sql(node.left, schema)} IN ({', '.join(_literal(option) for option in node.options)}))"
    if isinstance(node, Logic):
        parts = [to_sql(part, schema) for part in node.parts]
        return f"(NOT {parts[0]})" if node.operator == "not" else "(" + f" {node.operator.upper()} ".join(parts) + ")"
    return _quantified(node, schema, _QUANTIFIED[node.quantifier])


def _literal(node: Constant) -> str:
    if isinstance(node.value, date):
        return f"DATE '{node.value.isoformat()}'"
    return exp.convert(node.value).sql(dialect="duckdb")


def _alias(alias: str) -> str:
    """A record's name in SQL; a quantifier's own name cannot meet one of ours."""
    own = alias == "subject" or alias.startswith("subject.")
    return quoted(alias.replace(".", "__") if own else f"q_{alias}")


def _compared(node: Comparison, schema: str) -> str:
    if isinstance(node.left, Quantified) and node.left.quantifier == "count_of" and isinstance(node.right, Constant):
        return _quantified(node.left, schema, _COUNTED[node.operator], n=_literal(node.right))
    return f"({to_sql(node.left, schema)} {node.operator} {to_sql(node.right, schema)})"


def _quantified(node: Quantified, schema: str, value: str, **more: str) -> str:
    alias = _alias(node.alias)
    predicate = to_sql(node.predicate, schema)
    if node.source == "household":
        table, key = quoted(f"{schema}.residents"), f"{alias}.resident_id"
        whose = f"{alias}.household_id = c.household_id AND {alias}.status = 'RESIDENT'"
    else:
        source = sources()[node.source]
        table, key = quoted(f"{schema}.{source.table}"), f"{alias}.{quoted(source.join)}"
        whose = f"{key} = c.subject_id"
    return " ".join(
        ["(SELECT", value.format(key=key, p=predicate, **more), "FROM", table, "AS", alias, "WHERE", whose, ")"]
    )


def tables(nodes: Iterable[Node]) -> set[str]:
    """Every table that expressions read, residents among them where they do."""
    found: set[str] = set()
    for part in (part for node in nodes for part in walk(node)):
        if isinstance(part, Column):
            found.add(part.table)
        elif isinstance(part, Quantified):
            found.add("residents" if part.source == "household" else sources()[part.source].table)
    return found


def walk(node: Node) -> Iterator[Node]:
    """The node and everything below it."""
    yield node
    for child in _children(node):
        yield from walk(child)


def _children(node: Node) -> tuple[Node, ...]:
    if isinstance(node, Call):
        return node.arguments
    if isinstance(node, Logic):
        return node.parts
    if isinstance(node, Comparison):
        return (node.left, node.right)
    if isinstance(node, Among):
        return (node.left,)
    return (node.predicate,) if isinstance(node, Quantified) else ()


def joins(nodes: Iterable[Node], schema: str) -> str:
    """LEFT JOINs onto the cases: of the subject and of the tables with one row each, where expressions read them."""
    columns = (part for node in nodes for part in walk(node) if isinstance(part, Column))
    parts = []
    for name in sorted({one.alias for one in columns if one.alias == "subject" or one.alias.startswith("subject.")}):
        source = sources().get(name.removeprefix("subject."))
        table, person = (source.table, source.join) if source else ("residents", "resident_id")
        alias = _alias(name)
        parts.append(f"LEFT JOIN {quoted(f'{schema}.{table}')} AS {alias} ON {alias}.{quoted(person)} = c.subject_id")
    return "\n".join(parts)
