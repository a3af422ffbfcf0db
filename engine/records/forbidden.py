"""What may never come in: the Individual Number by declaration and by value, and columns the law forbids us."""

from functools import cache
from pathlib import Path

import numpy as np
import polars as pl

from engine.core.yaml_text import load_yaml

_WEIGHTS = (6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2)  # 番号法総務省令5条: weights of the first eleven digits
_AT_LEAST_VALUES = 20
_AT_LEAST_SHARE = 0.9


@cache
def _names() -> dict[str, frozenset[str]]:
    read = load_yaml(Path(__file__).with_name("forbidden.yaml").read_text(encoding="utf-8"))
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
    twelve = column.str.contains(r"^[0-9]{12}$").fill_null(value=False)
    if not twelve.any():
        return twelve
    digits = np.frombuffer("".join(column.filter(twelve).to_list()).encode(), dtype=np.uint8).reshape(-1, 12) - ord("0")
    rest = digits[:, :11].astype(np.int64) @ np.array(_WEIGHTS) % 11
    expected = np.where(rest <= 1, 0, 11 - rest)
    hits = np.zeros(len(column), dtype=np.bool_)
    hits[twelve.to_numpy()] = digits[:, 11] == expected
    return pl.Series(hits)


def holds_individual_numbers(column: pl.Series, hits: pl.Series) -> bool:
    """Whether a column as a whole holds them: at least 20 values and at least 90 % that check out (reader rule 5)."""
    values = len(column) - column.null_count()
    return values >= _AT_LEAST_VALUES and int(hits.sum()) >= _AT_LEAST_SHARE * values
