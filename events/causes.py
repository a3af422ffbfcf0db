"""Why a kind of event came in a flood: which file, which column moved, which value stands out against its usual share."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from math import log
from pathlib import Path
from typing import Any

import polars as pl

from engine.core.sql import load_queries
from engine.night import Night
from engine.records.contract import load_contracts
from events.detectors import load_detectors

_SQL = load_queries(Path(__file__).with_name("causes.sql"))
#: how far back the usual share looks, in nights
USUAL_NIGHTS = 60
_SIGNS = 3
_LEAST_ROWS = 8  #: fewer rows are no sign, and no value of fewer people is told
_LEAST_RISE = 0.1  #: of the share, above the usual one
_SIDES: Mapping[str, tuple[str, str]] = {
    "before": ("異動前", "before the change"),
    "after": ("異動後", "after the change"),
    "moved": ("変わった項目", "moved"),
}


@dataclass(frozen=True, kw_only=True)
class Sign:
    """A value that stands out: `rows` of `of` rows of tonight have it, usually a share of `usual` (None: nothing to compare with)."""

    file: str
    table: str
    column: str
    side: str  #: 'before', 'after', or 'moved' where the column itself stands out
    value: str
    rows: int
    of: int
    usual: float | None

    @property
    def weight(self) -> float:
        """How surprising it is: the likelihood ratio of what was seen against what is usual."""
        share, usual = self.rows / self.of, max(self.usual or 0.0, 0.5 / self.of)
        return self.rows * log(share / usual) if share > usual else 0.0


def signs_of(night: Night, code: str) -> list[Sign]:
    """What stands out most tonight in the tables a kind of event is seen in, one sign a column, the strongest first."""
    detector = load_detectors()[code]
    found = [sign for table in (detector.table, *detector.also) for sign in _signs_in(night, table)]
    best: dict[tuple[str, str], Sign] = {}
    for sign in sorted(found, key=lambda one: (-one.weight, one.column, one.side, one.value)):
        best.setdefault((sign.table, sign.column), sign)
    return list(best.values())[:_SIGNS]


def said(signs: Sequence[Sign], lang: str) -> str:
    """The likely cause in words."""
    if not signs:
        return (
            "the file shows no column that stands out; compare its number of rows with the office"
            if lang == "en"
            else "ファイルの中に目立つ項目はありません。件数を担当課に確認してください"
        )
    return ("; " if lang == "en" else "、").join(_said(sign, lang) for sign in signs)


def write_holds(night: Night, held: Mapping[str, Mapping[str, Any]], signs: Mapping[str, Sequence[Sign]]) -> None:
    """Writes tonight's holds with their signs; none where nothing is held."""
    for name in ("create_schema", "create_holds"):
        night.warehouse.define(_SQL[name].text)
    rows = [
        (night.municipality, night.on, code, held[code]["expected"], held[code]["upper"], held[code]["seen"], *sign)
        for code in sorted(held)
        for sign in _rows(signs[code])
    ]
    night.warehouse.replace("events.holds", night.municipality, night.on, _frame(rows))


def _said(sign: Sign, lang: str) -> str:
    contract = load_contracts()[sign.table]
    column, value = contract.columns.get(sign.column), sign.value
    ja, en = (column.ja if column else sign.column), sign.column
    secret = column is not None and column.personal == "sensitive"
    named = column.codes.get(value, value) if column else value
    side = _SIDES[sign.side][lang == "en"]
    if lang == "en":
        usual = "" if sign.usual is None else f", usually {_percent(sign.usual)}"
        what = "moved in" if sign.side == "moved" else f"{'one value' if secret else value} {side} in"
        return f"{sign.file}: {en} {what} {sign.rows} of {sign.of} rows{usual}"
    usual = "" if sign.usual is None else f"（ふだん{_percent(sign.usual)}）"
    what = "が変わった" if sign.side == "moved" else f"の{side}が{'同じ値' if secret else f'「{named}」'}"
    return f"{sign.file}の{ja}{what}：{sign.of}行のうち{sign.rows}行{usual}"


def _percent(share: float) -> str:
    return f"{share * 100:.0f} %" if share >= 0.01 else "under 1 %" if share > 0 else "0 %"


def _signs_in(night: Night, table: str) -> Iterator[Sign]:
    """Every value and moved column of a table's changes that is much more common tonight than usual."""
    changes = f"changes.{table}"
    values = {"municipality": night.municipality, "night": night.on, "since": night.on - timedelta(days=USUAL_NIGHTS)}
    [(of, before)] = night.warehouse.query(_SQL["rows"].about(changes=changes), **values).iter_rows()
    if of < _LEAST_ROWS:
        return
    files = night.warehouse.query(_SQL["file"], **values, table_name=table)["file_name"].to_list()
    seen = [
        ("moved", "", row) for row in night.warehouse.query(_SQL["moved"].about(changes=changes), **values).iter_rows()
    ]
    for name, column in load_contracts()[table].columns.items():
        if column.type not in {"code", "boolean"}:
            continue
        for side in ("before", "after"):
            query = _SQL["values"].about(changes=changes, content=f"c.{side}", column=name)
            seen += [(side, name, row) for row in night.warehouse.query(query, **values).iter_rows()]
    for side, name, (value, rows, usual) in seen:
        share = usual / before if before else None
        if rows >= _LEAST_ROWS and rows / of > (share or 0.0) + _LEAST_RISE:
            yield Sign(
                file=files[0] if files else table,
                table=table,
                column=name or value,
                side=side,
                value=value,
                rows=int(rows),
                of=int(of),
                usual=share,
            )


_HOLDS: Mapping[str, Any] = {
    "municipality_code": pl.String,
    "night": pl.Date,
    "code": pl.String,
    "expected": pl.Float64,
    "upper_limit": pl.Int32,
    "seen": pl.Int32,
    "place": pl.Int32,
    "file_name": pl.String,
    "column_name": pl.String,
    "side": pl.String,
    "value": pl.String,
    "rows_with": pl.Int32,
    "rows_tonight": pl.Int32,
    "usual_share": pl.Float64,
    "said_ja": pl.String,
    "said_en": pl.String,
}


def _rows(signs: Sequence[Sign]) -> list[tuple[Any, ...]]:
    if not signs:
        return [(0, "", "", "", "", 0, 0, None, said((), "ja"), said((), "en"))]
    return [
        (
            place,
            one.file,
            one.column,
            one.side,
            one.value,
            one.rows,
            one.of,
            one.usual,
            said([one], "ja"),
            said([one], "en"),
        )
        for place, one in enumerate(signs, start=1)
    ]


def _frame(rows: Sequence[tuple[Any, ...]]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=dict(_HOLDS), orient="row")
