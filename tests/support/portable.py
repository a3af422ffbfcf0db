"""Whether a query stays inside the portable subset: what DuckDB and Spark (3.5 and 4) were measured to answer alike. All else is refused.

An allow-list over the tree, because sqlglot does not warn: of the functions and clauses that fail on Spark or silently differ there it
translates most without a word.
"""

from collections.abc import Iterator

from sqlglot import ErrorLevel, exp, parse_one
from sqlglot.errors import ParseError, UnsupportedError

#: the nodes of a tree that may stand in a query
ALLOWED: frozenset[type[exp.Expr]] = frozenset(
    {
        exp.Identifier, exp.Column, exp.Alias, exp.Literal, exp.Table, exp.TableAlias, exp.Placeholder, exp.Boolean, exp.Null, exp.Star,
        exp.Select, exp.From, exp.Where, exp.Join, exp.Union, exp.Subquery, exp.Exists, exp.In, exp.With, exp.CTE, exp.Distinct, exp.Group,
        exp.EQ, exp.NEQ, exp.LT, exp.LTE, exp.GT, exp.GTE, exp.NullSafeEQ, exp.NullSafeNEQ, exp.Is, exp.And, exp.Or, exp.Not, exp.Paren,
        exp.Add, exp.Sub, exp.Mul, exp.IntDiv, exp.Case, exp.If, exp.Coalesce, exp.Lower, exp.Cast, exp.DataType, exp.Floor, exp.Interval,
        exp.Var, exp.Year, exp.Month, exp.Day, exp.Max, exp.Min, exp.Count, exp.MD5, exp.ConcatWs,
        exp.Qualify, exp.Window, exp.RowNumber, exp.Order, exp.Ordered, exp.Limit,
    }
)  # fmt: skip
_TYPES = frozenset({"DATE", "VARCHAR", "TEXT", "INT", "BOOLEAN"})
_UNITS = frozenset({"DAY", "MONTH", "YEAR"})


def faults_of(sql: str) -> list[str]:
    """What in a query may not stand there, a line each; empty when all of it may. A CREATE is judged by its SELECT."""
    try:
        tree = parse_one(sql, dialect="duckdb")
    except ParseError as error:
        return [f"DuckDB's grammar does not know it: {str(error).splitlines()[0]}"]
    tree = tree.expression if isinstance(tree, exp.Create) else tree
    if not isinstance(tree, exp.Query):
        return [f"{type(tree).__name__} is no SELECT"]
    return [*dict.fromkeys((*_strangers(tree), *_misused(tree), *_in_spark(tree)))]


def _strangers(tree: exp.Expr) -> Iterator[str]:
    for node in tree.walk():
        if type(node) not in ALLOWED:
            name = node.name if isinstance(node, exp.Anonymous) else type(node).__name__
            yield f"{name} is not in the portable subset: {node.sql(dialect='duckdb')[:80]}"


def _misused(tree: exp.Expr) -> Iterator[str]:
    """What is allowed in one form alone."""
    for node in tree.walk():
        said = node.sql(dialect="duckdb")[:80]
        if isinstance(node, exp.DataType) and node.this.value not in _TYPES:
            yield f"type {node.this.value}: {said}"
        if (
            isinstance(node, exp.Cast)
            and node.to.this.value == "INT"
            and not isinstance(node.this, exp.Floor | exp.Placeholder)
        ):
            yield f"CAST to INTEGER rounds here and cuts there; CAST(FLOOR(x) AS INTEGER): {said}"
        if isinstance(node, exp.Sub) and isinstance(node.left, exp.Column) and isinstance(node.right, exp.Column):
            yield f"date - date is a number here and an interval there: {said}"
        if isinstance(node, exp.Interval):
            yield from _interval(node, said)
        if isinstance(node, exp.Select):
            yield from _alias_in_where(node)
        if isinstance(node, exp.Join) and node.args.get("method"):
            yield f"{node.args['method']} JOIN: {said}"
        if isinstance(node, exp.Union) and node.args.get("by_name"):
            yield f"UNION BY NAME: {said}"
        if isinstance(node, exp.Star) and (
            node.args.get("except_") or node.args.get("replace") or node.args.get("except")
        ):
            yield f"* with EXCLUDE or REPLACE: {said}"


def _interval(node: exp.Interval, said: str) -> Iterator[str]:
    unit = node.args["unit"].name.upper()
    if not isinstance(node.this, exp.Literal) or unit not in _UNITS:
        yield f"an interval is a number of days, months or years: {said}"
    within = node.find_ancestor(exp.Cast, exp.Year, exp.Month, exp.Day)
    if within is None or (isinstance(within, exp.Cast) and within.to.this.value != "DATE"):
        yield f"a date and an interval make a timestamp here; CAST(d + n * INTERVAL 1 MONTH AS DATE): {said}"


def _alias_in_where(select: exp.Select) -> Iterator[str]:
    aliases = {one.alias for one in select.expressions if isinstance(one, exp.Alias) and one.alias != one.this.name}
    where = select.args.get("where")
    for column in where.find_all(exp.Column) if where else ():
        if not column.table and column.name in aliases and column.find_ancestor(exp.Select) is select:
            yield f"an alias of the SELECT in its WHERE: {column.name}"


def _in_spark(tree: exp.Expr) -> Iterator[str]:
    """Spark's grammar must take the translation, and read it as the same kinds of things; its CAST is a TRY_CAST only where ANSI is off."""
    try:
        text = tree.sql(dialect="spark", unsupported_level=ErrorLevel.RAISE)
        again = parse_one(text, dialect="spark")
    except (ParseError, UnsupportedError) as error:
        yield f"Spark does not take it: {str(error).splitlines()[0]}"
        return
    for node in again.walk():
        if type(node) not in ALLOWED and not isinstance(node, exp.Parameter | exp.TsOrDsToDate | exp.TryCast):
            yield f"Spark reads it as {type(node).__name__}: {node.sql(dialect='spark')[:80]}"
