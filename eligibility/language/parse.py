"""From text to tree. sqlglot reads the text; an allow-list decides what may stand in it. Everything else is refused by name."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import lru_cache

import sqlglot
from sqlglot import exp

from eligibility.language import kin
from eligibility.language.kinds import alike, shown
from eligibility.language.nodes import (
    NUMERIC,
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
    Scale,
    Total,
)
from eligibility.language.pieces import NAME, constant, path_of, piece, text_of
from eligibility.language.sources import kind_of, sources
from eligibility.language.statutory import FUNCTIONS, MOST
from engine.core.errors import RuleError
from engine.records.contract import load_contracts

_LONGEST = 1_000
_DEEPEST = 40
_COMMENTS = ("--", "/*", ";", "{#")
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
_AGGREGATES = (*_QUANTIFIERS, "sum_of", "one_of", "rank_of")
_KNOWN = f"the functions are {', '.join(sorted(FUNCTIONS))}, value and {', '.join(_AGGREGATES)}"


@dataclass
class _Scope:
    """Names an expression may use where it stands."""

    dated: Callable[[str], Constant | Scale]
    consent: Mapping[str, tuple[str, str]]
    reads: set[tuple[str, str]]
    aliases: dict[str, str] = field(default_factory=dict)  #: quantifier alias → table


def parse(
    text: str,
    *,
    dated: Callable[[str], Constant | Scale],
    consent: Mapping[str, tuple[str, str]] | None = None,
) -> tuple[Node, frozenset[tuple[str, str]]]:
    """The tree of a condition and the (table, column) pairs it reads. `dated` answers `value('name')`.

    `consent`: table → (data group, programme) for tables that may be read only of somebody who agreed to it.
    Raises RuleError that says what may not stand there and what to write instead.
    """
    if len(text) > _LONGEST or _nesting(text) > _DEEPEST:
        raise RuleError("the expression is too long or too deep; split it into several criteria")
    if any(mark in text for mark in _COMMENTS):
        raise RuleError("comments and semicolons may not stand in an expression; use the criterion's own fields")
    scope = _Scope(dated=dated, consent=consent or {}, reads=set())
    try:
        node = _boolean(_tree(text), scope)
    except RecursionError:
        raise RuleError("the expression is too deep; split it into several criteria") from None
    return node, frozenset(scope.reads)


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """The nearest right name as the beginning of a message, or nothing."""
    near = get_close_matches(name, list(known), n=1, cutoff=0.6)
    return f"did you mean {near[0]}? " if near else ""


@lru_cache(maxsize=4096)
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
        return constant(tree)
    if isinstance(tree, exp.Column | exp.Dot):
        return _column(tree, scope)
    if isinstance(tree, exp.Anonymous):
        return _call(tree, scope)
    raise RuleError(f"{piece(tree)} may not stand in an expression; {_KNOWN}")


def _boolean(tree: exp.Expression, scope: _Scope) -> Node:
    node = _node(tree, scope)
    if node.kind != "boolean":
        raise RuleError(f"«{text_of(tree)}» is {shown(node.kind)}, not a condition; compare it with something")
    return node


def _comparison(
    tree: exp.Expression, operator: str, first: exp.Expression, second: exp.Expression, scope: _Scope
) -> Node:
    counted = _ranked(operator, first, second, scope) or _counted_kin(operator, first, second, scope)
    if counted is not None:
        return counted
    left, right = _node(first, scope), _node(second, scope)
    for side in (left, right):
        if isinstance(side, Comparison):
            raise RuleError("a comparison of a comparison (1 < x < 3) has no clear meaning; write `1 < x and x < 3`")
    if isinstance(left, Constant) and not isinstance(right, Constant):
        left, right, operator = right, left, _TURNED[operator]
    left, right = alike(left, right, text_of(tree))
    if left.kind in {"text", "code", "boolean", "person", "household"} and operator not in {"=", "<>"}:
        raise RuleError(f"«{text_of(tree)}»: {shown(left.kind)} has no order; use = or <> or in")
    if any(_counts(side) for side in (left, right)) and not isinstance(right, Constant):
        raise RuleError(f"«{text_of(tree)}»: compare count_of with a whole number")
    return Comparison(operator=operator, left=left, right=right)  # type: ignore[arg-type]


def _agreed(table: str, of: str, node: Node, scope: _Scope) -> Node:
    """The node, unknown of everybody who did not agree to the reading."""
    if table not in scope.consent:
        return node
    group, programme = scope.consent[table]
    return Consented(group=group, programme=programme, inner=node, kind=node.kind, of=of)


def _ranked(operator: str, first: exp.Expression, second: exp.Expression, scope: _Scope) -> Node | None:
    """`rank_of(household as m, m.rel1 = 'CHILD', m.birth_date) >= 3`: the subject's place, counted from 1.

    It is one more than how many come before; who is equal shares the place. None when nothing is ranked.
    """
    if not isinstance(first, exp.Anonymous) or str(first.this).lower() != "rank_of":
        return None
    place = _node(second, scope)
    if not isinstance(place, Constant) or place.kind != "number" or not isinstance(place.value, int):
        raise RuleError("compare rank_of with a whole number: rank_of(household as m, …, m.birth_date) >= 3")
    source, of, alias = _bound("rank_of", first, scope, parts=3)
    with _named(alias, source, scope):
        by = _node(first.expressions[2], scope)
        if not isinstance(by, Column) or by.alias != alias or source != "household":
            raise RuleError("rank_of orders the household by a column of its members: m.birth_date")
        earlier = Comparison(operator="<", left=by, right=_read("residents", "subject", by.name, scope))
        predicate = Logic(operator="and", parts=(_boolean(first.expressions[1], scope), earlier))
    counted = Quantified(quantifier="count_of", source=source, alias=alias, predicate=predicate, kind="number", of=of)
    before = Constant(value=place.value - 1, kind="number")
    return Comparison(operator=operator, left=counted, right=before)  # type: ignore[arg-type]


def _counted_kin(operator: str, first: exp.Expression, second: exp.Expression, scope: _Scope) -> Node | None:
    """`count_of(subject.children as m, …) >= 2`. None when something else is compared."""
    if not isinstance(first, exp.Anonymous) or str(first.this).lower() != "count_of":
        return None
    source, _, alias = _bound("count_of", first, scope, parts=2)
    if source != "children":
        return None
    than = _node(second, scope)
    if not isinstance(than, Constant) or than.kind != "number":
        raise RuleError("compare count_of with a whole number: count_of(subject.children as m, …) >= 2")
    with _named(alias, source, scope):
        condition = _boolean(first.expressions[1], scope)
    return kin.count_of(
        alias,
        condition,
        lambda count: Comparison(operator=operator, left=count, right=than),  # type: ignore[arg-type]
    )


def _counts(node: Node) -> bool:
    return isinstance(node, Quantified) and node.quantifier == "count_of"


def _among(tree: exp.In, scope: _Scope) -> Node:
    left = _node(tree.this, scope)
    if not tree.expressions or tree.args.get("query") or _counts(left):
        raise RuleError("`in` takes a value and a list of constants: x in ('a', 'b')")
    options = tuple(alike(left, constant(option), text_of(tree))[1] for option in tree.expressions)
    return Among(left=left, options=tuple(option for option in options if isinstance(option, Constant)))


def _column(tree: exp.Expression, scope: _Scope) -> Node:
    path = path_of(tree)
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
        return _joined(source.table, path, scope)
    if len(path) == 3 and scope.aliases.get(path[0]) == "residents" and path[1] in sources():
        source = sources()[path[1]]
        if not source.single:
            raise RuleError(
                f"a member may have several rows in {path[1]}; write any_of({path[0]}.{path[1]} as x, x.{path[2]} …)"
            )
        return _joined(source.table, path, scope)
    if path[0] in scope.aliases and len(path) == 2:
        return _read(scope.aliases[path[0]], path[0], path[1], scope)
    nearest = did_you_mean(path[0], [*scope.aliases, "event", "as_of"])
    raise RuleError(
        f"«{'.'.join(path)}» is not declared; {nearest}read subject.<column>, subject.<table>.<column>, event.occurred_on or as_of"
    )


def _joined(table: str, path: list[str], scope: _Scope) -> Node:
    """A column of a person's one row in a table."""
    return _agreed(table, path[0], _read(table, f"{path[0]}.{path[1]}", path[2], scope), scope)


