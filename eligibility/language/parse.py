"""From text to tree. sqlglot reads the text; an allow-list decides what may stand in it. Everything else is refused by name."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date

import sqlglot
from sqlglot import exp

from eligibility.language.nodes import (
    Among,
    Call,
    Column,
    Comparison,
    Constant,
    EventDetail,
    Kind,
    Logic,
    Moment,
    Node,
    Quantified,
)
from eligibility.language.sources import kind_of, sources
from eligibility.language.statutory import FUNCTIONS
from engine.core.errors import RuleError

_LONGEST = 1_000
_DEEPEST = 40
_COMPARISONS: Mapping[type[exp.Expression], str] = {
    exp.EQ: "=",
    exp.NEQ: "<>",
    exp.LT: "<",
    exp.LTE: "<=",
    exp.GT: ">",
    exp.GTE: ">=",
}
_QUANTIFIERS = ("any_of", "all_of", "none_of", "count_of")


@dataclass
class _Scope:
    """Names an expression may use where it stands."""

    dated: Callable[[str], Constant]
    reads: set[tuple[str, str]]
    aliases: dict[str, str] = field(default_factory=dict)  #: quantifier alias → table


def parse(text: str, *, dated: Callable[[str], Constant]) -> tuple[Node, frozenset[tuple[str, str]]]:
    """The tree of an expression and the (table, column) pairs it reads. `dated` answers `value('name')`.

    Raises RuleError that says what may not stand there and what to write instead.
    """
    if len(text) > _LONGEST or _nesting(text) > _DEEPEST:
        raise RuleError("the expression is too long or too deep; split it into several criteria")
    if "--" in text or "/*" in text or ";" in text:
        raise RuleError("comments and semicolons may not stand in an expression; use the criterion's own fields")
    try:
        tree = sqlglot.parse_one(text, dialect="duckdb")
    except (sqlglot.errors.ParseError, sqlglot.errors.TokenError) as error:
        raise RuleError(f"the expression cannot be read: {str(error).splitlines()[0][:120]}") from None
    if not isinstance(tree, exp.Expression):
        raise RuleError("the expression is empty")
    scope = _Scope(dated=dated, reads=set())
    return _node(tree, scope), frozenset(scope.reads)


def _nesting(text: str) -> int:
    depth = deepest = 0
    for letter in text:
        depth += (letter == "(") - (letter == ")")
        deepest = max(deepest, depth)
    return deepest


def _node(tree: exp.Expression, scope: _Scope) -> Node:
    if isinstance(tree, exp.Paren):
        return _node(tree.this, scope)
    if isinstance(tree, exp.And | exp.Or):
        parts = (_boolean(tree.args["this"], scope), _boolean(tree.args["expression"], scope))
        return Logic(operator="and" if isinstance(tree, exp.And) else "or", parts=parts)
    if isinstance(tree, exp.Not):
        return Logic(operator="not", parts=(_boolean(tree.this, scope),))
    if type(tree) in _COMPARISONS:
        return _comparison(tree, scope)
    if isinstance(tree, exp.In):
        return _among(tree, scope)
    if isinstance(tree, exp.Literal | exp.Boolean | exp.Neg):
        return _constant(tree)
    if isinstance(tree, exp.Column | exp.Dot):
        return _column(tree, scope)
    if isinstance(tree, exp.Anonymous):
        return _call(tree, scope)
    raise RuleError(
        f"{_shown(tree)} may not stand in an expression; the functions are {', '.join(sorted(FUNCTIONS))} and {', '.join(_QUANTIFIERS)}"
    )


def _shown(tree: exp.Expression) -> str:
    return f"{type(tree).__name__.lower()} «{tree.sql(dialect='duckdb')[:60]}»"


def _boolean(tree: exp.Expression, scope: _Scope) -> Node:
    node = _node(tree, scope)
    if node.kind != "boolean":
        raise RuleError(
            f"{_shown(tree)} is a {node.kind}, but and, or and not join conditions; compare it with something"
        )
    return node


def _comparison(tree: exp.Expression, scope: _Scope) -> Node:
    left, right = _node(tree.args["this"], scope), _node(tree.args["expression"], scope)
    for side in (left, right):
        if isinstance(side, Comparison):
            raise RuleError("a comparison of a comparison (1 < x < 3) has no clear meaning; write `1 < x and x < 3`")
    left, right = _as_date(left, right), _as_date(right, left)
    if left.kind != right.kind:
        raise RuleError(f"«{tree.sql(dialect='duckdb')[:60]}» compares a {left.kind} with a {right.kind}")
    operator = _COMPARISONS[type(tree)]
    if left.kind in {"text", "boolean"} and operator not in {"=", "<>"}:
        raise RuleError(f"a {left.kind} has no order; use = or <> or in")
    return Comparison(operator=operator, left=left, right=right)  # type: ignore[arg-type]


def _as_date(node: Node, other: Node) -> Node:
    """A text literal beside a date is a date: '2026-04-01'."""
    if isinstance(node, Constant) and node.kind == "text" and other.kind == "date":
        try:
            return Constant(value=date.fromisoformat(str(node.value)), kind="date")
        except ValueError:
            raise RuleError(f"{node.value!r} stands beside a date but is none; write it as 'YYYY-MM-DD'") from None
    return node


def _among(tree: exp.In, scope: _Scope) -> Node:
    left = _node(tree.this, scope)
    if not tree.expressions or tree.args.get("query"):
        raise RuleError("`in` takes a list of constants: x in ('a', 'b')")
    options = tuple(_constant(option) for option in tree.expressions)
    if any(option.kind != left.kind for option in options):
        raise RuleError(f"«{tree.sql(dialect='duckdb')[:60]}»: every option must be a {left.kind}")
    return Among(left=left, options=options)


def _constant(tree: exp.Expression) -> Constant:
    if isinstance(tree, exp.Boolean):
        return Constant(value=bool(tree.this), kind="boolean")
    if isinstance(tree, exp.Neg) and isinstance(tree.this, exp.Literal):
        inner = _constant(tree.this)
        return Constant(value=-inner.value if isinstance(inner.value, int) else None, kind="number")
    if isinstance(tree, exp.Literal) and tree.is_string:
        return Constant(value=str(tree.this), kind="text")
    if isinstance(tree, exp.Literal) and str(tree.this).isdigit():
        return Constant(value=int(tree.this), kind="number")
    raise RuleError(f"{_shown(tree)} is not a constant; numbers are whole (yen, years, months, days)")


def _column(tree: exp.Expression, scope: _Scope) -> Node:
    path = tree.sql(dialect="duckdb").replace('"', "").split(".")
    if path == ["as_of"]:
        return Moment(name="as_of")
    if path == ["event", "occurred_on"]:
        return Moment(name="occurred_on")
    if path == ["event", "detail"]:
        return EventDetail()
    if path[0] == "subject" and len(path) == 2:
        return _read("residents", "subject", path[1], scope)
    if path[0] == "subject" and len(path) == 3 and path[1] in sources():
        source = sources()[path[1]]
        if not source.single:
            raise RuleError(
                f"somebody may have several rows in {path[1]}; write any_of(subject.{path[1]} as x, x.{path[2]} …)"
            )
        return _read(source.table, f"subject.{path[1]}", path[2], scope)
    if path[0] in scope.aliases and len(path) == 2:
        return _read(scope.aliases[path[0]], path[0], path[1], scope)
    raise RuleError(
        f"«{'.'.join(path)}» is not declared; read subject.<column>, subject.<table>.<column>, event.occurred_on or as_of"
    )


def _read(table: str, alias: str, name: str, scope: _Scope) -> Column:
    kind: Kind | None = kind_of(table, name)
    if kind is None:
        raise RuleError(f"the table {table} has no column {name} (engine/records/contract/{table}.yaml)")
    scope.reads.add((table, name))
    return Column(alias=alias, name=name, kind=kind)


def _call(tree: exp.Anonymous, scope: _Scope) -> Node:
    name = str(tree.this).lower()
    if name in _QUANTIFIERS:
        return _quantified(name, tree, scope)
    if name == "value":
        if len(tree.expressions) != 1 or not tree.expressions[0].is_string:
            raise RuleError("value takes one name in quotes: value('income_limit_yen')")
        return scope.dated(str(tree.expressions[0].this))
    if name not in FUNCTIONS:
        raise RuleError(
            f"there is no function {name}; the functions are {', '.join(sorted(FUNCTIONS))} and {', '.join(_QUANTIFIERS)}"
        )
    function = FUNCTIONS[name]
    arguments = tuple(_node(argument, scope) for argument in tree.expressions)
    if tuple(argument.kind for argument in arguments) != function.takes:
        given = ", ".join(argument.kind for argument in arguments)
        raise RuleError(f"{name} takes ({', '.join(function.takes)}), not ({given})")
    return Call(function=name, arguments=arguments, kind=function.gives)


def _quantified(name: str, tree: exp.Anonymous, scope: _Scope) -> Node:
    source, alias = _bound(name, tree)
    table = "residents" if source == "household" else sources()[source].table
    if alias in scope.aliases or alias in {"subject", "event", "household"}:
        raise RuleError(f"the name {alias} is taken; choose another after `as`")
    scope.aliases[alias] = table
    predicate = _boolean(tree.expressions[1], scope)
    del scope.aliases[alias]
    return Quantified(
        quantifier=name,  # type: ignore[arg-type]
        source=source,
        alias=alias,
        predicate=predicate,
        kind="number" if name == "count_of" else "boolean",
    )


def _bound(name: str, tree: exp.Anonymous) -> tuple[str, str]:
    """The source and alias of `any_of(household as m, …)`."""
    if len(tree.expressions) == 2 and isinstance(tree.expressions[0], exp.Alias):
        path = tree.expressions[0].this.sql(dialect="duckdb").replace('"', "").split(".")
        alias = str(tree.expressions[0].alias)
        if path == ["household"]:
            return "household", alias
        if len(path) == 2 and path[0] == "subject" and path[1] in sources():
            return path[1], alias
    raise RuleError(f"{name} reads: {name}(household as m, …) or {name}(subject.<table> as x, …)")
