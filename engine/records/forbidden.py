"""What may never come in: the Individual Number by declaration and by value, and columns the law forbids us."""

from functools import cache
from pathlib import Path

import polars as pl
import yaml

_WEIGHTS = (6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2)  # 番号法総務省令5条: weights of the first eleven digits
_AT_LEAST_VALUES = 20
_AT_LEAST_SHARE = 0.9


@cache
def _names() -> dict[str, frozenset[str]]:
    read = yaml.safe_load(Path(__file__).with_name("forbidden.yaml").read_text(encoding="utf-8"))
    return {kind: frozenset(_plain(name) for name in names) for kind, names in read.items()}


def _plain(header: str) -> str:
    return "".join(header.split()).lower()


def declares_individual_number(header: str) -> bool:
    """Whether a column says of itself that it holds Individual Numbers."""
    return _plain(header) in _names()["individual_number"]


def is_dropped(header: str) -> bool:
    """Whether a column is dropped at the door (障害名, 基礎年金番号)."""
    return _plain(header) in _names()["dropped"]


def individual_numbers(column: pl.Series) -> pl.Series:
    """Which values are twelve digits whose check digit is that of an Individual Number. Takes text, gives booleans."""
    twelve = column.str.contains(r"^\d{12}$").fill_null(value=False)
    if not twelve.any():
        return twelve
    frame = pl.DataFrame({"value": column})
    digits = [pl.col("value").str.slice(place, 1).cast(pl.Int64, strict=False) for place in range(12)]
    rest = pl.sum_horizontal(digit * pl.lit(weight) for digit, weight in zip(digits, _WEIGHTS, strict=False)) % 11
    expected = pl.when(rest <= 1).then(0).otherwise(11 - rest)
    return twelve & frame.select((digits[11] == expected).fill_null(value=False)).to_series()


def holds_individual_numbers(column: pl.Series, hits: pl.Series) -> bool:
    """Whether a column as a whole holds them: at least 20 values and at least 90 % that check out (reader rule 5)."""
    values = column.is_not_null().sum()
    return values >= _AT_LEAST_VALUES and int(hits.sum()) >= _AT_LEAST_SHARE * values
