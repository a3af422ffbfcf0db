"""What many expressions ask of people, records and households, found once for all of them.

Four tables hold what was found: `born` has one row per birth date, `records` one per person of whom a record says something,
`people` one per person (with what the first two say), `households` one per household. What depends on an event that is not
the same for everybody stays in the expression.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from eligibility.language.compile import (
    FOUND,
    HOUSEHOLDS,
    PEOPLE,
    consent_given,
    key_in,
    member_joins,
    of_no_row,
    template,
    to_sql,
    walk,
)
from eligibility.language.flags import Words, answer, answer_of
from eligibility.language.nodes import (
    Among,
    Call,
    Column,
    Comparison,
    Consented,
    Constant,
    EventDetail,
    Flag,
    Logic,
    Lookup,
    Moment,
    Node,
    Quantified,
    Total,
)
from eligibility.language.sources import sources
from eligibility.language.statutory import FUNCTIONS
from engine.core.sql import quoted

#: the one name of the rows that facts are found in, whatever a rule calls them: equal questions become equal texts
_ROW = "row"
#: how a value is made of its rows, the rows' condition, and what is drawn from them
_Key = tuple[str, str, str]


@dataclass(kw_only=True)
class Shared:
    """Collects what is asked on one date. `rewritten` gives an expression that reads columns of `people` and `households`.

    `occurred_on` and `detail`: of the event, where it is the same for everybody. `of_cases`: the people are those of `residents`
    and the subjects of `cases`, whether registered or not; otherwise all who are registered.
    """

    schema: str
    as_of: date
    occurred_on: date | None = None
    detail: str | None = None
    of_cases: bool = False
    #: yes or no: of a birth date, of one's own record, of any of one's records, of any member
    _born: Words = field(default_factory=lambda: Words(letter="b"))
    _own: Words = field(default_factory=lambda: Words(letter="o"))
    _of_any: Words = field(default_factory=lambda: Words(letter="r"))
    _of_member: Words = field(default_factory=lambda: Words(letter="h"))
    #: what they are, by the source whose rows are asked
    _texts: dict[str, dict[str, str]] = field(default_factory=dict)
    _members: dict[str, Node] = field(default_factory=dict)
    #: counts and totals, by source
    _values: dict[str, dict[_Key, tuple[str, str]]] = field(default_factory=dict)
    _drawn: list[Node] = field(default_factory=list)

    def rewritten(self, node: Node) -> Node:
        """The same expression, asking the tables of facts."""
        if isinstance(node, Moment | EventDetail):
            return self._moment(node)
        if isinstance(node, Comparison) and isinstance(node.left, Quantified) and isinstance(node.right, Constant):
            rows = _inside(node.left, self.rewritten)
            return self._value(rows, replace(node, left=rows)) if _alone(rows) else replace(node, left=rows)
        found = _inside(node, self.rewritten)
        if isinstance(found, Consented):
            return replace(found, given=self._given(found))
        if isinstance(found, Quantified | Total) and _alone(found):
            counted = isinstance(found, Total) or found.quantifier == "count_of"
            return self._value(found, found) if counted else self._any(found)
        return self._of_oneself(found) if isinstance(found, Comparison | Among | Call) else found

    def _moment(self, node: Moment | EventDetail) -> Node:
        if isinstance(node, EventDetail):
            return node if self.detail is None else Constant(value=self.detail, kind="text")
        on = self.as_of if node.name == "as_of" else self.occurred_on
        return node if on is None else Constant(value=on, kind="date")

    def _of_oneself(self, node: Node) -> Node:
        """A condition on one person's own columns as a flag of `people`; any other as it is."""
        if any(isinstance(part, Moment | EventDetail) for part in walk(node)):
            return node
        read = [part for part in walk(node) if isinstance(part, Column)]
        whose = {part.alias for part in read}
        if node.kind != "boolean" or len(whose) != 1 or not {part.table for part in read} <= {"residents"}:
            return node
        (person,) = whose
        of_birth = {part.name for part in read} == {"birth_date"} and _unknown_in_unknown_out(node)
        words, text = self._born if of_birth else self._own, to_sql(_renamed(node, person), self.schema)
        self._texts.setdefault(words.letter, {})[text] = text
        return _flag(words, text, f"{person}.{PEOPLE}")

    def _any(self, rows: Node) -> Node:
        """Whether any row fulfils a condition; that none or all do is that none fulfils it, or its opposite."""
        assert isinstance(rows, Quantified)
        if rows.quantifier == "all_of":
            rows = replace(rows, predicate=Logic(operator="not", parts=(rows.predicate,)))
        condition = _renamed(rows.predicate, rows.alias)
        text = to_sql(condition, self.schema)
        if rows.source == "household":
            self._members[text] = condition
            found = _flag(self._of_member, text, f"subject.{HOUSEHOLDS}")
        else:
            found = self._of_records(rows.source, text, rows.of)
        return found if rows.quantifier == "any_of" else Logic(operator="not", parts=(found,))

    def _of_records(self, source: str, text: str, person: str) -> Flag:
        question = f"{source}: {text}"
        self._texts.setdefault(source, {})[question] = text
        return _flag(self._of_any, question, f"{person}.{PEOPLE}")

    def _given(self, node: Consented) -> Flag:
        return self._of_records("consents", consent_given(node, _ROW, self.as_of), node.of)

    def _value(self, rows: Node, whole: Node) -> Column:
        """A number or date that rows give together, or what a count is compared with."""
        assert isinstance(rows, Quantified | Total)
        condition = _renamed(rows.predicate, rows.alias)
        drawn = _renamed(rows.summed, rows.alias) if isinstance(rows, Total) else None
        text = to_sql(drawn, self.schema) if drawn is not None else "NULL"
        known = self._values.setdefault(rows.source, {})
        name = f"v{sum(map(len, self._values.values()))}"
        name, _ = known.setdefault((template(whole), to_sql(condition, self.schema), text), (name, of_no_row(whole)))
        if rows.source != "household":
            return Column(alias=f"{rows.of}.{PEOPLE}", table=PEOPLE, name=name, kind=whole.kind)
        self._drawn += [condition] if drawn is None else [condition, drawn]
        return Column(alias=f"subject.{HOUSEHOLDS}", table=HOUSEHOLDS, name=name, kind=whole.kind)

    def born(self) -> str:
        """SELECT of one row per birth date on record: birth_date, and what is asked of it alone."""
        residents = quoted(f"{self.schema}.residents")
        days = ["(SELECT DISTINCT r.birth_date FROM", residents, "AS r WHERE r.birth_date IS NOT NULL) AS", _row()]
        values = [f"{_row()}.birth_date", *_named(self._born, self._answers("b"))]
        return " ".join(["SELECT", ", ".join(values), "FROM", *days])

    def _answers(self, source: str) -> list[tuple[str, str]]:
        return [(question, answer(text)) for question, text in self._texts.get(source, {}).items()]

    def records(self) -> str:
        """SELECT of one row per person with a record for which some question is true or unknown: k, and what any of theirs says."""
        parts = []
        for name, source in sources().items():
            if name in self._texts:
                table = quoted(f"{self.schema}.{source.table}")
                key = f"{_row()}.{key_in(self.schema, source.join)} AS k"
                values = [key, *_named(self._of_any, self._answers(name))]
                parts.append(" ".join(["SELECT", ", ".join(values), "FROM", table, "AS", _row()]))
        names = list(self._of_any.names())
        none = ["SELECT", ", ".join(["CAST(NULL AS VARCHAR) AS k", *_named(self._of_any, [])])]
        said = " OR ".join(f"q.{name} <> 0" for name in names) or "FALSE"
        values = ["q.k", *(f"BIT_OR(q.{name}) AS {name}" for name in names)]
        rows = ["(", " UNION ALL ".join(parts or [" ".join(none)]), ") AS q WHERE q.k IS NOT NULL AND (", said, ")"]
        return " ".join(["SELECT", ", ".join(values), "FROM", *rows, "GROUP BY q.k"])

    def people(self, carried: Iterable[str] = ()) -> str:
        """SELECT of one row per person: subject_id, household_id, the columns carried along, and what is asked of them.

        Reads `born` and `records`.
        """
        residents = quoted(f"{self.schema}.residents")
        own, home = (key_in(self.schema, name) for name in ("resident_id", "household_id"))
        number = "w.number" if self.of_cases else f"{_row()}.{own}"
        values = [
            f"{number} AS subject_id",
            f"{_row()}.{home} AS household_id",
            *([f"{_row()}.status"] if self.of_cases else []),
        ]
        values += [f"{_row()}.{quoted(name)}" for name in carried]
        values += [f"COALESCE(b.{name}, {self._born.all_unknown(name):d}) AS {name}" for name in self._born.names()]
        values += [*_named(self._own, self._answers("o"))]
        values += [f"COALESCE(r.{name}, 0) AS {name}" for name in self._of_any.names()]
        born, records = (quoted(f"{FOUND}.{name}") for name in ("born", "records"))
        joined = [f"LEFT JOIN {born} AS b ON b.birth_date = {_row()}.birth_date"]
        joined += [f"LEFT JOIN {records} AS r ON r.k = {number}"]
        for place, (name, asked) in enumerate(sorted(self._values.items())):
            if name == "household":
                continue
            source = sources()[name]
            table = " ".join([quoted(f"{self.schema}.{source.table}"), "AS", _row()])
            found = _grouped(f"{_row()}.{key_in(self.schema, source.join)}", table, asked, named="k")
            joined.append(f"LEFT JOIN ({found}) AS g{place} ON g{place}.k = {number}")
            values += [
                f"CASE WHEN g{place}.k IS NULL THEN {nobody} ELSE g{place}.{column} END AS {column}"
                for column, nobody in asked.values()
            ]
        who = [residents, "AS", _row(), *joined, "WHERE", f"{_row()}.status = 'RESIDENT'"]
        if self.of_cases:
            numbers = [
                f"(SELECT r.{own} AS number FROM",
                residents,
                "AS r UNION SELECT k.subject_id FROM cases AS k) AS w",
            ]
            who = [*numbers, "LEFT JOIN", residents, "AS", _row(), f"ON {_row()}.{own} = w.number", *joined]
        return " ".join(["SELECT", ", ".join(values), "FROM", *who])

    def households(self) -> str:
        """SELECT of one row per household with somebody registered: household_id, members, and what is asked of it. Reads `people`."""
        who = _row(PEOPLE)
        joined = member_joins([*self._members.values(), *self._drawn], _ROW, f"{who}.subject_id", self.schema)
        table = " ".join([quoted(f"{FOUND}.{PEOPLE}"), "AS", who, joined])
        answers = [(text, answer_of(node, self.schema)) for text, node in self._members.items()]
        words = dict(zip(self._of_member.names(), self._of_member.values(answers), strict=True))
        key = f"{who}.household_id"
        key = f"CASE WHEN {who}.status = 'RESIDENT' THEN {key} END" if self.of_cases else key
        return _grouped(key, table, self._values.get("household", {}), named="household_id", words=words)

    def found(self, people: str, households: str) -> str:
        """The columns that expressions read of a case, from what its person and its household are called in SQL."""
        of_person = [*self._born.names(), *self._own.names(), *self._of_any.names()]
        of_person += [
            name for source, asked in self._values.items() if source != "household" for name, _ in asked.values()
        ]
        values = [f"{people}.{name}" for name in of_person]
        values += [f"COALESCE({households}.{name}, 0) AS {name}" for name in self._of_member.names()]
        values += [
            f"CASE WHEN {households}.household_id IS NULL THEN {nobody} ELSE {households}.{name} END AS {name}"
            for name, nobody in self._values.get("household", {}).values()
        ]
        return "".join(f", {value}" for value in values)


