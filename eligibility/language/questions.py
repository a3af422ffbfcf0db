"""What many expressions ask on one date, each question once: whatever its rows are called, it gets one place for its answer."""

from dataclasses import dataclass, field, replace
from datetime import date

from eligibility.language.compile import (
    HOUSEHOLDS,
    PAIRS,
    PEOPLE,
    consent_given,
    of_no_row,
    template,
    to_sql,
)
from eligibility.language.flags import Words, maybe
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
    Moment,
    Node,
    Quantified,
    Total,
    walk,
)
from eligibility.language.relations import STEPS
from eligibility.language.trees import (
    ROW,
    alone,
    between_two,
    inside,
    of_people,
    of_rows,
    relaxed,
    renamed,
    unknown_in_unknown_out,
)

#: whose household's rows they are, where the two are held against each other
SUBJECT = "whose"
#: how a value is made of its rows, the rows' condition, and what is drawn from them
Key = tuple[str, str, str]


@dataclass(kw_only=True)
class Questions:
    """Collects what is asked on one date. `rewritten` gives an expression that reads the columns in which the answers stand.

    `occurred_on` and `detail`: of the event, where it is the same for everybody. `of_cases`: the people are those of `residents`
    and the subjects of `cases`, whether registered or not; otherwise all who are registered.
    """

    schema: str
    as_of: date
    occurred_on: date | None = None
    detail: str | None = None
    of_cases: bool = False
    #: yes or no: of a birth date, of a relationship to the head, of one's own record, of any of one's records, of any member
    _born: Words = field(default_factory=lambda: Words(letter="b"))
    _related: Words = field(default_factory=lambda: Words(letter="e"))
    _own: Words = field(default_factory=lambda: Words(letter="o"))
    _of_any: Words = field(default_factory=lambda: Words(letter="r"))
    _of_member: Words = field(default_factory=lambda: Words(letter="h"))
    #: what they are, by the source whose rows are asked
    _texts: dict[str, dict[str, str]] = field(default_factory=dict)
    _members: dict[str, Node] = field(default_factory=dict)
    #: counts and totals, by source
    _values: dict[str, dict[Key, tuple[str, str]]] = field(default_factory=dict)
    _drawn: list[Node] = field(default_factory=list)
    #: by what is asked of a member alone, who may count for somebody
    _counting: set[str] = field(default_factory=set)
    #: columns of residents of which something is asked
    _of_oneself_read: set[str] = field(default_factory=set)
    #: columns of residents in which people are held against each other
    _carried: set[str] = field(default_factory=set)

    def rewritten(self, node: Node) -> Node:
        """The same expression, asking the tables of facts."""
        if isinstance(node, Moment | EventDetail):
            return self._moment(node)
        if isinstance(node, Comparison) and isinstance(node.left, Quantified) and isinstance(node.right, Constant):
            rows = inside(node.left, self.rewritten)
            return self._counted(rows, replace(node, left=rows))
        found = inside(node, self.rewritten)
        if isinstance(found, Consented):
            return replace(found, given=self._given(found))
        if isinstance(found, Quantified | Total) and alone(found):
            counted = isinstance(found, Total) or found.quantifier == "count_of"
            return self._value(found, found) if counted else self._any(found)
        if isinstance(found, Quantified | Total):
            return self._counted(found, found)
        return self._of_oneself(found) if isinstance(found, Comparison | Among | Call) else found

    def _counted(self, rows: Node, whole: Node) -> Node:
        """What rows give together, found beforehand where that can be done."""
        if alone(rows):
            return self._value(rows, whole)
        return self._paired(rows, whole) if between_two(rows) else whole

    def _paired(self, rows: Node, whole: Node) -> Column:
        """What the members of a household give together, each held against the subject."""
        assert isinstance(rows, Quantified | Total)
        whose = {rows.alias: ROW, "subject": SUBJECT}
        condition, *drawn = (of_people(node, whose) for node in of_rows(rows))
        self._carried |= {
            part.name
            for node in of_rows(rows)
            for part in walk(node)
            if isinstance(part, Column) and part.table == "residents"
        }
        of_member = relaxed(condition, lambda flag: flag.alias == f"{ROW}.{PEOPLE}")
        self._counting.add(maybe(of_member, self.schema))
        text = to_sql(drawn[0], self.schema) if drawn else "NULL"
        name = self._column_of((template(whole), to_sql(condition, self.schema), text), PAIRS, whole)
        return Column(alias=f"subject.{PAIRS}", table=PAIRS, name=name, kind=whole.kind)

    def _column_of(self, key: Key, source: str, whole: Node) -> str:
        """The column of a value; equal values have one."""
        name = f"v{sum(map(len, self._values.values()))}"
        return self._values.setdefault(source, {}).setdefault(key, (name, of_no_row(whole)))[0]

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
        words, text = self._words_of(node, {part.name for part in read}), to_sql(renamed(node, person), self.schema)
        self._texts.setdefault(words.letter, {})[text] = text
        self._of_oneself_read |= {part.name for part in read}
        return _flag(words, text, f"{person}.{PEOPLE}")

    def _words_of(self, node: Node, columns: set[str]) -> Words:
        """Where the answer stands: of a value that many people share it is found once for all of them."""
        if columns == {"birth_date"} and unknown_in_unknown_out(node):
            return self._born
        return self._related if columns <= {*STEPS} else self._own

    def _any(self, rows: Node) -> Node:
        """Whether any row fulfils a condition; that none or all do is that none fulfils it, or its opposite."""
        assert isinstance(rows, Quantified)
        if rows.quantifier == "all_of":
            rows = replace(rows, predicate=Logic(operator="not", parts=(rows.predicate,)))
        condition = renamed(rows.predicate, rows.alias)
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
        return self._of_records("consents", consent_given(node, ROW, self.as_of), node.of)

    def _value(self, rows: Node, whole: Node) -> Column:
        """A number or date that rows give together, or what a count is compared with."""
        assert isinstance(rows, Quantified | Total)
        condition, *drawn = (renamed(node, rows.alias) for node in of_rows(rows))
        text = to_sql(drawn[0], self.schema) if drawn else "NULL"
        name = self._column_of((template(whole), to_sql(condition, self.schema), text), rows.source, whole)
        if rows.source != "household":
            return Column(alias=f"{rows.of}.{PEOPLE}", table=PEOPLE, name=name, kind=whole.kind)
        self._drawn += [condition, *drawn]
        return Column(alias=f"subject.{HOUSEHOLDS}", table=HOUSEHOLDS, name=name, kind=whole.kind)


def _flag(words: Words, question: str, alias: str) -> Flag:
    name, place = words.place(question)
    return Flag(alias=alias, table=alias.rpartition(".")[2], name=name, place=place, kind="boolean")
