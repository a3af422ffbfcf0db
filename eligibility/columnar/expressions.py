"""Expressions as steps of a plan: each question once, however many rules ask it, and on a column's list of values where it is of one.

What depends on one person or one record alone is found for everybody's and handed on to wherever a rule asks it: to the members of a
household, to pairs of them.
"""

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from itertools import product
from typing import Any

import numpy as np

from eligibility.columnar import owners, steps
from eligibility.columnar.calendar import OVER_COLUMNS, days
from eligibility.columnar.frames import EVENT, EVENTS, OF_TEXTS, PEOPLE, Columns, Frame, Naming, Seat
from eligibility.columnar.plan import Block, Plan
from eligibility.columnar.register import Column as Stored
from eligibility.columnar.register import combined
from eligibility.columnar.vectors import (
    NO,
    UNKNOWN,
    YES,
    Array,
    Values,
    Vector,
    answered,
    elements,
    taken,
    taken_if_many,
)
from eligibility.language.nodes import (
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
    Total,
    Value,
    children,
    flat,
    given,
)
from eligibility.language.sources import sources
from eligibility.language.statutory import EVERY

_ALWAYS = Constant(value=True, kind="boolean")


@dataclass(kw_only=True)
class Expressions:
    """Turns expressions into steps. `occurred_on` and `detail`: of the event, where everybody is asked as if one had happened."""

    plan: Plan
    as_of: date
    occurred_on: date | None = None
    detail: str = ""
    _bases: dict[tuple[str, str], Frame] = field(default_factory=dict)
    _lists: dict[tuple[int, Columns], Frame] = field(default_factory=dict)
    #: by expression and frame, which are kept beside their steps, so that no others come to have their ids
    _steps: dict[tuple[int, int], tuple[Node, Frame, int]] = field(default_factory=dict)

    def asked(self, node: Node) -> int:
        """The step that answers an expression for everybody of a block, or for each of its cases."""
        return self._build(node, self._subject)

    @cached_property
    def _subject(self) -> Frame:
        if self.plan.cases is None:
            return self._base(PEOPLE, "subject")
        events, case_of = self._base(EVENTS, EVENT), self.plan.leaf("case of", lambda block: block.cases.of)
        return Frame(seats={"subject": Seat(base=PEOPLE, at=case_of), **events.seats}, count=events.count)

    def every(self, told: Sequence[int]) -> int:
        """The step that joins answers: no where one is."""
        return self._joined("and", steps.every, told)

    def some(self, told: Sequence[int]) -> int:
        """The step that joins answers: yes where one is."""
        return self._joined("or", steps.some, told)

    def _joined(self, name: str, join: Callable[..., Array], told: Sequence[int]) -> int:
        parts = sorted({*told})
        return self.plan.derived(name, join, *parts) if len(parts) > 1 else parts[0]

    def opposite(self, told: int) -> int:
        """The step that turns an answer round."""
        return self.plan.derived("not", steps.opposite, told)

    def not_surely(self, told: int) -> int:
        """The step that says no where the answer is yes, and yes wherever it is not."""
        return self.opposite(self.plan.derived("surely", steps.surely, told))

    @cached_property
    def _naming(self) -> Naming:
        return Naming(of_cases=self.plan.cases is not None)

    def _base(self, base: str, alias: str) -> Frame:
        """All of one kind, each called so."""
        if (base, alias) not in self._bases:
            if base == PEOPLE:
                count = self.plan.leaf("people", lambda block: block.people)
            elif base == EVENTS:
                count = self.plan.leaf("cases", lambda block: block.size)
            else:
                count = self.plan.derived("size", lambda rows: rows.of.size, self._owned(base))
            self._bases[base, alias] = Frame(seats={alias: Seat(base=base)}, count=count)
        return self._bases[base, alias]

    def _owned(self, source: str) -> int:
        """Whose each record of a source is."""
        self.plan.register.rows(sources()[source])  # once, before blocks are worked on beside each other
        return self.plan.leaf(
            ("owned", source), lambda block: owners.Owned(of=block.rows(source)[0], count=block.people)
        )

    def _homes(self) -> int:
        return self.plan.leaf("homes", lambda block: block.homes)

    def _members(self) -> int:
        return self.plan.derived("members", owners.members, self._homes())

    def _build(self, node: Node, frame: Frame) -> int:
        """The step of an expression over the rows of a frame."""
        key = id(node), id(frame)
        if key not in self._steps:
            self._steps[key] = node, frame, self._built(node, frame)
        return self._steps[key][2]

    def _built(self, node: Node, frame: Frame) -> int:
        whose = self._naming.about(node).whose
        if len(whose) == 1:
            (name,) = whose
            seat = frame.seats[name]
            if seat.at is not None:
                found = self._build(node, self._base(seat.base, name))
                return self.plan.derived("taken", taken_if_many, found, seat.at)
        columns = () if frame.listed else self._listed(node)
        if columns:
            told = self._build(node, self._of_list(columns, frame))
            alike = self._alike(told, columns)
            return self.plan.derived("taken", answered, told, self._places(columns, frame)) if alike is None else alike
        return self._builders[type(node)](node, frame)

    @cached_property
    def _builders(self) -> Mapping[type, Callable[[Any, Frame], int]]:
        return {
            Constant: self._constant,
            Moment: self._moment,
            EventDetail: self._detail,
            Column: self._column,
            Call: self._call,
            Comparison: self._compared,
            Among: self._among,
            Logic: self._logic,
            Lookup: self._looked_up,
            Consented: self._agreed,
            Quantified: self._quantified,
            Total: self._total,
        }

    # values

    def _constant(self, node: Constant, _: Frame) -> int:
        value = node.value
        if value is None or isinstance(value, bool):
            return self.plan.constant(value, np.asarray(UNKNOWN if value is None else YES if value else NO))
        return self._fixed(value)

    def _moment(self, node: Moment, _: Frame) -> int:
        if node.name == "as_of":
            return self._fixed(self.as_of)
        if self.plan.cases is not None:
            return self.plan.leaf("occurred_on", lambda block: block.cases.occurred_on)
        assert self.occurred_on is not None
        return self._fixed(self.occurred_on)

    def _detail(self, _node: EventDetail, _: Frame) -> int:
        if self.plan.cases is not None:
            return self.plan.leaf("detail", lambda block: block.cases.detail)
        return self._fixed(self.detail)

    def _fixed(self, value: Value) -> int:
        return self.plan.constant((type(value), value), Values(np.asarray(self._number(value))))

    def _number(self, value: Value) -> int:
        """A value as the columns have it."""
        if isinstance(value, date):
            return days(value)
        return self.plan.register.texts.place(value) if isinstance(value, str) else int(value or 0)

    # columns

    def _stored(self, column: Column) -> Stored:
        return self.plan.register.column(column.table, column.name)

    def _listed(self, node: Node) -> Columns:
        """The columns whose values together an expression is of, and of nothing else, if they are listed."""
        about = self._naming.about(node)
        if about.columns is None or len(about.columns) != 1 or len(about.whose) != 1:
            return ()
        (found,) = about.columns
        return found if all(self._stored(one).places is not None for one in found) else ()

    def _of_list(self, columns: Columns, frame: Frame) -> Frame:
        """What these columns hold together, instead of the frame's rows."""
        found = Frame(seats=frame.seats, count=frame.count, listed=columns)
        return self._lists.setdefault((id(frame), columns), found)

    def _column(self, node: Column, frame: Frame) -> int:
        """A column of the frame's own rows: its values, or the places of those that are listed."""
        stored = self._stored(node)
        if frame.listed:
            return self.plan.constant(("listed", node.table, node.name), stored.listed)
        head, _, single = node.alias.partition(".")
        base = single or frame.seats[head].base
        mine = self.plan.leaf(("column", base, node.table, node.name), lambda block: _read(block, base, stored))
        if not single:
            return mine
        at = self.plan.derived("at", owners.row_of, self._owned(single))
        return self.plan.derived("own", owners.own_places if stored.places is not None else owners.own_values, mine, at)

    def _places(self, columns: Columns, frame: Frame) -> int:
        """For each row the place of what its columns hold together, the first counting most."""
        places = [self._column(one, frame) for one in columns]
        sizes = tuple(elements(self._stored(one).listed).size for one in columns)
        if len(places) == 1:
            return places[0]
        return self.plan.derived(("combined", sizes), lambda *parts: combined(parts, sizes), *places)

    def _alike(self, told: int, columns: Columns) -> int | None:
        """The step of an answer that is the same for every way in which the columns' values do stand together, if it is."""
        listed = self.plan.fixed[told]
        if isinstance(listed, Values) or not listed.ndim:
            return None if isinstance(listed, Values) else told
        there = self.plan.register.combinations([(one.table, one.name) for one in columns])
        if "." in columns[0].alias:  # who has no such record knows nothing of it
            there = np.append(there, 0)
        said = listed[there]
        alike = said.size and (said == said[0]).all()
        return self.plan.constant(("alike", int(said[0])), np.asarray(said[0])) if alike else None

    # conditions

    def _compared(self, node: Comparison, frame: Frame) -> int:
        rows = node.left
        if isinstance(rows, Quantified) and rows.quantifier == "count_of" and isinstance(node.right, Constant):
            than = self._number(node.right.value)
            return self._counted(rows, frame, ("between", node.operator, than), steps.between(node.operator, than))
        left, right = self._build(node.left, frame), self._build(node.right, frame)
        return self.plan.derived(("compared", node.operator), steps.compared(node.operator), left, right)

    def _among(self, node: Among, frame: Frame) -> int:
        options = tuple(self._number(one.value) for one in node.options)
        return self.plan.derived(("among", options), steps.among(options), self._build(node.left, frame))

    def _logic(self, node: Logic, frame: Frame) -> int:
        if node.operator == "not":
            return self.opposite(self._build(node.parts[0], frame))
        parts = [self._build(part, frame) for part in self._grouped(node, frame)]
        return self.every(parts) if node.operator == "and" else self.some(parts)

    def _grouped(self, node: Logic, frame: Frame) -> Iterator[Node]:
        """The parts of a condition; those of the same columns as one, to be found on their list of values."""
        groups: dict[Columns, list[Node]] = {}
        for part in flat(node.operator, node.parts):
            groups.setdefault(() if frame.listed else self._listed(part), []).append(part)
        for columns, parts in groups.items():
            if columns and len(parts) > 1:
                yield Logic(operator=node.operator, parts=tuple(parts))
            else:
                yield from parts

    def _looked_up(self, node: Lookup, frame: Frame) -> int:
        found = steps.looked_up(node.scale.values, node.scale.step)
        return self.plan.derived(("scale", node.scale), found, self._build(node.index, frame))

    def _agreed(self, node: Consented, frame: Frame) -> int:
        agreed = self._build(given(node), frame)
        return self.plan.derived("agreed", steps.agreed, agreed, self._build(node.inner, frame))

    def _call(self, node: Call, frame: Frame) -> int:
        if node.function in OF_TEXTS:
            return self._of_texts(node, frame)
        function = steps.in_force if node.function == "in_force" else steps.over(OVER_COLUMNS[node.function])
        return self.plan.derived(node.function, function, *(self._build(one, frame) for one in node.arguments))

    def _of_texts(self, node: Call, frame: Frame) -> int:
        """A function of texts, worked out once for each way in which their values can stand together."""
        assert frame.listed == node.arguments, "whose values are not listed together"
        texts, function = self.plan.register.texts.listed, EVERY[node.function]
        told = [[None, *(texts[place] for place in elements(self._stored(one).listed)[1:])] for one in frame.listed]
        key = (node.function, *((one.table, one.name) for one in frame.listed))
        said = [function.python(*one) for one in product(*told)]
        if function.gives == "boolean":
            answers = [UNKNOWN if one is None else YES if one else NO for one in said]
            return self.plan.constant(key, np.array(answers, dtype=np.uint8))
        places = [0 if one is None else self._number(one) for one in said]
        return self.plan.constant(key, Values(np.array(places), np.array([one is not None for one in said])))

    # rows of a household, of records

    def _quantified(self, node: Quantified, frame: Frame) -> int:
        if node.quantifier == "count_of":
            return self._counted(node, frame, "count", steps.counted)
        if node.quantifier != "any_of":
            inner = Logic(operator="not", parts=(node.predicate,)) if node.quantifier == "all_of" else node.predicate
            any_of = Quantified(
                quantifier="any_of", source=node.source, alias=node.alias, predicate=inner, kind="boolean", of=node.of
            )
            return self.opposite(self._quantified(any_of, frame))
        inner_frame, rows, at = self._rows(node, frame)
        told = self._build(node.predicate, inner_frame)
        if at is None:
            return self.plan.derived("any", steps.any_of, told, rows)
        near = self.plan.derived("near", owners.neighbours, self._homes())
        return self.plan.derived("any at home", steps.any_at_home, told, near)

    def _total(self, node: Total, frame: Frame) -> int:
        inner, rows, at = self._rows(node, frame)
        function = steps.total if node.quantifier == "sum_of" else steps.the_only
        told, summed = self._build(node.predicate, inner), self._build(node.summed, inner)
        return self._handed(self.plan.derived(node.quantifier, function, told, summed, rows), at)

    def _counted(
        self, node: Quantified, frame: Frame, key: Hashable, function: Callable[[Array, Array], Vector]
    ) -> int:
        inner, rows, at = self._rows(node, frame)
        told = self._build(node.predicate, inner)
        yes, unknown = (
            self.plan.derived(("how many", int(what)), steps.how_many(what), told, rows) for what in (YES, UNKNOWN)
        )
        return self._handed(self.plan.derived(key, function, yes, unknown), at)

    def _handed(self, told: int, at: int | None) -> int:
        """What households say, handed to the people in them."""
        return told if at is None else self.plan.derived("taken", taken_if_many, told, at)

    def _rows(self, node: Quantified | Total, frame: Frame) -> tuple[Frame, int, int | None]:
        """The rows a quantifier is over, whose each is, and each person's household where only its own members are asked about."""
        beside = frozenset[str]().union(*(self._naming.about(part).whose for part in children(node))) - {node.alias}
        own = frame.seats[node.of] == Seat(base=PEOPLE)
        if own and node.source == "household" and not beside:
            return self._base(PEOPLE, node.alias), self._members(), self._whose(self._members())
        if own and node.source != "household" and beside <= {node.of}:
            found, owned = self._base(node.source, node.alias), self._owned(node.source)
            seats = {**found.seats, node.of: Seat(base=PEOPLE, at=self._whose(owned))}
            return Frame(seats=seats, count=found.count), owned, None
        return self._spread(node, frame, beside)

    def _whose(self, owned: int) -> int:
        """Of each row, the place of whom it belongs to."""
        return self.plan.derived("of", lambda rows: rows.of, owned)

    def _spread(self, node: Quantified | Total, frame: Frame, beside: frozenset[str]) -> tuple[Frame, int, None]:
        """A row for each row of the frame and each row of its person or household."""
        seat = frame.seats[node.of]
        if node.source == "household":
            reached = self.plan.derived("home of", owners.home_of, self._members(), self._counting(node))
        else:
            reached = self.plan.derived("records of", owners.records_of, self._owned(node.source))
        reached = reached if seat.at is None else self.plan.derived("reach of", owners.reach_of, reached, seat.at)
        pairs = self.plan.derived("pairs", owners.pairs, reached)
        rows = self.plan.derived("rows", lambda found: found[0], pairs)
        of = self._whose(rows)
        seats = {
            name: Seat(base=told.base, at=of if told.at is None else self.plan.derived("taken", taken, told.at, of))
            for name, told in frame.seats.items()
            if name in beside
        }
        base = PEOPLE if node.source == "household" else node.source
        seats[node.alias] = Seat(base=base, at=self.plan.derived("reached", lambda found: found[1], pairs))
        return Frame(seats=seats, count=self.plan.derived("size", lambda told: told.of.size, rows)), rows, None

    def _counting(self, node: Quantified | Total) -> int:
        """Which members of a household may count for anybody, by what the condition asks of them alone."""
        parts = flat("and", [node.predicate])
        alone = [part for part in parts if self._naming.about(part).whose == {node.alias}]
        return self._build(
            Logic(operator="and", parts=tuple(alone)) if alone else _ALWAYS, self._base(PEOPLE, node.alias)
        )


def _read(block: Block, base: str, stored: Stored) -> Any:
    """A column's part for a block: places as they index, or values."""
    rows = slice(block.begin, block.end) if base == PEOPLE else block.rows(base)[1]
    if stored.places is not None:
        return stored.places[rows].astype(np.intp)
    values = stored.listed
    assert isinstance(values, Values)
    return Values(values.of[rows], None if values.known is None else values.known[rows])