def _row(table: str = "") -> str:
    return quoted(f"q_{_ROW}__{table}" if table else f"q_{_ROW}")


def _flag(words: Words, question: str, alias: str) -> Flag:
    name, place = words.place(question)
    return Flag(alias=alias, table=alias.rpartition(".")[2], name=name, place=place, kind="boolean")


def _named(words: Words, answers: Iterable[tuple[str, str]]) -> Iterable[str]:
    return (f"{value} AS {name}" for name, value in zip(words.names(), words.values(answers), strict=True))


def _grouped(
    key: str, table: str, asked: Mapping[_Key, tuple[str, str]], *, named: str, words: Mapping[str, str] | None = None
) -> str:
    """SELECT of one row per person or household: what is asked of their rows, each condition worked out once a row."""
    conditions = {condition: f"c{place}" for place, (_, condition, _) in enumerate(asked)}
    drawn = {value: f"s{place}" for place, (_, _, value) in enumerate(asked)}
    held = words or {}
    read = [f"{key} AS k", *(f"({text}) AS {name}" for text, name in (conditions | drawn).items())]
    read += [f"({text}) AS {name}" for name, text in held.items()]
    values = [f"q.k AS {named}", "COUNT(*) AS members", *(f"BIT_OR(q.{name}) AS {name}" for name in held)]
    for (text, condition, value), (name, _) in asked.items():
        said = text.format(key="q.k", p=f"q.{conditions[condition]}", s=f"q.{drawn[value]}")
        values.append(f"{said} AS {name}")
    rows = ["(SELECT", ", ".join(read), "FROM", table, ") AS q WHERE q.k IS NOT NULL GROUP BY q.k"]
    return " ".join(["SELECT", ", ".join(values), "FROM", *rows])


