"""What many expressions ask of people, records and households, found once for all of them.

Six tables hold what was found: `born` has one row per birth date, `related` one per relationship to the head of a household,
`records` one per person of whom a record says something, `people` one per person (with what the first three say), `households` one per
household, `pairs` one per person of whom something is asked beside each member of their household. What depends on an event that is
not the same for everybody stays in the expression.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from eligibility.language.compile import FOUND, PAIRS, PEOPLE, key_in, member_joins
from eligibility.language.flags import Answer, Words, answer, answer_of, maybe
from eligibility.language.nodes import Flag, Node
from eligibility.language.questions import SUBJECT, Key, Questions
from eligibility.language.relations import STEPS
from eligibility.language.sources import Source, sources
from eligibility.language.trees import ROW, may_hold, of_people, relaxed
from engine.core.sql import quoted


def bit(place: int) -> int:
    """The bit of a programme in `may`, by its place among at most 62."""
    return 1 << place


@dataclass(kw_only=True)
class Shared(Questions):
    """The SELECTs of the tables in which the answers are found: from `born` on, each reads those before it.

    `at_home`: of the people in the table `at_home` alone, no longer of all.
    """

    at_home: bool = False

    def aside(self, people: str, carried: Iterable[str]) -> str:
        """SELECT of the table `at_home`: the row in the register of everybody who lives with one of those people (a SELECT of numbers)."""
        names = {"resident_id", "household_id", "status", "birth_date", *self._of_oneself_read, *self._along(carried)}
        columns = ", ".join(f"r.{quoted(name)}" for name in sorted(names))
        homes = ["SELECT o.household_id FROM", self._register(), "AS o WHERE o.resident_id IN (", people, ")"]
        return " ".join(["SELECT", columns, "FROM", self._register(), "AS r WHERE r.household_id IN (", *homes, ")"])

    def _register(self) -> str:
        return quoted(f"{FOUND}.at_home" if self.at_home else f"{self.schema}.residents")

    def born(self) -> str:
        """SELECT of one row per birth date on record: birth_date, and what is asked of it alone."""
        days = [
            "(SELECT DISTINCT r.birth_date FROM",
            self._register(),
            "AS r WHERE r.birth_date IS NOT NULL) AS",
            _row(),
        ]
        values = [f"{_row()}.birth_date", *_named(self._born, self._answers("b"))]
        return " ".join(["SELECT", ", ".join(values), "FROM", *days])

    def of_values(self) -> dict[str, str]:
        """The tables of what is asked of values that many people share: name → SELECT; none of relationships where none are asked."""
        return {"born": self.born()} | ({"related": self._relationships()} if self._read_of_relationships() else {})

    def _read_of_relationships(self) -> list[str]:
        return [name for name in STEPS if any(self._related.names()) and name in self._of_oneself_read]

    def _relationships(self) -> str:
        """SELECT of one row per relationship on record, and of none at all: its columns, and what is asked of them alone."""
        columns = self._read_of_relationships()
        held = ", ".join(f"r.{name}" for name in columns)
        none = ", ".join(f"CAST(NULL AS VARCHAR) AS {name}" for name in columns)
        rows = ["(SELECT DISTINCT", held, "FROM", self._register(), "AS r UNION SELECT", none, ") AS", _row()]
        values = [*(f"{_row()}.{name}" for name in columns), *_named(self._related, self._answers("e"))]
        return " ".join(["SELECT", ", ".join(values), "FROM", *rows])

    def _answers(self, source: str) -> list[tuple[str, Answer]]:
        return [(question, answer(text)) for question, text in self._texts.get(source, {}).items()]

    def records(self, tables: Collection[str], among: Mapping[str, int] | None = None) -> str:
        """SELECT of one row per person with a record for which some question is true or unknown: k, and what any of theirs says.

        `tables`: those that are asked. `among`: of each the programmes that ask it, as bits: then only of people of `near`.
        """
        parts = []
        for name in self._asked(tables):
            source = sources()[name]
            key = f"{_row()}.{key_in(self.schema, source.join)}"
            values = [f"{key} AS k", *_named(self._of_any, self._answers(name))]
            rows = self._rows(source, key, among)
            parts.append(" ".join(["SELECT", ", ".join(values), "FROM", rows]))
        names = list(self._of_any.names())
        none = [self._nobody(", ".join(["AS k", *_named(self._of_any, [])]))]
        said = " OR ".join(f"q.{name} <> 0" for name in names) or "FALSE"
        values = ["q.k", *(f"BIT_OR(q.{name}) AS {name}" for name in names)]
        rows = "".join(["(", " UNION ALL ".join(parts or none), ") AS q WHERE q.k IS NOT NULL AND (", said])
        return " ".join(["SELECT", ", ".join(values), "FROM", rows, ") GROUP BY q.k"])

    def _nobody(self, more: str) -> str:
        """SELECT of no row, whose first column is of the type that a person's number has."""
        key = f"r.{key_in(self.schema, 'resident_id')}"
        return " ".join(["SELECT", key, more, "FROM", quoted(f"{self.schema}.residents"), "AS r WHERE FALSE"])

    def _asked(self, tables: Collection[str]) -> Iterator[str]:
        """The sources among those tables of which it is asked what any record says."""
        return (name for name, source in sources().items() if name in self._texts and source.table in tables)

    def _rows(self, source: Source, key: str, among: Mapping[str, int] | None) -> str:
        table = f"{quoted(f'{self.schema}.{source.table}')} AS {_row()}"
        if among is None:
            return table
        near, bits = quoted(f"{FOUND}.near"), among[source.table]
        whose = ["(SELECT n.subject_id FROM", near, "AS n WHERE", f"(n.home_may & {bits:d}) <> 0)"]
        return " ".join([table, "WHERE", key, "IN", *whose])

    def people(self, carried: Iterable[str], tables: Collection[str], *, of_homes: bool = False) -> str:
        """SELECT of one row per person: subject_id, household_id, the columns carried along, and what is asked of them.

        Reads `of_values` and `records`. `tables`: those that are asked; what others would say is left open. `of_homes`: only of people in
        `homes`, with its `may` as `home_may`.
        """
        residents = self._register()
        own, home = (key_in(self.schema, name) for name in ("resident_id", "household_id"))
        number = "w.number" if self.of_cases else f"{_row()}.{own}"
        values = [f"{number} AS subject_id", f"{_row()}.{home} AS household_id"]
        values += [f"{_row()}.{quoted(name)}" for name in self._along(carried)]
        values += [f"COALESCE(b.{name}, {self._born.all_unknown(name):d}) AS {name}" for name in self._born.names()]
        values += [f"e.{name}" for name in self._related.names()]
        values += [*_named(self._own, self._answers("o"))]
        values += [f"COALESCE(r.{name}, 0) AS {name}" for name in self._of_any.names()]
        born, records = (quoted(f"{FOUND}.{name}") for name in ("born", "records"))
        found, joined = self._valued(tables, number, None)
        joined = [
            f"LEFT JOIN {born} AS b ON b.birth_date = {_row()}.birth_date",
            f"LEFT JOIN {records} AS r ON r.k = {number}",
            *self._related_joined(),
            *joined,
        ]
        if of_homes:
            values.append("h.may AS home_may")
            homes = quoted(f"{FOUND}.homes")
            joined = [f"INNER JOIN {homes} AS h ON h.household_id = {_row()}.{home}", *joined]
        who = [residents, "AS", _row(), *joined, "WHERE", f"{_row()}.status = 'RESIDENT'"]
        if self.of_cases:
            numbers = [
                f"(SELECT r.{own} AS number FROM",
                residents,
                "AS r UNION SELECT k.subject_id FROM cases AS k) AS w",
            ]
            who = [*numbers, "LEFT JOIN", residents, "AS", _row(), f"ON {_row()}.{own} = w.number", *joined]
        return " ".join(["SELECT", ", ".join([*values, *found]), "FROM", *who])

    def _related_joined(self) -> Iterator[str]:
        alike = (f"e.{name} IS NOT DISTINCT FROM {_row()}.{name}" for name in self._read_of_relationships())
        if self._read_of_relationships():
            yield " ".join(["LEFT JOIN", quoted(f"{FOUND}.related"), "AS e ON", " AND ".join(alike)])

    def _along(self, carried: Iterable[str]) -> list[str]:
        return sorted({*carried, *self._carried, *(["status"] if self.of_cases else [])})

    def _valued(
        self, tables: Collection[str], number: str, among: Mapping[str, int] | None
    ) -> tuple[list[str], list[str]]:
        """The counts and totals of those tables' records, and the joins by which they are found; `number` is the person's, in SQL."""
        values, joined = [], []
        for place, (name, asked) in enumerate(sorted(self._summed().items())):
            if sources()[name].table not in tables:
                continue
            key = f"{_row()}.{key_in(self.schema, sources()[name].join)}"
            found = _grouped(key, self._rows(sources()[name], key, among), asked, named="k")
            joined.append(f"LEFT JOIN ({found}) AS g{place} ON g{place}.k = {number}")
            values += [
                f"CASE WHEN g{place}.k IS NULL THEN {nobody} ELSE g{place}.{column} END AS {column}"
                for column, nobody in asked.values()
            ]
        return values, joined

    def homes(self, lets_in: Sequence[Node], tables: Collection[str]) -> str:
        """SELECT of one row per household in which somebody may be let in, by what people say with those tables asked:
        household_id, and `may`: the programmes, each condition of `lets_in` a bit by its place. Reads `of_values` and `records`."""
        known = self._known(tables)
        shared = [relaxed(node, lambda flag: flag.name[0] == "h") for node in lets_in]
        members = {text: of_people(relaxed(node, known), {ROW: "subject"}) for text, node in self._members.items()}
        answers = [(text, answer_of(node, self.schema)) for text, node in members.items()]
        words = [*_named(self._of_member, answers), f"{self._own_bits(lets_in, tables)} AS may"]
        names = [*self._of_member.names(), "may"]
        inner = ["(SELECT c.household_id,", ", ".join(words), "FROM (", self.people((), tables), ") AS c) AS q"]
        values = ["q.household_id", *(f"BIT_OR(q.{name}) AS {name}" for name in names)]
        said = " | ".join(f"q.{name}" for name in names)  # who says nothing changes nothing
        homes = ["(SELECT", ", ".join(values), "FROM", *inner, f"WHERE ({said}) <> 0 GROUP BY q.household_id) AS c"]
        may = f"c.may & ({_bits(shared, self.schema)})"
        return " ".join(["SELECT c.household_id,", may, "AS may FROM", *homes, "WHERE", f"({may}) <> 0"])

    def _known(self, tables: Collection[str]) -> Callable[[Flag], bool]:
        """Which flags hold what a person's own row and the records in those tables say."""
        asked = self._answered(tables)
        return lambda flag: flag.name[0] in "beo" or (flag.name, flag.place) in asked

    def _answered(self, tables: Collection[str]) -> set[tuple[str, int]]:
        """Word and place of what `records` of those tables answers."""
        return {self._of_any.place(question) for name in self._asked(tables) for question in self._texts[name]}

    def _own_bits(self, lets_in: Sequence[Node], tables: Collection[str]) -> str:
        """The programmes that may let a person in, by what those tables say of them alone."""
        known = self._known(tables)
        return _bits([relaxed(node, known) for node in lets_in], self.schema)

    def near(self, lets_in: Sequence[Node], carried: Iterable[str], tables: Collection[str]) -> str:
        """SELECT of people in one of the `homes`, with `may` of the person, and `home_may` of any of them."""
        may = f"c.home_may & ({self._own_bits(lets_in, tables)})"
        return " ".join(["SELECT c.*,", may, "AS may FROM (", self.people(carried, tables, of_homes=True), ") AS c"])

    def near_of(self, people: str, carried: Iterable[str]) -> str:
        """SELECT of the same where one programme may let in those people (a SELECT of numbers), and no table is asked yet."""
        may = f"CASE WHEN c.subject_id IN ({people}) THEN {bit(0):d} ELSE 0 END AS may"
        return " ".join([f"SELECT c.*, {bit(0):d} AS home_may,", may, "FROM (", self.people(carried, ()), ") AS c"])

    def only_on_record(self, lets_in: Sequence[Node], tables: Collection[str]) -> bool:
        """Whether nobody may be let in of whom `records` of those tables says nothing."""
        asked = self._answered(tables)
        return not any(
            may_hold(node, lambda flag: None if (flag.name, flag.place) not in asked else False) for node in lets_in
        )

    def marked(self, lets_in: Sequence[Node], carried: Iterable[str], tables: Collection[str]) -> str:
        """SELECT of `people` with `may`: the programmes that may let the person in, by what those tables say of them alone."""
        may = self._own_bits(lets_in, tables)
        return " ".join(["SELECT c.*,", may, "AS may FROM (", self.people(carried, tables), ") AS c"])

    def completed(self, carried: Iterable[str], tables: Collection[str], among: Mapping[str, int]) -> str:
        """SELECT of `people` from those of `near`, with what the tables say that were left open before. Reads `records`."""
        near, records = (quoted(f"{FOUND}.{name}") for name in ("near", "records"))
        kept = ["subject_id", "household_id", "may", *map(quoted, self._along(carried))]
        kept += [*self._of_oneself_names(), *self._valued_before(tables)]
        values = [f"n.{name}" for name in kept]
        values += [f"n.{name} | COALESCE(r.{name}, 0) AS {name}" for name in self._of_any.names()]
        found, joined = self._valued(tables, "n.subject_id", among)
        who = [near, "AS n LEFT JOIN", records, "AS r ON r.k = n.subject_id", *joined]
        return " ".join(["SELECT", ", ".join([*values, *found]), "FROM", *who])

    def _of_oneself_names(self) -> Iterator[str]:
        """The words in which what is asked of people's own rows stands."""
        for words in (self._born, self._related, self._own):
            yield from words.names()

    def _summed(self) -> dict[str, dict[Key, tuple[str, str]]]:
        """The counts and totals of people's records, by source; those of a household and of pairs left out."""
        return {name: asked for name, asked in self._values.items() if name not in {"household", PAIRS}}

    def _valued_before(self, tables: Collection[str]) -> Iterator[str]:
        for name, asked in self._summed().items():
            if sources()[name].table not in tables:
                yield from (column for column, _ in asked.values())

    def households(self) -> str:
        """SELECT of one row per household with somebody registered: household_id, members, and what is asked of it. Reads `people`."""
        who = _row(PEOPLE)
        joined = member_joins([*self._members.values(), *self._drawn], ROW, f"{who}.subject_id", self.schema)
        table = " ".join([quoted(f"{FOUND}.{PEOPLE}"), "AS", who, joined])
        answers = [(text, answer_of(node, self.schema)) for text, node in self._members.items()]
        words = dict(zip(self._of_member.names(), self._of_member.values(answers), strict=True))
        key = f"{who}.household_id"
        key = f"CASE WHEN {who}.status = 'RESIDENT' THEN {key} END" if self.of_cases else key
        return _grouped(key, table, self._values.get("household", {}), named="household_id", words=words)

    def pairs(self, asking: int | None = None) -> str:
        """SELECT of one row per person (per case) for whom a member of the household may count: k, and what is asked. Reads `people`.

        `asking`: the programmes that ask it, as bits: then only of whom one of them may let in.
        """
        whose, row = (quoted(f"q_{name}__{PEOPLE}") for name in (SUBJECT, ROW))
        people = quoted(f"{FOUND}.{PEOPLE}")
        asked = self._values.get(PAIRS, {})
        if not asked:
            return "SELECT 0 AS k WHERE FALSE" if self.of_cases else self._nobody("AS k")
        table, key, home = [people, "AS", whose], f"{whose}.subject_id", f"{whose}.household_id"
        if self.of_cases:
            table = ["cases AS k INNER JOIN", *table, f"ON {key} = k.subject_id"]
            key, home = "k.case_id", "k.household_id"
        table += ["INNER JOIN", people, "AS", row, f"ON {row}.household_id = {home}"]
        table += [f"AND {row}.status = 'RESIDENT'"] if self.of_cases else []
        table += ["WHERE (", " OR ".join(sorted(self._counting)), ")"]
        table += [f"AND ({whose}.may & {asking:d}) <> 0"] if asking is not None else []
        return _grouped(key, " ".join(table), asked, named="k")

    def found(self, people: str, households: str, pairs: str) -> str:
        """The columns that expressions read of a case, from what its person, household and pairs are called in SQL."""
        of_person = [*self._of_oneself_names(), *self._of_any.names()]
        of_person += [name for asked in self._summed().values() for name, _ in asked.values()]
        values = [f"{people}.{name}" for name in of_person]
        values += [f"COALESCE({households}.{name}, 0) AS {name}" for name in self._of_member.names()]
        values += [
            f"CASE WHEN {households}.household_id IS NULL THEN {nobody} ELSE {households}.{name} END AS {name}"
            for name, nobody in self._values.get("household", {}).values()
        ]
        values += [
            f"CASE WHEN {pairs}.k IS NULL THEN {nobody} ELSE {pairs}.{name} END AS {name}"
            for name, nobody in self._values.get(PAIRS, {}).values()
        ]
        return "".join(f", {value}" for value in values)


def _bits(conditions: Sequence[Node], schema: str) -> str:
    """A word with a bit for every condition that may hold."""
    texts = (f"CASE WHEN {maybe(one, schema)} THEN {bit(place):d} ELSE 0 END" for place, one in enumerate(conditions))
    return " + ".join(texts)


def _row(table: str = "") -> str:
    return quoted(f"q_{ROW}__{table}" if table else f"q_{ROW}")


def _named(words: Words, answers: Iterable[tuple[str, Answer]]) -> Iterable[str]:
    return (f"{value} AS {name}" for name, value in zip(words.names(), words.values(answers), strict=True))


def _grouped(
    key: str, table: str, asked: Mapping[Key, tuple[str, str]], *, named: str, words: Mapping[str, str] | None = None
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