def _read(table: str, alias: str, name: str, scope: _Scope) -> Column:
    kind = kind_of(table, name)
    if kind is None:
        nearest = did_you_mean(name, load_contracts()[table].columns)
        raise RuleError(f"the table {table} has no column {name}; {nearest}see engine/records/contract/{table}.yaml")
    scope.reads.add((table, name))
    return Column(alias=alias, table=table, name=name, kind=kind)


def _call(tree: exp.Anonymous, scope: _Scope) -> Node:
    name = str(tree.this).lower()
    if name in _QUANTIFIERS:
        return _quantified(name, tree, scope)
    if name in {"sum_of", "one_of"}:
        return _total(name, tree, scope)
    if name == "value":
        return _value(tree, scope)
    if name not in FUNCTIONS:
        raise RuleError(f"there is no function {name}; {did_you_mean(name, (*FUNCTIONS, *_AGGREGATES))}{_KNOWN}")
    function, given = FUNCTIONS[name], [_node(argument, scope) for argument in tree.expressions]
    arguments = tuple(
        Constant(value=argument.value, kind=wanted)
        if wanted in MOST and isinstance(argument, Constant) and argument.literal and argument.kind == "number"
        else argument
        for argument, wanted in zip(given, function.takes, strict=False)
    )
    if len(given) != len(function.takes) or tuple(argument.kind for argument in arguments) != function.takes:
        kinds = ", ".join(argument.kind for argument in given)
        raise RuleError(f"{name} takes ({', '.join(function.takes)}), not ({kinds})")
    for argument in arguments:
        if argument.kind in MOST and not _within(argument, MOST[argument.kind]):
            what = "the age" if argument.kind == "years" else f"the number of {argument.kind}"
            most = MOST[argument.kind]
            raise RuleError(f"{name}: {what} is a whole number from 0 to {most}, or value('…') in {argument.kind}")
    return Call(function=name, arguments=arguments, kind=function.gives)


