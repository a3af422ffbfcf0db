"""The features of a look-first model: their names, their words, and the table a model reads. What is not named here is not read."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl

from engine.core.yaml_text import load_yaml

_FILE = Path(__file__).with_name("features.yaml")
#: raised when a notice is prepared; what a review adds («edited») is the outcome itself and would give it away
FLAGS = frozenset({"late", "backdated", "ask", "sensitive", "grief", "language_fallback", "channel_fallback"})
_LEAST = 20  #: cases with and without, before an event, a programme, a language or a flag is a feature of its own


@cache
def words() -> Mapping[str, Any]:
    """`features.yaml`: numbers and kinds by name with their words in Japanese and English, and what is left out."""
    found: Mapping[str, Any] = load_yaml(_FILE.read_text(encoding="utf-8"))
    return found


def names_of(cases: Sequence[Mapping[str, float]]) -> tuple[str, ...]:
    """The features these cases support: every number, and each kind («event:E01») that is neither rare nor always there."""
    counted = Counter(name for case in cases for name in case if ":" in name)
    kinds = (name for name, count in counted.items() if _LEAST <= count <= len(cases) - _LEAST)
    return (*words()["numbers"], *sorted(kinds))


def table_of(cases: Iterable[Mapping[str, float]], names: Sequence[str]) -> pl.DataFrame:
    """One row a case, one column a feature; what a case does not have is 0."""
    rows = [[case.get(name, 0.0) for name in names] for case in cases]
    return pl.DataFrame(rows, schema=dict.fromkeys(names, pl.Float64), orient="row")