def _unknown_in_unknown_out(node: Node) -> bool:
    """Whether a value is unknown as soon as something it is made of is."""
    for part in walk(node):
        if not isinstance(part, Comparison | Among | Call | Column | Constant):
            return False
        if isinstance(part, Call) and FUNCTIONS[part.function].sees_unknown:
            return False
    return True


def _alone(node: Node) -> bool:
    """Whether a count or total depends on its own rows alone, and on nothing of the subject or another quantifier."""
    assert isinstance(node, Quantified | Total)
    inner: Iterable[Node] = (node.predicate, node.summed) if isinstance(node, Total) else (node.predicate,)
    if node.source == "household" and node.of != "subject":
        return False
    return all(_of_row(part, node.alias) for one in inner for part in walk(one))


def _of_row(part: Node, alias: str) -> bool:
    if isinstance(part, Quantified | Total | Moment | EventDetail):
        return False
    if isinstance(part, Column):
        return part.alias.partition(".")[0] == alias
    return not isinstance(part, Consented) or part.of == alias


def _renamed(node: Node, alias: str) -> Node:
    """The expression with its rows called as the tables of facts call them."""
    found = _inside(node, lambda part: _renamed(part, alias))
    if isinstance(found, Column):
        head, dot, rest = found.alias.partition(".")
        return replace(found, alias=_ROW + dot + rest) if head == alias else found
    if isinstance(found, Consented) and found.of == alias:
        given = replace(found.given, alias=f"{_ROW}.{PEOPLE}") if found.given else None
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
