"""An expression as one SQL value over a table of cases, three-valued, in the portable subset. Built from the tree alone.

A case is one row of `cases` (alias c): case_id, subject_id, household_id, occurred_on, as_of, detail.
"""

from collections.abc import Collection, Iterable
from datetime import date
from functools import lru_cache

from sqlglot import exp

from eligibility.language.nodes import (
    Among,
    Call,
    Column,
    Comparison,
    Consented,
    Constant,
    EventDetail,
    Logic,
    Lookup,
    Moment,
    Node,
    Quantified,
    Total,
    Value,
    given,
    walk,
)
from eligibility.language.sources import sources
from eligibility.language.statutory import EVERY
from engine.core.sql import quoted

#: tables of what `together` finds once: a case is then a row of all, and of members the first is joined like records
PEOPLE, HOUSEHOLDS, PAIRS = "people", "households", "pairs"
_OF_CASES = frozenset(f"subject.{table}" for table in (PEOPLE, HOUSEHOLDS, PAIRS))
#: where they are: a database in memory that ends with the night's matching, so that nothing of it is written to disk
FOUND = "found"

#: what a condition gives of a row: no, unknown, yes. A row that is not asked gives nothing at all, which is neither
_LEVEL = "COALESCE(2 * CAST(({p}) AS TINYINT), 1)"
_TRUES = "COUNT(*) FILTER (WHERE {p} = 2)"
_UNKNOWNS = "COUNT(*) FILTER (WHERE {p} = 1)"
_MAYBES = "COUNT(*) FILTER (WHERE {p} >= 1)"
_QUANTIFIED = {
    "any_of": "CASE MAX({p}) WHEN 2 THEN TRUE WHEN 1 THEN NULL ELSE FALSE END",
    "none_of": "CASE MAX({p}) WHEN 2 THEN FALSE WHEN 1 THEN NULL ELSE TRUE END",
    "all_of": "CASE MIN({p}) WHEN 0 THEN FALSE WHEN 1 THEN NULL ELSE TRUE END",
    "count_of": f"CASE WHEN {_UNKNOWNS} > 0 THEN NULL ELSE {_TRUES} END",
}
_ONE = f"CASE WHEN {_UNKNOWNS} > 0 OR {_TRUES} <> 1 THEN NULL ELSE MAX({{s}}) FILTER (WHERE {{p}} = 2) END"
_TOTAL = (
    "CASE WHEN COUNT(*) FILTER (WHERE {p} = 1 OR ({p} = 2 AND {s} IS NULL)) > 0 THEN NULL"
    " ELSE CAST(COALESCE(SUM({s}) FILTER (WHERE {p} = 2), 0) AS BIGINT) END"
)
#: a count with unknowns lies between its trues and its trues + unknowns: often enough to decide
_COUNTED = {
    ">=": f"CASE WHEN {_TRUES} >= {{n}} THEN TRUE WHEN {_MAYBES} < {{n}} THEN FALSE ELSE NULL END",
    ">": f"CASE WHEN {_TRUES} > {{n}} THEN TRUE WHEN {_MAYBES} <= {{n}} THEN FALSE ELSE NULL END",
    "<": f"CASE WHEN {_TRUES} >= {{n}} THEN FALSE WHEN {_MAYBES} < {{n}} THEN TRUE ELSE NULL END",
    "<=": f"CASE WHEN {_TRUES} > {{n}} THEN FALSE WHEN {_MAYBES} <= {{n}} THEN TRUE ELSE NULL END",
    "=": f"CASE WHEN {_TRUES} > {{n}} OR {_MAYBES} < {{n}} THEN FALSE WHEN {_UNKNOWNS} = 0 THEN TRUE ELSE NULL END",
    "<>": f"CASE WHEN {_TRUES} > {{n}} OR {_MAYBES} < {{n}} THEN TRUE WHEN {_UNKNOWNS} = 0 THEN FALSE ELSE NULL END",
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
        return column_sql(node)
    if isinstance(node, Call):
        arguments = (to_sql(argument, schema) for argument in node.arguments)
        return "(" + EVERY[node.function].sql.format(*arguments) + ")"
    if isinstance(node, Comparison):
        return _compared(node, schema)
    if isinstance(node, Among):
        return f"({to_sql(node.left, schema)} IN ({', '.join(_literal(option) for option in node.options)}))"
    if isinstance(node, Logic):
        parts = [to_sql(part, schema) for part in node.parts]
        return f"(NOT {parts[0]})" if node.operator == "not" else "(" + f" {node.operator.upper()} ".join(parts) + ")"
    if isinstance(node, Quantified):
        return _quantified(node, schema, _QUANTIFIED[node.quantifier])
    if isinstance(node, Total):
        return _quantified(node, schema, _TOTAL if node.quantifier == "sum_of" else _ONE, s="q.s")
    return _looked_up(node, schema) if isinstance(node, Lookup) else _consented(node, schema)


def column_sql(node: Column) -> str:
    """A column's name in SQL."""
    return f"{_alias(node.alias)}.{quoted(node.name)}"


def _looked_up(node: Lookup, schema: str) -> str:
    last = len(node.scale.values) - 1
    index = to_sql(node.index, schema)
    if not any(_asks_rows(part) for part in walk(node.index)):
        steps = " ".join(f"WHEN {place} THEN {value:d}" for place, value in enumerate(node.scale.values))
        more = f"CASE WHEN {index} > {last} THEN {node.scale.values[-1]:d} + {node.scale.step:d} * ({index} - {last}) ELSE NULL END"
        return f"(CASE {index} {steps} ELSE {more} END)"
    listed = " ".join(f"WHEN x.i = {place} THEN {value:d}" for place, value in enumerate(node.scale.values))
    beyond = f"WHEN x.i > {last} THEN {node.scale.values[-1]:d} + {node.scale.step:d} * (x.i - {last})"
    # the number is named once: repeated, an expression over records would be planned again for each step of the table
    parts = ("(SELECT CASE", listed, beyond, "ELSE NULL END FROM (SELECT", index, "AS i) AS x)")
    return " ".join(parts)


def _asks_rows(node: Node) -> bool:
    """Whether a value takes a query of its own."""
    return isinstance(node, Quantified | Total | Lookup) or (isinstance(node, Consented) and node.given is None)


def _consented(node: Consented, schema: str) -> str:
    agreed = column_sql(node.given) if node.given is not None else to_sql(given(node), schema)
    return f"CASE WHEN {agreed} THEN {to_sql(node.inner, schema)} ELSE NULL END"


def key_in(schema: str, column: str) -> str:
    """The column by which a person's or household's rows are found: of known records, a number within one state of them."""
    return quoted(f"known_{column}" if schema == FOUND else column)


def _number_of(person: str, schema: str) -> str:
    """The number of the person an expression calls so."""
    return "c.subject_id" if person == "subject" else f"{_alias(person)}.{key_in(schema, 'resident_id')}"


def _literal(node: Constant) -> str:
    if isinstance(node.value, date):
        return f"DATE '{node.value.isoformat()}'"
    return _plain(node.value)


@lru_cache(maxsize=4096, typed=True)
def _plain(value: Value) -> str:
    return exp.convert(value).sql(dialect="duckdb")


def _alias(alias: str) -> str:
    """A record's name in SQL; a quantifier's own name cannot meet one of ours."""
    if alias in _OF_CASES:
        return "c"
    own = alias == "subject" or alias.startswith("subject.")
    return quoted((alias if own else f"q_{alias}").replace(".", "__"))


def _compared(node: Comparison, schema: str) -> str:
    if isinstance(node.left, Quantified) and node.left.quantifier == "count_of" and isinstance(node.right, Constant):
        return _quantified(node.left, schema, _COUNTED[node.operator], n=_literal(node.right))
    return f"({to_sql(node.left, schema)} {node.operator} {to_sql(node.right, schema)})"


def level(condition: str) -> str:
    """The SQL of what a condition gives of a row, as `template` asks it."""
    return _LEVEL.format(p=condition)


def template(node: Node) -> str:
    """The SQL value of a count, a comparison of one with a constant, or a total; {p} (a level) and {s} stand for its rows' columns."""
    if isinstance(node, Comparison):
        assert isinstance(node.right, Constant)
        return _COUNTED[node.operator].format(p="{p}", n=_literal(node.right))
    if isinstance(node, Quantified):
        return _QUANTIFIED[node.quantifier]
    assert isinstance(node, Total)
    return _TOTAL if node.quantifier == "sum_of" else _ONE


def _quantified(node: Quantified | Total, schema: str, value: str, **more: str) -> str:
    alias = _alias(node.alias)
    read = f"{level(to_sql(node.predicate, schema))} AS p"
    read += f", ({to_sql(node.summed, schema)}) AS s" if isinstance(node, Total) else ""
    if node.source == "household":
        inner = (node.predicate, node.summed) if isinstance(node, Total) else (node.predicate,)
        rows = members_sql(node.alias, inner, schema)
    else:
        source = sources()[node.source]
        key = f"{alias}.{key_in(schema, source.join)}"
        table = quoted(f"{schema}.{source.table}")
        rows = " ".join([table, "AS", alias, "WHERE", f"{key} = {_number_of(node.of, schema)}"])
    found = " ".join(["(SELECT", read, "FROM", rows, ")"])
    return " ".join(["(SELECT", value.format(p="q.p", **more), "FROM", found, "AS q)"])


def members_sql(alias: str, inner: Collection[Node], schema: str) -> str:
    """The members of a case's household, called so, with what `inner` reads of them: what follows FROM."""
    name = _alias(alias)
    key = f"{name}.{key_in(schema, 'resident_id')}"
    joined = _joins(inner, alias, key, schema, there={alias})
    whose = f"{name}.{key_in(schema, 'household_id')} = c.household_id AND {name}.status = 'RESIDENT'"
    return " ".join([quoted(f"{schema}.residents"), "AS", name, joined, "WHERE", whose])


def joins(nodes: Iterable[Node], schema: str) -> str:
    """LEFT JOINs onto the cases: of the subject and of the tables with one row each, where expressions read them."""
    return _joins(nodes, "subject", "c.subject_id", schema, there=_OF_CASES)


def member_joins(nodes: Iterable[Node], person: str, number: str, schema: str) -> str:
    """LEFT JOINs onto a member's row of `people`, of the tables that expressions read of them; `number` is the member's, in SQL."""
    return _joins(nodes, person, number, schema, there={f"{person}.{PEOPLE}"})


def _joins(nodes: Iterable[Node], person: str, number: str, schema: str, there: Collection[str]) -> str:
    """LEFT JOINs of a person's own record and of their tables with one row each, but for what is there already."""
    names = {part.alias for node in nodes for part in walk(node) if isinstance(part, Column)}
    parts = []
    for name in sorted(name for name in names if name.partition(".")[0] == person and name not in there):
        own = name.removeprefix(f"{person}.")
        source = sources().get(own)
        table, column = (source.table, source.join) if source else ("residents", "resident_id")
        if own == PEOPLE:
            where, key = f"{FOUND}.{PEOPLE}", "subject_id"
        else:
            where, key = f"{schema}.{table}", key_in(schema, column)
        alias = _alias(name)
        parts.append(f"LEFT JOIN {quoted(where)} AS {alias} ON {alias}.{key} = {number}")
    return "\n".join(parts)
