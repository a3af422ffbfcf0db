"""Programmes judged over everybody in the newest snapshot: for previews, comparisons and sweeps. No event needed.

However many programmes are asked for, the records are read once and everybody is judged in one pass (`eligibility/everybody`); here
what was found becomes rows with the ids of people and households, which the register knows by number alone.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np
import polars as pl

from eligibility.columnar.expressions import Expressions
from eligibility.columnar.plan import Cases, Plan
from eligibility.columnar.reading import of_files, read_register
from eligibility.columnar.register import Column, Register, Texts
from eligibility.columnar.vectors import UNKNOWN, YES, Array, Values, Vector, taken
from eligibility.everybody import asked_of, columns_read, judged
from eligibility.language.nodes import Kind, Node
from eligibility.language.sources import kind_of
from eligibility.parts import Criterion, Group
from eligibility.programme import Programme
from engine.records.reader import SnapshotReader

_IDS = ("resident_id", "household_id")


@dataclass(frozen=True, kw_only=True)
class Population:
    """Everybody registered as of a snapshot. `ids`: resident_number, resident_id and household_id."""

    register: Register
    ids: pl.LazyFrame

    @cached_property
    def people(self) -> pl.DataFrame:
        """subject_id, household_id and members (how many are registered together), by subject_id."""
        return self.named(np.arange(self.register.people)).sort("subject_id")

    def named(self, places: Array) -> pl.DataFrame:
        """The people at those places of the register, in that order: subject_id, household_id, members."""
        register = self.register
        numbers = pl.DataFrame({"resident_number": register.numbers[places], "members": register.members[places]})
        told = numbers.lazy().join(self.ids, on="resident_number", maintain_order="left")
        return told.select(pl.col("resident_id").alias("subject_id"), "household_id", "members").collect()

    def places_of(self, people: pl.Series) -> tuple[Array, Array]:
        """The places of people in the register, and which of them are there at all."""
        asked = (
            people.rename("resident_id")
            .to_frame()
            .lazy()
            .join(self.ids, on="resident_id", how="left", maintain_order="left")
        )
        numbers = asked.select("resident_number").collect()["resident_number"]
        places, there = self.register.places_of(numbers.fill_null(0).to_numpy())
        return places, there & numbers.is_not_null().to_numpy()


def population(reader: SnapshotReader, programmes: Sequence[Programme]) -> Population:
    """The snapshot's records that these programmes read. Raises InputError when the snapshot lacks one, or is of another version."""
    read = columns_read(one.compiled(one.verified_on) for one in programmes)
    read["residents"] |= {"birth_date", "addr_code"}
    register = read_register(of_files(reader.path), read)
    return Population(register=register, ids=reader.lazy("now.residents").select("resident_number", *_IDS))


def judge_everybody(
    who: Population,
    programmes: Sequence[Programme],
    on: date,
    *,
    explained: bool = False,
    let_in: bool = False,
    about: Sequence[str] = (),
) -> pl.DataFrame:
    """Programmes judged over everybody in one pass, each person as if the event were on that date. One row per person.

    Columns: subject_id, household_id, members, those of `about` (columns of residents), and for each programme `<slug>`: 2 eligible,
    1 possible, 0 ineligible. `explained`: also `<slug>|criterion:<id>`, `<slug>|exclusion:<id>` and `<slug>|amount:<place>` (whether
    it counts), each true, false or unknown (null). `let_in`: only people whom one of the programmes lets in.
    """
    register = who.register
    rules = Expressions(plan=Plan(register=register), as_of=on, occurred_on=on)
    found = judged(rules, [one.compiled(on) for one in programmes], explained=explained)
    verdicts_of = {one.slug for one in programmes}
    rows = np.arange(register.people)
    if let_in:
        rows = np.flatnonzero(np.any([found[slug] > 0 for slug in verdicts_of], axis=0))
    columns = {name: _column(register.column("residents", name), rows, name, register.texts) for name in about}
    told = {
        name: pl.Series(one[rows], dtype=pl.UInt8) if name in verdicts_of else _answers(one[rows])
        for name, one in found.items()
    }
    return who.named(rows).with_columns(**columns, **told)


def _answers(found: Array) -> pl.Series:
    """Yes, no or unknown, as true, false or null."""
    return _some(pl.Series(found == YES), found != UNKNOWN)


def _some(values: pl.Series, known: Array | None) -> pl.Series:
    if known is None:
        return values
    return pl.select(pl.when(pl.Series(known)).then(values)).to_series()