def _within(node: Node, most: int) -> bool:
    return isinstance(node, Constant) and isinstance(node.value, int) and 0 <= node.value <= most


def _value(tree: exp.Anonymous, scope: _Scope) -> Node:
    """`value('name')`, or of a table `value('name', number)`."""
    if len(tree.expressions) not in {1, 2} or not tree.expressions[0].is_string:
        raise RuleError("value takes one name in quotes: value('income_limit_yen'), and of a table a number beside it")
    name, found = str(tree.expressions[0].this), scope.dated(str(tree.expressions[0].this))
    if isinstance(found, Constant) and len(tree.expressions) == 1:
        return found
    if isinstance(found, Constant) or len(tree.expressions) == 1:
        told = (
            "has one value, so it takes no number"
            if isinstance(found, Constant)
            else "is a table; say for which number"
        )
        raise RuleError(f"value('{name}') {told}")
    index = _node(tree.expressions[1], scope)
    if index.kind != "number":
        raise RuleError(f"value('{name}', …) takes a number, not {shown(index.kind)}")
    return Lookup(scale=found, index=index, kind=found.kind)


def _quantified(name: str, tree: exp.Anonymous, scope: _Scope) -> Node:
    source, of, alias = _bound(name, tree, scope, parts=2)
    with _named(alias, source, scope):
        predicate = _boolean(tree.expressions[1], scope)
    if source in kin.SOURCES:
        found = kin.any_of(source, alias, predicate)
        return found if name == "any_of" else Logic(operator="not", parts=(found,))
    node = Quantified(
        quantifier=name,  # type: ignore[arg-type]
        source=source,
        alias=alias,
        predicate=predicate,
        kind="number" if name == "count_of" else "boolean",
        of=of,
    )
    return node if source == "household" else _agreed(sources()[source].table, of, node, scope)


