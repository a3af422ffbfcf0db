"""Stage 5 of the night: settled events and published programmes in, matches out. Set-wise: one query for all of them."""

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import polars as pl

from eligibility.cases import in_memory, judged_together, know, questions
from eligibility.catalogue import Published, standing, unreadable
from eligibility.compiled import Compiled
from eligibility.judge import (
    Case,
    criteria_of,
    dates_of,
    facts_of,
    measured,
    threshold,
    to_verify,
    verdict,
)
from eligibility.language.nodes import Node
from eligibility.language.sources import columns_of
from eligibility.programme import Programme
from engine.core.sql import load_queries
from engine.night import Night

_SQL = load_queries(Path(__file__).with_name("match.sql"))
_JSON = json.JSONEncoder(ensure_ascii=False).encode
_CASE: Mapping[str, type[pl.DataType]] = {
    "case_id": pl.Int64,
    "event_id": pl.String,
    "code": pl.String,
    "detail": pl.String,
    "occurred_on": pl.Date,
    "detected_on": pl.Date,
    "subject_id": pl.String,
    "household_id": pl.String,
    "as_of": pl.Date,
}


@dataclass(frozen=True)
class Matches:
    """Matches of each verdict; of each programme those not ineligible; the programmes the night may not use, with the reason.

    unreadable: programmes whose file was changed and cannot be read, with what is wrong; their published version was used.
    """

    verdicts: Mapping[str, int]
    programmes: Mapping[str, int] = field(default_factory=dict)
    left_out: Mapping[str, str] = field(default_factory=dict)
    past_review: tuple[str, ...] = ()
    unreadable: Mapping[str, str] = field(default_factory=dict)

    def summary(self) -> Mapping[str, Any]:
        """matches of the contract; programmes (slug → eligible or possible); programmes_left_out, _past_review (held), _unreadable."""
        counted = {name: self.verdicts.get(name, 0) for name in ("eligible", "possible", "ineligible")}
        said: dict[str, Any] = {"matches": counted, "programmes": dict(self.programmes)}
        said |= {"programmes_left_out": dict(self.left_out)} if self.left_out else {}
        said |= {"programmes_unreadable": dict(self.unreadable)} if self.unreadable else {}
        return said | ({"programmes_past_review": list(self.past_review)} if self.past_review else {})


def match_programmes(night: Night) -> Matches:
    """Writes tonight's partition of `matches.matches`: every subject of a settled event against every programme it triggers."""
    warehouse, paths, mode = night.warehouse, night.settings.paths, night.settings.mode
    for name in ("create_schema", "create_matches"):
        warehouse.define(_SQL[name].text)
    versions, refused = standing(paths.catalogue, night.on, mode=mode)
    frame = matches_of(night, versions)
    warehouse.replace("matches.matches", night.municipality, night.on, frame)
    return Matches(
        verdicts=Counter(frame["verdict"].to_list()),
        programmes=Counter(frame.filter(pl.col("verdict") != "ineligible")["programme"].to_list()),
        left_out=refused,
        unreadable=unreadable(paths.catalogue),
        past_review=_past_review(versions, set(frame["programme"].to_list()), night.on),
    )


def matches_of(night: Night, versions: Sequence[Published]) -> pl.DataFrame:
    """The rows of `matches.matches` of these programmes for a night: what it brought, judged on the records as the night knew them."""
    cases = _cases(night)
    of_code: dict[str, list[int]] = defaultdict(list)
    for number, code in cases.select("case_id", "code").iter_rows():
        of_code[code].append(number)
    asked = [
        Asked(version=version, trees=version.programme.compiled(night.on), cases=sorted(mine))
        for version in versions
        if (mine := [number for code in version.programme.triggers for number in of_code[code]])
    ]
    return pl.DataFrame(_rows(night, cases, asked), schema=MATCH).sort("match_id")


def _past_review(versions: Sequence[Published], matched: set[str], on: date) -> tuple[str, ...]:
    programmes = (version.programme for version in versions)
    return tuple(one.slug for one in programmes if one.slug in matched and one.past_review(on))


@dataclass(frozen=True, kw_only=True)
class Asked:
    """One programme, understood for tonight, and the cases it is asked about, by their numbers."""

    version: Published
    trees: Compiled
    cases: Sequence[int]

    @property
    def expressions(self) -> dict[str, Node]:
        """Everything that is read, whatever the state."""
        return self.of_tonight | self.of_before

    @property
    def of_tonight(self) -> dict[str, Node]:
        """What is read as of the night: criteria, the values worth showing, amounts."""
        asked: dict[str, Node] = {}
        for name, tree in self.trees.criteria.items():
            shown = measured(tree)
            asked |= {f"criterion:{name}": tree} if tree is not None else {}
            asked |= {f"value:{name}": shown} if shown is not None else {}
        return asked | {f"amount:{place}": tree for place, tree in enumerate(self.trees.amounts) if tree is not None}

    @property
    def of_before(self) -> dict[str, Node]:
        """What is read as it stood before the event: exclusions, so that no event cancels its own programme."""
        return {f"exclusion:{name}": tree for name, tree in self.trees.exclusions.items()}


def _cases(night: Night) -> pl.DataFrame:
    settled = night.warehouse.query(_SQL["settled_tonight"], municipality=night.municipality, night=night.on)
    numbered = settled.with_row_index("case_id").with_columns(as_of=pl.lit(night.on))
    return numbered.select(pl.col(name).cast(kind) for name, kind in _CASE.items())