def _column(column: Column, rows: Array, name: str, texts: Texts) -> pl.Series:
    """A column of residents for some of them."""
    kind = kind_of("residents", name)
    assert kind is not None
    return _series(taken(column.listed, rows if column.places is None else column.places[rows]), kind, texts)


def _series(found: Vector, kind: Kind, texts: Texts) -> pl.Series:
    """What was found, as the kind of value it is."""
    if not isinstance(found, Values):
        return _answers(found)
    if kind == "boolean":
        return _some(pl.Series(found.of == 1), found.known)
    if kind == "date":
        return _some(pl.Series(found.of).cast(pl.Int32).cast(pl.Date), found.known)
    if kind in {"text", "code"}:
        used, places = np.unique(found.of if found.known is None else found.of * found.known, return_inverse=True)
        listed = texts.listed
        return _some(pl.Series([listed.get(one) for one in used.tolist()], dtype=pl.String).gather(places), found.known)
    return _some(pl.Series(found.of).cast(pl.Int64), found.known)


def verdicts(
    who: Population,
    programme: Programme,
    on: date,
    *,
    cases: pl.DataFrame | None = None,
    let_in: bool = False,
) -> pl.DataFrame:
    """One row per person (or per case given): subject_id, verdict, excluded, and `criterion:<id>` for each.

    Without cases, each person as if the event were on that very date (`let_in`: only those let in); then
    also household_id, members, birth_date, area, and `amount:<place>` for every amount of the programme: whether it counts.
    """
    if cases is None:
        about = ("birth_date", "addr_code")
        found = judge_everybody(who, [programme], on, explained=True, let_in=let_in, about=about)
        found = found.rename(lambda name: name.removeprefix(f"{programme.slug}|")).drop(programme.slug)
        found = found.with_columns(pl.col("addr_code").str.slice(0, 6).alias("area"))
    else:
        found = cases.join(judge_cases(who, cases, asked_of(programme.compiled(on))), on="case_id")
    return found.with_columns(*_said(programme, on))


def judge_cases(who: Population, cases: pl.DataFrame, asked: Mapping[str, Node]) -> pl.DataFrame:
    """One row per case: case_id and a column for every expression asked, by its name. Of who is not in the register nothing is known.

    `cases`: case_id, subject_id, occurred_on, detail and as_of, which is the same for all.
    """
    places, there = who.places_of(cases["subject_id"])
    register, kept = who.register.among(places[there])
    mine = (
        cases.filter(pl.Series(there)).with_columns(place=pl.Series(np.searchsorted(kept, places[there]))).sort("place")
    )
    happened, detail = mine["occurred_on"].cast(pl.Int32), [register.texts.place(one) for one in mine["detail"]]
    told = Cases(
        of=mine["place"].to_numpy(),
        occurred_on=Values(happened.fill_null(0).to_numpy(), happened.is_not_null().to_numpy()),
        detail=Values(np.array(detail, dtype=np.int64)),
    )
    (as_of,) = cases["as_of"].unique().to_list()
    rules = Expressions(plan=Plan(register=register, cases=told), as_of=as_of)
    found = rules.plan.vectors([rules.asked(node) for node in asked.values()])
    columns = {
        name: _series(one, node.kind, register.texts) for (name, node), one in zip(asked.items(), found, strict=True)
    }
    return cases.select("case_id").join(
        mine.select("case_id").with_columns(**columns), on="case_id", how="left", maintain_order="left"
    )


def _said(programme: Programme, on: date) -> tuple[pl.Expr, pl.Expr]:
    """verdict and excluded as `judge.verdict` gives them, for whole columns."""
    excluded = pl.lit("")
    for one in reversed(programme.exclusions):
        excluded = pl.when(pl.col(f"exclusion:{one.id}")).then(pl.lit(one.id)).otherwise(excluded)
    if not programme.in_force(on):
        excluded = pl.lit("not_in_force")
    met = _met(programme.criteria)
    verdict = (
        pl.when((excluded != "") | met.eq_missing(False))
        .then(pl.lit("ineligible"))
        .when(met)
        .then(pl.lit("eligible"))
        .otherwise(pl.lit("possible"))
    )
    return verdict.alias("verdict"), excluded.alias("excluded")


def _met(group: Group) -> pl.Expr:
    """A group in three values: polars joins booleans as the law's logic does, unknown included."""
    parts = [pl.col(f"criterion:{part.id}") if isinstance(part, Criterion) else _met(part) for part in group.parts]
    if group.all is not None:
        return pl.all_horizontal(parts)
    return pl.any_horizontal(parts) if group.any is not None else ~pl.any_horizontal(parts)
