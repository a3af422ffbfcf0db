"""From text to tree. sqlglot reads the text; an allow-list decides what may stand in it. Everything else is refused by name."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import sqlglot
from sqlglot import exp

from eligibility.language.kinds import alike, shown
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
from eligibility.language.sources import kind_of, sources
from eligibility.language.statutory import FUNCTIONS, OLDEST_YEARS
from engine.core.errors import RuleError

_LONGEST = 1_000
_DEEPEST = 40
_COMMENTS = ("--", "/*", ";", "{#")
_NAME = re.compile(r"[a-z][a-z0-9_]*")
#: what a text in quotes may hold: nothing that means something to SQL, to our templates or to a person's name
_TEXT = re.compile(r"[A-Za-z0-9_.\- ]*")
_COMPARISONS: Mapping[type[exp.Expression], str] = {
    exp.EQ: "=",
    exp.NEQ: "<>",
    exp.LT: "<",
    exp.LTE: "<=",
    exp.GT: ">",
    exp.GTE: ">=",
}
_TURNED = {"=": "=", "<>": "<>", "<": ">", "<=": ">=", ">": "<", ">=": "<="}
_QUANTIFIERS = ("any_of", "all_of", "none_of", "count_of")
_KNOWN = f"the functions are {', '.join(sorted(FUNCTIONS))}, value and {', '.join(_QUANTIFIERS)}"


@dataclass
class _Scope:
    """Names an expression may use where it stands."""

    dated: Callable[[str], Constant]
    reads: set[tuple[str, str]]
    aliases: dict[str, str] = field(default_factory=dict)  #: quantifier alias → table


def parse(text: str, *, dated: Callable[[str], Constant]) -> tuple[Node, frozenset[tuple[str, str]]]:
    """The tree of a condition and the (table, column) pairs it reads. `dated` answers `value('name')`.

    Raises RuleError that says what may not stand there and what to write instead.
    """
    if len(text) > _LONGEST or _nesting(text) > _DEEPEST:
        raise RuleError("the expression is too long or too deep; split it into several criteria")
    if any(mark in text for mark in _COMMENTS):
        raise RuleError("comments and semicolons may not stand in an expression; use the criterion's own fields")
    scope = _Scope(dated=dated, reads=set())
    try:
        node = _boolean(_tree(text), scope)
    except RecursionError:
        raise RuleError("the expression is too deep; split it into several criteria") from None
    return node, frozenset(scope.reads)


def _tree(text: str) -> exp.Expression:
    try:
        tree = sqlglot.parse_one(text, dialect="duckdb")
    except (sqlglot.errors.ParseError, sqlglot.errors.TokenError) as error:
        raise RuleError(f"the expression cannot be read: {str(error).splitlines()[0][:120]}") from None
    if not isinstance(tree, exp.Expression):
        raise RuleError("the expression is empty")
    if any(part.comments for part in tree.walk()):
        raise RuleError("comments may not stand in an expression; use the criterion's own fields")
    return tree


def _nesting(text: str) -> int:
    depth = deepest = 0
    for letter in text:
        depth += (letter == "(") - (letter == ")")
        deepest = max(deepest, depth)
    return max(deepest, len(re.findall(r"\bnot\b", text, re.IGNORECASE)))


def _node(tree: exp.Expression, scope: _Scope) -> Node:
    if isinstance(tree, exp.Paren):
        return _node(tree.this, scope)
    if isinstance(tree, exp.And | exp.Or):
        parts = (_boolean(tree.args["this"], scope), _boolean(tree.args["expression"], scope))
        return Logic(operator="and" if isinstance(tree, exp.And) else "or", parts=parts)
    if isinstance(tree, exp.Not):
        return Logic(operator="not", parts=(_boolean(tree.this, scope),))
    if type(tree) in _COMPARISONS:
        return _comparison(tree, _COMPARISONS[type(tree)], tree.args["this"], tree.args["expression"], scope)
    if isinstance(tree, exp.Between) and not tree.args.get("symmetric"):
        low = _comparison(tree, ">=", tree.this, tree.args["low"], scope)
        return Logic(operator="and", parts=(low, _comparison(tree, "<=", tree.this, tree.args["high"], scope)))
    if isinstance(tree, exp.In):
        return _among(tree, scope)
    if isinstance(tree, exp.Literal | exp.Boolean | exp.Neg):
        return _constant(tree)
    if isinstance(tree, exp.Column | exp.Dot):
        return _column(tree, scope)
    if isinstance(tree, exp.Anonymous):
        return _call(tree, scope)
    raise RuleError(f"{_shown(tree)} may not stand in an expression; {_KNOWN}")


def _text(tree: exp.Expression) -> str:
    return tree.sql(dialect="duckdb")[:60]


def _shown(tree: exp.Expression) -> str:
    return f"{type(tree).__name__.lower()} «{_text(tree)}»"


def _boolean(tree: exp.Expression, scope: _Scope) -> Node:
    node = _node(tree, scope)
    if node.kind != "boolean":
        raise RuleError(f"«{_text(tree)}» is {shown(node.kind)}, not a condition; compare it with something")
    return node


def _comparison(
    tree: exp.Expression, operator: str, first: exp.Expression, second: exp.Expression, scope: _Scope
) -> Node:
    left, right = _node(first, scope), _node(second, scope)
    for side in (left, right):
        if isinstance(side, Comparison):
            raise RuleError("a comparison of a comparison (1 < x < 3) has no clear meaning; write `1 < x and x < 3`")
    if isinstance(left, Constant) and not isinstance(right, Constant):
        left, right, operator = right, left, _TURNED[operator]
    left, right = alike(left, right, _text(tree))
    if left.kind in {"text", "code", "boolean"} and operator not in {"=", "<>"}:
        raise RuleError(f"«{_text(tree)}»: {shown(left.kind)} has no order; use = or <> or in")
    if any(_counts(side) for side in (left, right)) and not isinstance(right, Constant):
        raise RuleError(f"«{_text(tree)}»: compare count_of with a whole number")
    return Comparison(operator=operator, left=left, right=right)  # type: ignore[arg-type]


def _counts(node: Node) -> bool:
    return isinstance(node, Quantified) and node.quantifier == "count_of"


def _among(tree: exp.In, scope: _Scope) -> Node:
    left = _node(tree.this, scope)
    if not tree.expressions or tree.args.get("query") or _counts(left):
        raise RuleError("`in` takes a value and a list of constants: x in ('a', 'b')")
    options = tuple(alike(left, _constant(option), _text(tree))[1] for option in tree.expressions)
    return Among(left=left, options=tuple(option for option in options if isinstance(option, Constant)))


def _constant(tree: exp.Expression) -> Constant:
    if isinstance(tree, exp.Boolean):
        return Constant(value=bool(tree.this), kind="boolean")
    if isinstance(tree, exp.Neg) and isinstance(tree.this, exp.Literal) and not tree.this.is_string:
        inner = _constant(tree.this).value
        assert isinstance(inner, int)
        return Constant(value=-inner, kind="number")
    if isinstance(tree, exp.Literal) and tree.is_string:
        if not _TEXT.fullmatch(str(tree.this)):
            raise RuleError("a text in quotes may hold letters a to z, digits, - _ . and spaces: a code or a date")
        return Constant(value=str(tree.this), kind="text")
    if isinstance(tree, exp.Literal) and str(tree.this).isascii() and str(tree.this).isdigit():
        return Constant(value=int(tree.this), kind="number")
    raise RuleError(f"{_shown(tree)} is not a constant; numbers are whole (yen, years, months, days)")


def _path(tree: exp.Expression) -> list[str]:
    """The names of a dotted path. Raises RuleError for anything but plain names."""
    parts = tree.sql(dialect="duckdb").split(".")
    if not all(_NAME.fullmatch(part) for part in parts):
        raise RuleError(f"{_shown(tree)} may not stand in an expression; write plain lower-case names")
    return parts


def _column(tree: exp.Expression, scope: _Scope) -> Node:
    path = _path(tree)
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
    kind = kind_of(table, name)
    if kind is None:
        raise RuleError(f"the table {table} has no column {name} (engine/records/contract/{table}.yaml)")
    scope.reads.add((table, name))
    return Column(alias=alias, table=table, name=name, kind=kind)


def _call(tree: exp.Anonymous, scope: _Scope) -> Node:
    name = str(tree.this).lower()
    if name in _QUANTIFIERS:
        return _quantified(name, tree, scope)
    if name == "value":
        if len(tree.expressions) != 1 or not tree.expressions[0].is_string:
            raise RuleError("value takes one name in quotes: value('income_limit_yen')")
        return scope.dated(str(tree.expressions[0].this))
    if name not in FUNCTIONS:
        raise RuleError(f"there is no function {name}; {_KNOWN}")
    function, given = FUNCTIONS[name], [_node(argument, scope) for argument in tree.expressions]
    arguments = tuple(
        Constant(value=argument.value, kind="years")
        if wanted == "years" and isinstance(argument, Constant) and argument.literal and argument.kind == "number"
        else argument
        for argument, wanted in zip(given, function.takes, strict=False)
    )
    if len(given) != len(function.takes) or tuple(argument.kind for argument in arguments) != function.takes:
        kinds = ", ".join(argument.kind for argument in given)
        raise RuleError(f"{name} takes ({', '.join(function.takes)}), not ({kinds})")
    for argument in arguments:
        if argument.kind == "years" and not _an_age(argument):
            raise RuleError(f"{name}: the age is a whole number from 0 to {OLDEST_YEARS}, or value('…') in years")
    return Call(function=name, arguments=arguments, kind=function.gives)


def _an_age(node: Node) -> bool:
    return isinstance(node, Constant) and isinstance(node.value, int) and 0 <= node.value <= OLDEST_YEARS


def _quantified(name: str, tree: exp.Anonymous, scope: _Scope) -> Node:
    if scope.aliases:
        raise RuleError(f"{name} stands inside another quantifier; split it into several criteria")
    source, alias = _bound(name, tree)
    if alias in {"subject", "event", "household", "as_of"} or not _NAME.fullmatch(alias):
        raise RuleError(f"the name {alias} cannot stand after `as`; choose a short one, as in `household as m`")
    scope.aliases[alias] = "residents" if source == "household" else sources()[source].table
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
        path = _path(tree.expressions[0].this)
        alias = str(tree.expressions[0].alias)
        if path == ["household"]:
            return "household", alias
        if len(path) == 2 and path[0] == "subject" and path[1] in sources():
            return path[1], alias
    raise RuleError(f"{name} reads: {name}(household as m, …) or {name}(subject.<table> as x, …)")
