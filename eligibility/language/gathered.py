"""An expression as one SQL value of which all that is asked of a household is found by one look at its members."""

from eligibility.language.compile import column_sql, members_sql, template, to_sql
from eligibility.language.nodes import Column, Comparison, Constant, Node, Quantified, Total
from eligibility.language.trees import ROW, inside, of_rows, renamed

_HOME = "home"


def gathered_sql(node: Node, schema: str) -> str:
    """As `to_sql`, planned much faster where an expression asks a household several things, as whoever raises a child does."""
    asked: dict[Node, Column] = {}
    rewritten = _asking(node, asked)
    if len(asked) < 2:
        return to_sql(node, schema)
    conditions = {whole: _conditions(_rows(whole)) for whole in asked}
    key, rows = members_sql(ROW, [one for each in conditions.values() for one in each], schema)
    read, values = [f"{key} AS k"], []
    for whole, (condition, *drawn) in conditions.items():
        name = asked[whole].name
        read += [f"({to_sql(condition, schema)}) AS {name}", *(f"({to_sql(one, schema)}) AS s{name}" for one in drawn)]
        values.append(f"{template(whole).format(key='q.k', p=f'q.{name}', s=f'q.s{name}')} AS {name}")
    home = column_sql(next(iter(asked.values()))).partition(".")[0]
    members = ["(SELECT", ", ".join(read), "FROM", rows, ") AS q"]
    found = ["(SELECT", ", ".join(values), "FROM", *members, ") AS", home]
    return " ".join(["(SELECT", to_sql(rewritten, schema), "FROM", *found, ")"])


def _conditions(rows: Node) -> list[Node]:
    assert isinstance(rows, Quantified | Total)
    return [renamed(one, rows.alias) for one in of_rows(rows)]


def _asking(node: Node, asked: dict[Node, Column]) -> Node:
    """The expression reading columns of what is asked of the household; equal questions have one column."""
    rows = _rows(node)
    if isinstance(rows, Quantified | Total) and rows.source == "household":
        name = f"v{len(asked)}"
        return asked.setdefault(node, Column(alias=_HOME, table=_HOME, name=name, kind=node.kind))
    return inside(node, lambda part: _asking(part, asked))


def _rows(node: Node) -> Node:
    """The quantifier or total itself of a count that is compared."""
    if not isinstance(node, Comparison) or not isinstance(node.right, Constant):
        return node
    counted = isinstance(node.left, Quantified) and node.left.quantifier == "count_of"
    return node.left if counted else node
