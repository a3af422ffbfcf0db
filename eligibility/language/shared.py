"""What many expressions ask of records and households, found once: counts and totals become columns of two tables.

`person_facts` has one row per registered person (resident_id), `household_facts` one per household (household_id). For a
population whose cases share one moment (`as_of`, `occurred_on`, `detail`): neither depends on who is asked about.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace

from eligibility.language.compile import (
    HOUSEHOLD_FACTS,
    PERSON_FACTS,
    consent_given,
    member_joins,
    of_no_row,
    template,
    to_sql,
    walk,
)
from eligibility.language.nodes import (
    Among,
    Call,
    Column,
    Comparison,
    Consented,
    Constant,
    Logic,
    Lookup,
    Node,
    Quantified,
    Total,
)
from eligibility.language.sources import sources
from engine.core.sql import quoted

#: the one name of the rows that facts are found in, whatever a rule calls them: equal questions become equal texts
_ROW = "row"
_Key = tuple[str, str, str]
_ANY = "COUNT({key}) FILTER (WHERE {p}) > 0"


@dataclass
class Shared:
    """Collects what is asked. `rewritten` gives an expression that reads columns where it had counts and totals."""

    schema: str
    _records: dict[str, dict[_Key, tuple[str, str]]] = field(default_factory=dict)
    _households: dict[_Key, str] = field(default_factory=dict)
    _of_members: list[Node] = field(default_factory=list)

    def rewritten(self, node: Node) -> Node:
        """The same expression, asking the tables of facts."""
        if isinstance(node, Comparison) and isinstance(node.left, Quantified) and isinstance(node.right, Constant):
            rows = _inside(node.left, self.rewritten)
            return self._fact(rows, replace(node, left=rows)) if _alone(rows) else replace(node, left=rows)
        found = _inside(node, self.rewritten)
        if isinstance(found, Consented):
            return replace(found, given=self._given(found))
        return self._fact(found, found) if isinstance(found, Quantified | Total) and _alone(found) else found

    def _fact(self, rows: Node, whole: Node) -> Column:
        assert isinstance(rows, Quantified | Total)
        predicate = _renamed(rows.predicate, rows.alias)
        summed = _renamed(rows.summed, rows.alias) if isinstance(rows, Total) else None
        key = (
            template(whole),
            to_sql(predicate, self.schema),
            to_sql(summed, self.schema) if summed is not None else "NULL",
        )
        kind = whole.kind
        if rows.source == "household":
            name = self._households.setdefault(key, f"h{len(self._households)}")
            self._of_members += [predicate] if summed is None else [predicate, summed]
            return Column(alias=f"subject.{HOUSEHOLD_FACTS}", table=HOUSEHOLD_FACTS, name=name, kind=kind)
        name, _ = self._asked(rows.source, key, of_no_row(whole))
        return Column(alias=f"{rows.of}.{PERSON_FACTS}", table=PERSON_FACTS, name=name, kind=kind)

    def _given(self, node: Consented) -> Column:
        key = (_ANY, consent_given(node, _ROW), "NULL")
        name, _ = self._asked("consents", key, "FALSE")
        return Column(alias=f"{node.of}.{PERSON_FACTS}", table=PERSON_FACTS, name=name, kind="boolean")

    def _asked(self, source: str, key: _Key, of_nobody: str) -> tuple[str, str]:
        known = self._records.setdefault(source, {})
        return known.setdefault(key, (f"p{sum(map(len, self._records.values()))}", of_nobody))

    def person_facts(self) -> str:
        """SELECT of one row per registered person. Reads a one-row `moment` (as_of, occurred_on, detail)."""
        values, joined = ["r.resident_id"], []
        for place, (name, asked) in enumerate(sorted(self._records.items())):
            source = sources()[name]
            key = f"{_row()}.{quoted(source.join)}"
            table = " ".join([quoted(f"{self.schema}.{source.table}"), "AS", _row()])
            found = _grouped(key, table, "", {column: one for one, (column, _) in asked.items()})
            joined.append(f"LEFT JOIN ({found}) AS g{place} ON g{place}.k = r.resident_id")
            values += [
                f"CASE WHEN g{place}.k IS NULL THEN {nobody} ELSE g{place}.{column} END AS {column}"
                for column, nobody in asked.values()
            ]
        residents = quoted(f"{self.schema}.residents")
        return " ".join(
            ["SELECT", ", ".join(values), "FROM", residents, "AS r", *joined, "WHERE r.status = 'RESIDENT'"]
        )

    def household_facts(self) -> str:
        """SELECT of one row per household with somebody registered. Reads `moment` and `person_facts`."""
        key, number = f"{_row()}.household_id", f"{_row()}.resident_id"
        table = " ".join([quoted(f"{self.schema}.residents"), "AS", _row()])
        joined = member_joins(self._of_members, _ROW, number, self.schema)
        asked = {column: one for one, column in self._households.items()}
        return _grouped(key, table, f"{joined} WHERE {_row()}.status = 'RESIDENT'", asked, named="household_id")


def _row() -> str:
    return quoted(f"q_{_ROW}")


def _grouped(key: str, table: str, rest: str, asked: dict[str, _Key], *, named: str = "k") -> str:
    """SELECT of one row per person or household: what is asked of their rows, each condition worked out once a row."""
    conditions = {one[1]: f"c{place}" for place, one in enumerate(asked.values())}
    sums = {one[2]: f"s{place}" for place, one in enumerate(asked.values())}
    read = [f"{key} AS k", *(f"({text}) AS {name}" for text, name in (conditions | sums).items())]
    inner = " ".join(["SELECT", ", ".join(read), "FROM", table, "CROSS JOIN moment AS c", rest])
    values = [f"q.k AS {named}"]
    for name, (text, condition, summed) in asked.items():
        value = text.format(key="q.k", p=f"q.{conditions[condition]}", s=f"q.{sums[summed]}")
        values.append(f"{value} AS {name}")
    return " ".join(["SELECT", ", ".join(values), "FROM (", inner, ") AS q WHERE q.k IS NOT NULL GROUP BY q.k"])


def _alone(node: Node) -> bool:
    """Whether a count or total depends on its own rows alone, and on nothing of the subject or another quantifier."""
    assert isinstance(node, Quantified | Total)
    inner: Iterable[Node] = (node.predicate, node.summed) if isinstance(node, Total) else (node.predicate,)
    if node.source == "household" and node.of != "subject":
        return False
    for part in (part for one in inner for part in walk(one)):
        if isinstance(part, Quantified | Total):
            return False
        if isinstance(part, Column) and part.alias.partition(".")[0] != node.alias:
            return False
        if isinstance(part, Consented) and part.of != node.alias:
            return False
    return True


def _renamed(node: Node, alias: str) -> Node:
    """The expression with its rows called as the tables of facts call them."""
    found = _inside(node, lambda part: _renamed(part, alias))
    if isinstance(found, Column):
        head, dot, rest = found.alias.partition(".")
        return replace(found, alias=_ROW + dot + rest) if head == alias else found
    if isinstance(found, Consented) and found.of == alias:
        given = replace(found.given, alias=f"{_ROW}.{PERSON_FACTS}") if found.given else None
        return replace(found, of=_ROW, given=given)
    return found


def _inside(node: Node, change: Callable[[Node], Node]) -> Node:
    """The node with each expression right below it changed."""
    if isinstance(node, Comparison):
        return replace(node, left=change(node.left), right=change(node.right))
    if isinstance(node, Among):
        return replace(node, left=change(node.left))
    if isinstance(node, Lookup):
        return replace(node, index=change(node.index))
    if isinstance(node, Logic):
        return replace(node, parts=tuple(change(part) for part in node.parts))
    if isinstance(node, Call):
        return replace(node, arguments=tuple(change(part) for part in node.arguments))
    if isinstance(node, Total):
        return replace(node, predicate=change(node.predicate), summed=change(node.summed))
    if isinstance(node, Quantified):
        return replace(node, predicate=change(node.predicate))
    return replace(node, inner=change(node.inner)) if isinstance(node, Consented) else node
