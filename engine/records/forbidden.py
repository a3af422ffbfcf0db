"""What may never come in: the Individual Number by declaration and by value, and columns the law forbids us."""

from functools import cache
from pathlib import Path

from engine.core.sql import load_queries
from engine.core.yaml_text import load_yaml
from engine.warehouse.duck import Warehouse

_SQL = load_queries(Path(__file__).with_name("forbidden.sql"))
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


def know_individual_numbers(warehouse: Warehouse) -> None:
    """Teaches the connection `is_individual_number(text)`: twelve digits whose check digit is that of an Individual Number."""
    for macro in _SQL.values():
        warehouse.define(macro.text)


def are_individual_numbers(hits: int, values: int) -> bool:
    """Whether a column as a whole holds them: at least 20 values and at least 90 % that check out (reader rule 5)."""
    return values >= _AT_LEAST_VALUES and hits >= _AT_LEAST_SHARE * values
