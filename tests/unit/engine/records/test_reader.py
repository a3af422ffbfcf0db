"""A snapshot's tables are found by name, and what is not there says so."""

from pathlib import Path

import polars as pl
import pytest

from engine.core.errors import InputError
from engine.records.reader import SnapshotReader


@pytest.fixture
def reader(tmp_path: Path) -> SnapshotReader:
    pl.DataFrame({"hist_no": [5]}).write_parquet(tmp_path / "now.residents.parquet")
    return SnapshotReader(tmp_path)


def test_a_table_is_read_whole_or_as_far_as_it_is_asked(reader: SnapshotReader) -> None:
    assert reader.has("now.residents")
    assert reader.table("now.residents")["hist_no"].to_list() == [5]
    assert reader.lazy("now.residents").select(pl.len()).collect().item() == 1
    assert reader.path("now.residents").name == "now.residents.parquet"


def test_a_table_that_is_not_there_is_named(reader: SnapshotReader) -> None:
    assert not reader.has("now.nothing")
    for asked in (reader.table, reader.lazy, reader.path):
        with pytest.raises(InputError, match=r"has no table now\.nothing"):
            asked("now.nothing")
