"""What the expressions of one night ask of people, households and cases, found once for all of them: each answer is a column.

Three tables hold the answers: `people` has one row per person, `households` one per household, `known_cases` one per case, with what the
first two say of its subject, and what is asked of rows beside its event, or of its household's members beside its subject.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import count

from eligibility.language.compile import (
    FOUND,
    HOUSEHOLDS,
    PAIRS,
    PEOPLE,
    key_in,
    member_joins,
    members_sql,
    of_no_row,
    template,
    to_sql,
)
from eligibility.language.nodes import (
    Among,
    Call,
    Column,
    Comparison,
    Consented,
    Constant,
    EventDetail,
    Kind,
    Moment,
    Node,
    Quantified,
    Total,
    children,
    given,
    walk,
)
from eligibility.language.relations import SETS, STEPS, bit_sql, bits_of, name_of
from eligibility.language.sources import sources
from eligibility.language.statutory import EVERY
from eligibility.language.trees import (
    ROW,
    alone,
    beside_event,
    between_two,
    inside,
    of_people,
    renamed,
)
from engine.core.sql import quoted

#: the table of cases with all that was found of them
KNOWN_CASES = "known_cases"
#: begins the names of values that rows give beside an event
_BY_CASE = "by case:"
#: whose household's rows they are, where the two are held against each other
_SUBJECT = "whose"
#: how a value is made of its rows, the rows' condition, and what is drawn from them
_Key = tuple[str, str, str]
#: the column that holds somebody's relationship to the head as the bit of its kind, and the bits that each function asks for
_KINSHIP = "kinship"
_BITS = {name_of(kinds): bits_of(kinds) for kinds in SETS}


@dataclass(kw_only=True)
class Together:
    """Collects what is asked of cases of one date. `rewritten` gives an expression that reads the columns in which the answers stand.

    The people are those of `residents` as known, and the subjects of `cases`, whether registered or not.
    """

    as_of: date
    #: what is worked out of one's own row in the register, and what is asked of that: SQL → column
    _functions: dict[str, str] = field(default_factory=dict)
    _own: dict[str, str] = field(default_factory=dict)
    _written: dict[str, Node] = field(default_factory=dict)
    #: what rows give together, by the source they are of: → column, and its value where there is no row
    _values: dict[str, dict[_Key, tuple[str, str]]] = field(default_factory=dict)
    #: all that is asked of members
    _of_members: list[Node] = field(default_factory=list)
    _of_members_by_case: list[Node] = field(default_factory=list)
    #: columns of residents in which people are held against each other
    _carried: set[str] = field(default_factory=lambda: {"status"})
    _numbers: Iterator[int] = field(default_factory=count)

    def rewritten(self, node: Node) -> Node:
        """The same expression, asking the tables of answers."""
        if isinstance(node, Moment) and node.name == "as_of":
            return Constant(value=self.as_of, kind="date")
        if isinstance(node, Comparison) and _counts(node.left) and isinstance(node.right, Constant):
            rows = inside(node.left, self.rewritten)
            return self._counted(rows, replace(node, left=rows))
        found = inside(node, self.rewritten)
        if isinstance(found, Consented):
            agreed = self.rewritten(given(found))
            assert isinstance(agreed, Column)
            return replace(found, given=agreed)
        if isinstance(found, Quantified | Total):
            return self._counted(found, found)
        if isinstance(found, Call) and all(isinstance(one, Constant) for one in found.arguments):
            return _worked_out(found)
        return self._of_oneself(found) if isinstance(found, Comparison | Among | Call) else found

    def _counted(self, rows: Node, whole: Node) -> Node:
        """What rows give together, found beforehand where that can be done."""
        if alone(rows):
            return self._value(rows, whole)
        if between_two(rows):
            return self._paired(rows, whole)
        return self._of_case(rows, whole) if beside_event(rows) else whole

    def _value(self, rows: Node, whole: Node) -> Column:
        """What rows give by themselves."""
        assert isinstance(rows, Quantified | Total)
        asked = tuple(renamed(node, rows.alias) for node in children(rows))
        if rows.source != "household":
            return self._column(rows.source, whole, *self._texts(asked), f"{rows.of}.{PEOPLE}", whole.kind)
        self._of_members += asked
        return self._column(HOUSEHOLDS, whole, *self._texts(asked), f"subject.{HOUSEHOLDS}", whole.kind)

    def _paired(self, rows: Node, whole: Node) -> Column:
        """What the members of a household give together, each held against the subject."""
        assert isinstance(rows, Quantified | Total)
        read = (part for node in children(rows) for part in walk(node))
        self._carried |= {part.name for part in read if isinstance(part, Column) and part.table == "residents"}
        asked = tuple(of_people(node, {rows.alias: ROW, "subject": _SUBJECT}) for node in children(rows))
        return self._column(PAIRS, whole, *self._texts(asked), f"subject.{PAIRS}", whole.kind)

    def _of_case(self, rows: Node, whole: Node) -> Column:
        """What rows give together, of which something is asked beside the event."""
        assert isinstance(rows, Quantified | Total)
        asked = tuple(renamed(node, rows.alias) for node in children(rows))
        self._of_members_by_case += asked if rows.source == "household" else ()
        source = f"{_BY_CASE} {rows.source}"
        return self._column(source, whole, *self._texts(asked), f"subject.{PAIRS}", whole.kind)

    def _texts(self, asked: tuple[Node, ...]) -> tuple[str, str]:
        """The SQL of the rows' condition, and of what is drawn from them."""
        condition, *drawn = (to_sql(node, FOUND) for node in asked)
        return condition, drawn[0] if drawn else "NULL"

    def _column(self, source: str, whole: Node, condition: str, drawn: str, alias: str, kind: Kind) -> Column:
        """The column of a value; equal values have one."""
        asked = self._values.setdefault(source, {})
        key = (template(whole), condition, drawn)
        if key not in asked:
            asked[key] = (self._named(), of_no_row(whole))
        return Column(alias=alias, table=alias.rpartition(".")[2], name=asked[key][0], kind=kind)

    def _named(self) -> str:
        return f"v{next(self._numbers)}"

    def _of_oneself(self, node: Call | Comparison | Among) -> Node:
        """A function of one person's own row, or a condition on it, as a column of `people`; any other as it is."""
        read = [part for part in walk(node) if isinstance(part, Column | Moment | EventDetail)]
        if not all(isinstance(part, Column) and self._in_own_row(part) for part in read):
            return node
        whose = {part.alias.partition(".")[0] for part in read if isinstance(part, Column)}
        if len(whose) != 1:
            return node
        (person,) = whose
        asked = self._functions if isinstance(node, Call) else self._own
        # functions stand beside each other: one of another is written out
        row = _of_row(self._written_out(node) if isinstance(node, Call) else node)
        text = _of_kinship(row) or to_sql(row, FOUND)
        if text not in asked:
            asked[text] = self._named()
            self._written[asked[text]] = row
        return Column(alias=f"{person}.{PEOPLE}", table=PEOPLE, name=asked[text], kind=node.kind)

    def _written_out(self, node: Node) -> Node:
        """The expression with what was worked out of the row standing in it as it was written."""
        if isinstance(node, Column):
            return self._written.get(node.name, node) if node.table == PEOPLE else node
        return inside(node, self._written_out)

    def _in_own_row(self, column: Column) -> bool:
        found = column.table == PEOPLE and column.name in self._functions.values()
        return found or column.table == "residents"

    def tables(self) -> dict[str, str]:
        """The tables of answers, each made from those before it: name → SELECT."""
        of_records = {_table_of(name): self._records(name) for name in self._of_records()}
        return of_records | {PEOPLE: self._people(), HOUSEHOLDS: self._households(), KNOWN_CASES: self._cases()}

    def _records(self, name: str) -> str:
        """SELECT of one row per person with a record of that source: k, and what is asked of theirs."""
        key, table = f"{_row()}.{key_in(FOUND, sources()[name].join)}", quoted(f"{FOUND}.{sources()[name].table}")
        return _grouped(key, f"{table} AS {_row()}", self._values[name])

    def _people(self) -> str:
        """SELECT of one row per person: subject_id, household_id, the columns carried along, and what is asked of them."""
        own, row, residents = key_in(FOUND, "resident_id"), _row(), quoted(f"{FOUND}.residents")
        values = ["w.number AS subject_id", f"{row}.{key_in(FOUND, 'household_id')} AS household_id"]
        values += [f"{row}.{quoted(name)}" for name in (*sorted(self._carried), *self._functions.values())]
        values += [f"{text} AS {name}" for text, name in self._own.items()]
        joined = []
        for place, name in enumerate(self._of_records()):
            joined.append(f"LEFT JOIN {quoted(f'{FOUND}.{_table_of(name)}')} AS g{place} ON g{place}.k = w.number")
            values += _or_nobody(f"g{place}", self._values[name])
        numbers = ["(SELECT", own, "AS number FROM", residents, "UNION SELECT subject_id FROM cases) AS w"]
        who = [*numbers, "LEFT JOIN", self._register(), "AS", row, f"ON {row}.{own} = w.number", *joined]
        return " ".join(["SELECT", ", ".join(values), "FROM", *who])

    def _register(self) -> str:
        """The residents with what is worked out of each one's own row; of relationships, from the kind of them."""
        residents = quoted(f"{FOUND}.residents")
        rows = ["(SELECT k.*,", bit_sql().format(*(f"k.{name}" for name in STEPS)), "AS", _KINSHIP, "FROM", residents]
        table = " ".join([*rows, "AS k)"]) if any(_KINSHIP in text for text in self._functions) else residents
        values = [f"{_row()}.*", *(f"{text} AS {name}" for text, name in self._functions.items())]
        return " ".join(["(SELECT", ", ".join(values), "FROM", table, "AS", _row(), ")"])

    def _of_records(self) -> list[str]:
        return [name for name in self._values if name in sources()]

    def _households(self) -> str:
        """SELECT of one row per household with somebody registered: k, and what is asked of its members. Reads `people`."""
        who = _row(PEOPLE)
        people = [quoted(f"{FOUND}.{PEOPLE}"), "AS", who]
        people += [member_joins(self._of_members, ROW, f"{who}.subject_id", FOUND), f"WHERE {who}.status = 'RESIDENT'"]
        return _grouped(f"{who}.household_id", " ".join(people), self._values.get(HOUSEHOLDS, {}))

    def _cases(self) -> str:
        """SELECT of one row per case: its columns, and all that was found of it. Reads `people` and `households`."""
        people, households = (quoted(f"{FOUND}.{name}") for name in (PEOPLE, HOUSEHOLDS))
        joined = [f"LEFT JOIN {people} AS p ON p.subject_id = k.subject_id"]
        joined += [f"LEFT JOIN {households} AS h ON h.k = k.household_id"]
        values = [f"k.{name}" for name in ("case_id", "subject_id", "household_id", "occurred_on", "as_of", "detail")]
        values += [f"p.{name}" for name in (*self._functions.values(), *self._own.values())]
        values += [f"p.{column}" for name in self._of_records() for column, _ in self._values[name].values()]
        values += _or_nobody("h", self._values.get(HOUSEHOLDS, {}))
        for place, (name, rows) in enumerate(self._rows_by_case()):
            found = _grouped("c.case_id", rows, self._values[name])
            joined.append(f"LEFT JOIN ({found}) AS g{place} ON g{place}.k = k.case_id")
            values += _or_nobody(f"g{place}", self._values[name])
        return " ".join(["SELECT", ", ".join(values), "FROM cases AS k", *joined])

    def _rows_by_case(self) -> Iterator[tuple[str, str]]:
        """What is asked by case: the name of the values, and the rows of all cases (alias c)."""
        for name in self._values:
            if name == PAIRS:
                yield name, self._pairs()
            elif name == f"{_BY_CASE} household":
                _, members = members_sql(ROW, self._of_members_by_case, FOUND)
                yield name, f"cases AS c CROSS JOIN {members}"
            elif name.startswith(_BY_CASE):
                source = sources()[name.removeprefix(f"{_BY_CASE} ")]
                table, key = quoted(f"{FOUND}.{source.table}"), f"{_row()}.{key_in(FOUND, source.join)}"
                yield name, f"cases AS c INNER JOIN {table} AS {_row()} ON {key} = c.subject_id"

    def _pairs(self) -> str:
        """Each case with its subject and each member of the household."""
        whose, row, people = _row(PEOPLE, _SUBJECT), _row(PEOPLE), quoted(f"{FOUND}.{PEOPLE}")
        subject = [people, "AS", whose, f"ON {whose}.subject_id = c.subject_id"]
        member = [people, "AS", row, f"ON {row}.household_id = c.household_id AND {row}.status = 'RESIDENT'"]
        return " ".join(["cases AS c INNER JOIN", *subject, "INNER JOIN", *member])


