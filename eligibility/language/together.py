"""What the expressions of one night ask of people, households and cases, found once for all of them: each answer is a column.

Five tables hold the answers: `people` has one row per person, `subjects` one per subject, with what is asked of nobody else, `households`
one per household, `beside` one per case, with what is asked of rows beside its event or of members beside its subject; `known_cases` has
one per case, too, with all that the others say of it.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import count

from eligibility.language.compile import (
    FOUND,
    HOUSEHOLDS,
    PAIRS,
    PEOPLE,
    key_in,
    level,
    member_joins,
    members_sql,
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
#: the tables of what is asked of subjects alone, of what is asked beside an event, and of the cases themselves
_SUBJECTS, _BESIDE = "subjects", "beside"
_CASES = quoted(f"{FOUND}.cases")
#: begins the names of values that rows give beside an event
_BY_CASE = "by case:"
#: whose household's rows they are, where the two are held against each other
_SUBJECT = "whose"
#: how a value is made of its rows, the rows' condition, and what is drawn from them
_Key = tuple[str, str, str]


@dataclass(frozen=True, kw_only=True)
class _Rows:
    """Rows of a table that are asked about: the column by which they are put together, and what is asked of those of one key."""

    key: str
    table: str
    asked: Mapping[_Key, str]


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
    #: what rows give together, by the source they are of: → column
    _values: dict[str, dict[_Key, str]] = field(default_factory=dict)
    #: the columns of `people` that are read of members, or of whom members are held against
    _of_people: set[str] = field(default_factory=set)
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
        parts = (part for node in asked for part in walk(node))
        self._of_people |= {part.name for part in parts if isinstance(part, Column) and part.table == PEOPLE}
        condition, *drawn = (to_sql(node, FOUND) for node in asked)
        return condition, drawn[0] if drawn else ""

    def _column(self, source: str, whole: Node, condition: str, drawn: str, alias: str, kind: Kind) -> Column:
        """The column of a value; equal values have one."""
        asked = self._values.setdefault(source, {})
        key = (template(whole), condition, drawn)
        if key not in asked:
            asked[key] = self._named()
        return Column(alias=alias, table=alias.rpartition(".")[2], name=asked[key], kind=kind)

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

    def tables(self) -> tuple[Mapping[str, str], ...]:
        """The tables of answers, name → SELECT: each made from those of the steps before it."""
        alone = {PEOPLE: self._people(), _SUBJECTS: self._subjects()}
        return alone, {HOUSEHOLDS: self._households(), _BESIDE: self._beside()}, {KNOWN_CASES: self._cases()}

    def _people(self) -> str:
        """SELECT of one row per person: subject_id, household_id, the columns carried along, and what is asked of them."""
        own, row, residents = key_in(FOUND, "resident_id"), _row(), quoted(f"{FOUND}.residents")
        values = ["w.k AS subject_id", f"{row}.{key_in(FOUND, 'household_id')} AS household_id"]
        values += [f"{row}.{quoted(name)}" for name in (*sorted(self._carried), *self._functions.values())]
        values += [f"{text} AS {name}" for text, name in self._own.items()]
        values += [f"w.{name}" for name in self._named_of(self._of_anybody())]
        everybody = " ".join(["SELECT", own, "AS k FROM", residents, "UNION ALL", _each("subject_id")])
        found = _grouped(everybody, map(self._records, self._of_anybody()))
        who = [f"({found}) AS w", "LEFT JOIN", self._register(), "AS", row, f"ON {row}.{own} = w.k"]
        return " ".join(["SELECT", ", ".join(values), "FROM", *who])

    def _subjects(self) -> str:
        """SELECT of one row per person: k, and what is asked of subjects alone."""
        return _grouped(_each("subject_id"), map(self._records, self._of_subjects()))

    def _records(self, name: str) -> _Rows:
        """The records of a source, by whose they are."""
        key, table = f"{_row()}.{key_in(FOUND, sources()[name].join)}", quoted(f"{FOUND}.{sources()[name].table}")
        return _Rows(key=key, table=f"{table} AS {_row()}", asked=self._values[name])

    def _of_anybody(self) -> list[str]:
        """The sources of which something is read of members, too."""
        return [name for name in self._values if name in sources() and self._of_people & {*self._named_of([name])}]

    def _of_subjects(self) -> list[str]:
        return [name for name in self._values if name in sources() and name not in self._of_anybody()]

    def _named_of(self, sources: Iterable[str]) -> list[str]:
        return [column for name in sources for column in self._values.get(name, {}).values()]

    def _register(self) -> str:
        """The residents with what is worked out of each one's own row; of relationships, from the kind of them."""
        residents = quoted(f"{FOUND}.residents")
        rows = ["(SELECT k.*,", bit_sql().format(*(f"k.{name}" for name in STEPS)), "AS", _KINSHIP, "FROM", residents]
        table = " ".join([*rows, "AS k)"]) if any(_KINSHIP in text for text in self._functions) else residents
        values = [f"{_row()}.*", *(f"{text} AS {name}" for text, name in self._functions.items())]
        return " ".join(["(SELECT", ", ".join(values), "FROM", table, "AS", _row(), ")"])

    def _households(self) -> str:
        """SELECT of one row per household with somebody registered: k, and what is asked of its members. Reads `people`."""
        who = _row(PEOPLE)
        people = [quoted(f"{FOUND}.{PEOPLE}"), "AS", who]
        people += [member_joins(self._of_members, ROW, f"{who}.subject_id", FOUND), f"WHERE {who}.status = 'RESIDENT'"]
        rows = _Rows(key=f"{who}.household_id", table=" ".join(people), asked=self._values.get(HOUSEHOLDS, {}))
        return _grouped(_each("household_id"), [rows])

    def _beside(self) -> str:
        """SELECT of one row per case: k, and what is asked of rows beside its event, or its subject. Reads `people`."""
        return _grouped(_each("case_id"), self._rows_by_case())

    def _cases(self) -> str:
        """SELECT of one row per case: its columns, and all that was found of it; of a household not known, nothing is."""
        people, subjects, households, beside = (
            quoted(f"{FOUND}.{name}") for name in (PEOPLE, _SUBJECTS, HOUSEHOLDS, _BESIDE)
        )
        joined = [
            f"LEFT JOIN {people} AS p ON p.subject_id = k.subject_id",
            f"LEFT JOIN {subjects} AS s ON s.k = k.subject_id",
            f"LEFT JOIN {households} AS h ON h.k = k.household_id",
            f"LEFT JOIN {beside} AS b ON b.k = k.case_id",
        ]
        own = (*self._functions.values(), *self._own.values())
        values = [f"k.{name}" for name in ("case_id", "subject_id", "household_id", "occurred_on", "as_of", "detail")]
        values += [f"p.{name}" for name in (*own, *self._named_of(self._of_anybody()))]
        values += [f"s.{name}" for name in self._named_of(self._of_subjects())]
        values += [f"h.{name}" for name in self._named_of([HOUSEHOLDS])]
        values += [f"b.{name}" for name in self._named_of(self._by_case())]
        return " ".join(["SELECT", ", ".join(values), "FROM", _CASES, "AS k", *joined])

    def _by_case(self) -> list[str]:
        return [name for name in self._values if name == PAIRS or name.startswith(_BY_CASE)]

    def _rows_by_case(self) -> Iterator[_Rows]:
        """What is asked by case, and the rows of all cases (alias c)."""
        for name in self._by_case():
            if name == PAIRS:
                table = self._pairs()
            elif name == f"{_BY_CASE} household":
                table = f"{_CASES} AS c CROSS JOIN {members_sql(ROW, self._of_members_by_case, FOUND)}"
            else:
                source = sources()[name.removeprefix(f"{_BY_CASE} ")]
                own = f"{quoted(f'{FOUND}.{source.table}')} AS {_row()} ON {_row()}.{key_in(FOUND, source.join)} = c.subject_id"
                table = f"{_CASES} AS c INNER JOIN {own}"
            yield _Rows(key="c.case_id", table=table, asked=self._values[name])

    def _pairs(self) -> str:
        """Each case with its subject and each member of the household."""
        whose, row, people = _row(PEOPLE, _SUBJECT), _row(PEOPLE), quoted(f"{FOUND}.{PEOPLE}")
        subject = [people, "AS", whose, f"ON {whose}.subject_id = c.subject_id"]
        member = [people, "AS", row, f"ON {row}.household_id = c.household_id AND {row}.status = 'RESIDENT'"]
        return " ".join([_CASES, "AS c INNER JOIN", *subject, "INNER JOIN", *member])