def _total(name: str, tree: exp.Anonymous, scope: _Scope) -> Node:
    """`sum_of(…)` or `one_of(subject.resident_tax as t, t.fiscal_year = 2026, t.income_yen)`."""
    source, of, alias = _bound(name, tree, scope, parts=3)
    with _named(alias, source, scope):
        predicate, summed = _boolean(tree.expressions[1], scope), _node(tree.expressions[2], scope)
    if name == "sum_of" and summed.kind not in NUMERIC:
        raise RuleError(f"sum_of adds yen, years, months, days or numbers, not {shown(summed.kind)}")
    node = Total(
        quantifier=name,  # type: ignore[arg-type]
        source=source,
        alias=alias,
        predicate=predicate,
        summed=summed,
        kind=summed.kind,
        of=of,
    )
    return node if source == "household" else _agreed(sources()[source].table, of, node, scope)


@contextmanager
def _named(alias: str, source: str, scope: _Scope) -> Iterator[None]:
    """Lets a quantifier's rows be called by its name for as long as its own conditions are read."""
    of_home = source == "household" or source in kin.SOURCES
    scope.aliases[alias] = "residents" if of_home else sources()[source].table
    yield
    del scope.aliases[alias]


def _bound(name: str, tree: exp.Anonymous, scope: _Scope, *, parts: int) -> tuple[str, str, str]:
    """The source, whose it is, and the alias of `any_of(household as m, …)` or `any_of(m.disability as d, …)`."""
    if len(tree.expressions) != parts or not isinstance(tree.expressions[0], exp.Alias):
        raise RuleError(f"{name} reads: {name}(household as m, …) or {name}(subject.<table> as x, …); … is a condition")
    path, alias = path_of(tree.expressions[0].this), str(tree.expressions[0].alias)
    if alias in {"subject", "event", "household", "as_of", *scope.aliases} or not NAME.fullmatch(alias):
        raise RuleError(f"the name {alias} cannot stand after `as`; choose a short one, as in `household as m`")
    of_kin = len(path) == 2 and path[0] == "subject" and path[1] in kin.SOURCES
    if len(scope.aliases) > 1 or (scope.aliases and (of_kin or path == ["household"])):
        raise RuleError(f"{name} stands inside another quantifier; split it into several criteria")
    if of_kin:
        return _of_kin(name, path[1], scope), "subject", alias
    if path == ["household"]:
        return "household", "subject", alias
    if len(path) == 2 and path[1] in sources() and (path[0] == "subject" or scope.aliases.get(path[0]) == "residents"):
        return path[1], path[0], alias
    nearest = did_you_mean(path[-1], (*sources(), *kin.SOURCES))
    raise RuleError(
        f"{name} reads: {name}(household as m, …) or {name}(subject.<table> as x, …); {nearest}".rstrip("; ")
    )


def _of_kin(name: str, source: str, scope: _Scope) -> str:
    """The source, with what says who they are counted as read. Raises RuleError for what cannot be asked of them."""
    if name not in {"any_of", "none_of"} and (name, source) != ("count_of", "children"):
        asked = "any_of, none_of or a compared count_of" if source == "children" else "any_of or none_of"
        raise RuleError(f"{name} cannot be asked of subject.{source}, of whom it may be open who they are; use {asked}")
    scope.reads.update(("residents", column) for column in kin.COLUMNS)
    return source