def _rows(night: Night, cases: pl.DataFrame, asked: Sequence[Asked]) -> list[dict[str, Any]]:
    """A match for each case and programme. `cases`: case_id, event_id, code, detail, occurred_on, detected_on, subject_id,
    household_id and as_of, in the order of case_id, which counts from 0."""
    told = cases.to_dicts()
    rows = []
    for one, answers in zip(asked, _answers(night, cases, asked), strict=True):
        for number in one.cases:
            found = {name: column[number] for name, column in answers.items()}
            rows.append(match_row(night, one, told[number], case_of(one, told[number], found)))
    return rows


def _answers(night: Night, cases: pl.DataFrame, asked: Sequence[Asked]) -> list[dict[str, list[Any]]]:
    """For each programme: what its expressions gave, by name, of every case in order. One query for all of them, with a row for each
    state of the records that a case is read in."""
    if not asked:
        return []
    every = {_of(one, name): node for one in asked for name, node in one.expressions.items()}
    wanted = columns_of(every.values())
    tonight = cases.with_columns(bound_on=pl.lit(night.on))
    before = cases.with_columns(bound_on=pl.col("detected_on") - pl.duration(days=1))
    read = pl.concat([tonight, before]).with_columns(state=pl.col("bound_on").cast(pl.String) + "|")
    states = read.select("state", "bound_on", municipality_code=pl.lit(night.municipality)).unique()
    numbered = read.drop("case_id").with_row_index("case_id")
    with in_memory(night.warehouse), ThreadPoolExecutor(1) as beside:
        written = beside.submit(questions, every, night.on)  # the database looks at history meanwhile
        know(night.warehouse, cases, states, wanted)
        judged = judged_together(night.warehouse, numbered, written.result())
    of_tonight, of_before = judged.head(cases.height), judged.tail(cases.height)
    return [
        {name: of_tonight[_of(one, name)].to_list() for name in one.of_tonight}
        | {name: of_before[_of(one, name)].to_list() for name in one.of_before}
        for one in asked
    ]


def _of(asked: Asked, name: str) -> str:
    return f"{asked.version.programme.slug}|{name}"


def case_of(asked: Asked, row: Mapping[str, Any], found: Mapping[str, Any]) -> Case:
    """What the expressions of a programme gave for one case."""
    trees, occurred_on = asked.trees, row["occurred_on"]
    return Case(
        results={name: found.get(f"criterion:{name}") for name in trees.criteria},
        values={name: found.get(f"value:{name}") for name in trees.criteria},
        thresholds={
            name: threshold(tree, as_of=row["as_of"], occurred_on=occurred_on) for name, tree in trees.criteria.items()
        },
        excluded_by={name: found.get(f"exclusion:{name}") for name in trees.exclusions},
        amounts=[True if tree is None else found.get(f"amount:{place}") for place, tree in enumerate(trees.amounts)],
    )


MATCH: dict[str, pl.DataType | type[pl.DataType]] = {
    "municipality_code": pl.String,
    "night": pl.Date,
    "match_id": pl.String,
    "event_id": pl.String,
    "event_code": pl.String,
    "programme": pl.String,
    "version": pl.String,
    "subject_id": pl.String,
    "household_id": pl.String,
    "verdict": pl.String,
    "excluded": pl.String,
    "kind": pl.String,
    "office": pl.String,
    "recipient": pl.String,
    "sensitivity": pl.String,
    "criteria": pl.String,
    "amount": pl.String,
    "deadline_on": pl.Date,
    "last_loss_free_on": pl.Date,
    "late": pl.Boolean,
    "facts": pl.String,
    "occurred_on": pl.Date,
    "verify": pl.List(pl.String),
}


def match_row(night: Night, asked: Asked, row: Mapping[str, Any], case: Case) -> dict[str, Any]:
    """A row of `matches.matches`: a case with its verdict, and all that is kept of how it was reached."""
    version, programme = asked.version.version, asked.version.programme
    said, excluded = verdict(programme, case)
    occurred: date | None = row["occurred_on"]
    dates = dates_of(programme, occurred, night.on)
    facts = facts_of(programme, case, occurred=occurred, on=night.on, event=row["code"])
    return {
        "municipality_code": night.municipality,
        "night": night.on,
        "match_id": digest(row["event_id"], programme.slug, row["subject_id"]),
        "event_id": row["event_id"],
        "event_code": row["code"],
        "programme": programme.slug,
        "version": version,
        "subject_id": row["subject_id"],
        "household_id": row["household_id"],
        "verdict": said,
        "excluded": excluded,
        "kind": programme.kinds[row["code"]],
        "office": programme.office,
        "recipient": programme.recipient,
        "sensitivity": programme.sensitivity,
        "criteria": _JSON(criteria_of(programme, asked.trees.criteria, case)),
        "amount": _JSON(facts["amount"]),
        "deadline_on": None if dates.late else dates.due,
        "last_loss_free_on": dates.loss_free,
        "late": dates.late,
        "facts": _JSON(facts),
        "occurred_on": occurred,
        "verify": _verify(programme, case, occurred, night.on) if said != "ineligible" else [],
    }


def _verify(programme: Programme, case: Case, occurred: date | None, on: date) -> list[str]:
    """Why staff must look before anything is prepared: unknown facts, stale law, or an event older than the programme allows."""
    reasons = to_verify(programme, case)
    if programme.past_review(on):
        reasons.append("review_date_passed")
    if occurred is not None and on - occurred > timedelta(days=programme.limit_days):
        reasons.append("too_late")
    return reasons


def digest(*parts: str) -> str:
    """The name of something made of these parts, the same on every run."""
    return hashlib.sha256("|".join(parts).encode()).hexdigest()[:24]