def _each(column: str) -> str:
    """SELECT of a number of each case, as k."""
    return " ".join(["SELECT", column, "AS k FROM", _CASES])


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


def _row(table: str = "", name: str = ROW) -> str:
    return quoted(f"q_{name}__{table}" if table else f"q_{name}")


def _grouped(everybody: str, rows: Iterable[_Rows]) -> str:
    """SELECT of one row per key that `everybody` gives, or that a row has: k, and what is asked of its rows, each condition worked
    out once a row. Rows of several tables lie below each other: what is not asked of a row, it does not tell."""
    numbers, read, values = count(), [everybody], ["q.k"]
    for one in rows:
        conditions = {condition: f"c{next(numbers)}" for condition in {text: None for _, text, _ in one.asked}}
        drawn = {value: f"s{next(numbers)}" for value in {text: None for _, _, text in one.asked if text}}
        told = [f"{level(text)} AS {name}" for text, name in conditions.items()]
        told += [f"({text}) AS {name}" for text, name in drawn.items()]
        read.append(" ".join(["SELECT", ", ".join([f"{one.key} AS k", *told]), "FROM", one.table]))
        for (text, condition, value), name in one.asked.items():
            said = text.format(p=f"q.{conditions[condition]}", s=f"q.{drawn[value]}" if value else "")
            values.append(f"{said} AS {name}")
    table = " UNION ALL BY NAME ".join(read)
    return " ".join(["SELECT", ", ".join(values), "FROM", f"({table}) AS q", "WHERE q.k IS NOT NULL GROUP BY q.k"])
