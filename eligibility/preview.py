"""What a programme would do to the people on record: who would match, what two versions differ in, how many notices past nights had."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from eligibility.parts import Criterion
from eligibility.population import Population, verdicts
from eligibility.programme import Programme

_BANDS = (0, 6, 15, 18, 40, 65, 75)
_SAMPLES = 5
_LET_IN = ("eligible", "possible")


@dataclass(frozen=True, kw_only=True)
class Preview:
    """Counts over everybody registered. `criteria`: id → met, not met, unknown, and what that says about the criterion."""

    people: int
    verdicts: Mapping[str, int]
    excluded: Mapping[str, int]
    by_age: Mapping[str, int]
    by_area: Mapping[str, int]
    by_household: Mapping[str, int]
    criteria: tuple[Mapping[str, Any], ...]
    yen_per_year: tuple[int, int]
    samples: tuple[Mapping[str, Any], ...]

    def as_json(self) -> dict[str, Any]:
        """The whole as plain values."""
        return {name: list(value) if isinstance(value, tuple) else value for name, value in vars(self).items()}


def preview(who: Population, programme: Programme, on: date) -> Preview:
    """Who would match on a date, as if the event were that very day. Samples are masked: no number, no name, no address."""
    found = verdicts(who, programme, on)
    matched = found.filter(pl.col("verdict").is_in(_LET_IN))
    counted = {name: int(count) for name, count in found["verdict"].value_counts().iter_rows()}
    return Preview(
        people=found.height,
        verdicts={name: counted.get(name, 0) for name in (*_LET_IN, "ineligible")},
        excluded=_counted(found.filter(pl.col("excluded") != ""), pl.col("excluded")),
        by_age=_counted(matched, _age_band(on)),
        by_area=_counted(matched, pl.col("area").fill_null("")),
        by_household=_counted(matched, pl.col("members").cast(pl.String) + " people"),
        criteria=tuple(_criterion(found, one) for one in programme.criteria.criteria()),
        yen_per_year=_yen_per_year(programme, matched, on),
        samples=tuple(_masked(row, on) for row in matched.bottom_k(_SAMPLES, by="subject_id").iter_rows(named=True)),
    )


def _counted(rows: pl.DataFrame, key: pl.Expr) -> dict[str, int]:
    counted = rows.select(key.alias("key")).group_by("key").len().sort("key")
    return {str(name): int(count) for name, count in counted.iter_rows()}


def _age_band(on: date) -> pl.Expr:
    """The band of completed years; 「00–05」 first, so that bands sort as ages do."""
    born = pl.col("birth_date")
    birthday_ahead = (born.dt.month() * 100 + born.dt.day()) > on.month * 100 + on.day
    age = pl.lit(on.year) - born.dt.year() - birthday_ahead.cast(pl.Int32)
    label: pl.Expr = pl.lit("age not known")
    for low, high in zip(_BANDS, (*_BANDS[1:], None), strict=True):
        name = f"{low:02}–{high - 1:02}" if high else f"{low:02} and over"
        label = pl.when(age >= low).then(pl.lit(name)).otherwise(label)
    return label


def _criterion(found: pl.DataFrame, one: Criterion) -> dict[str, Any]:
    """How often a criterion is met, and a remark where it never or always is: it may be unreachable, or say nothing."""
    results = found[f"criterion:{one.id}"]
    met, unknown = int(results.sum()), results.null_count()
    total = len(results)
    remark = ""
    if one.expr is not None and total:
        remark = "always met" if met == total else "never met" if met == 0 and unknown == 0 else remark
        remark = "always unknown" if unknown == total else remark
    return {"id": one.id, "met": met, "not_met": total - met - unknown, "unknown": unknown, "remark": remark}


def _yen_per_year(programme: Programme, matched: pl.DataFrame, on: date) -> tuple[int, int]:
    """The least and most these people could come to, each with the amounts that count for them, or else those that may."""
    sure, maybe = [], []
    for place, one in enumerate(programme.amounts):
        value, counts = programme.values[one.value], pl.col(f"amount:{place}")
        yen = value.on(max(on, programme.valid_from), programme.slug)
        assert isinstance(yen, int)
        yearly = pl.lit(yen * (12 if value.unit == "JPY/month" else 1), dtype=pl.Int64)
        sure.append(pl.when(counts).then(yearly))
        maybe.append(pl.when(counts.is_null()).then(yearly))
    if not sure:
        return 0, 0
    least = pl.coalesce(pl.min_horizontal(sure), pl.min_horizontal(maybe), 0).sum()
    most = pl.coalesce(pl.max_horizontal(sure), pl.max_horizontal(maybe), 0).sum()
    ends = matched.select(least=least, most=most)
    return int(ends["least"].item()), int(ends["most"].item())


def _masked(row: Mapping[str, Any], on: date) -> dict[str, Any]:
    born = row["birth_date"]
    decade = f"{(on.year - born.year) // 10 * 10}s" if born else "not known"
    return {"age": decade, "household": row["members"], "verdict": row["verdict"]}


def difference(who: Population, old: Programme, new: Programme, on: date) -> dict[str, int]:
    """How many people each change of verdict concerns: `ineligible → possible`: n. Nothing for who stays as they are."""
    before = verdicts(who, old, on).select("subject_id", pl.col("verdict").alias("before"))
    after = verdicts(who, new, on).select("subject_id", "verdict")
    moved = before.join(after, on="subject_id").filter(pl.col("before") != pl.col("verdict"))
    return _counted(moved, pl.col("before") + " → " + pl.col("verdict"))