def _worked_out(node: Call) -> Constant:
    """A function of constants."""
    values = [one.value for one in node.arguments if isinstance(one, Constant)]
    return Constant(value=EVERY[node.function].python(*values), kind=node.kind)


def _of_kinship(node: Node) -> str:
    """The SQL of a question about somebody's relationship to the head; '' of any other."""
    bits = _BITS.get(node.function) if isinstance(node, Call) else None
    return f"(({_row()}.{_KINSHIP} & {bits:d}) <> 0)" if bits is not None else ""


def _counts(node: Node) -> bool:
    return isinstance(node, Quantified) and node.quantifier == "count_of"


def _of_row(node: Node) -> Node:
    """The expression reading all of it from one row of the register."""
    found = inside(node, _of_row)
    return replace(found, alias=ROW) if isinstance(found, Column) else found


def _table_of(source: str) -> str:
    return f"of_{source}"


def _row(table: str = "", name: str = ROW) -> str:
    return quoted(f"q_{name}__{table}" if table else f"q_{name}")


def _or_nobody(table: str, asked: Mapping[_Key, tuple[str, str]]) -> Iterator[str]:
    """The columns of what was asked of rows, with the value of no row where there is none."""
    for name, nobody in asked.values():
        yield f"CASE WHEN {table}.k IS NULL THEN {nobody} ELSE {table}.{name} END AS {name}"


def _grouped(key: str, table: str, asked: Mapping[_Key, tuple[str, str]]) -> str:
    """SELECT of one row per key of these rows: what is asked of them, each condition worked out once a row."""
    conditions = {condition: f"c{place}" for place, (_, condition, _) in enumerate(asked)}
    drawn = {value: f"s{place}" for place, (_, _, value) in enumerate(asked)}
    read = [f"{key} AS k", *(f"({text}) AS {name}" for text, name in (conditions | drawn).items())]
    values = ["q.k"]
    for (text, condition, value), (name, _) in asked.items():
        said = text.format(key="q.k", p=f"q.{conditions[condition]}", s=f"q.{drawn[value]}")
        values.append(f"{said} AS {name}")
    rows = ["(SELECT", ", ".join(read), "FROM", table, ") AS q WHERE q.k IS NOT NULL GROUP BY q.k"]
    return " ".join(["SELECT", ", ".join(values), "FROM", *rows])
