"""One landed file against its contract: refused whole, or its rows told apart into good ones and quarantined ones."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from engine.core.errors import FeedRejected
from engine.core.sql import Query, load_queries, quoted
from engine.records import values
from engine.records.contract import TableContract
from engine.records.forbidden import (
    are_individual_numbers,
    declares_individual_number,
    is_dropped,
    know_individual_numbers,
)
from engine.records.profiles import Profile
from engine.records.reading import Source, places_in_file, scanned
from engine.records.tables import listed
from engine.warehouse.duck import Warehouse

_SQL = load_queries(Path(__file__).with_name("check.sql"))


@dataclass(frozen=True, kw_only=True)
class Checked:
    """A file whose good rows can be read. `arrived` names a temporary table: a row for each of the file's, with its reason if it is bad."""

    arrived: str
    rows: int  #: good ones
    known: int  #: rows that were accepted before as they are
    all_named: bool  #: every line has a key, good or bad
    all_different: bool  #: no key stands twice
    quarantined: pl.DataFrame  #: row_number, resident_id, source_key, reason
    dropped_columns: tuple[str, ...]
    read_back: Query  #: the rows that the temporary table `wanted_rows` (source_key, file_place) asks of $file_place, as values


#: no row is known
NOTHING = listed(["FALSE"])
_NO_FAULTS = pl.DataFrame(
    schema={"row_number": pl.Int64, "resident_id": pl.String, "source_key": pl.String, "reason": pl.String}
)


def check_file(
    warehouse: Warehouse,
    source: Source,
    *,
    contract: TableContract,
    profile: Profile,
    municipality: str,
    arrived: str = "arrived",
    known: Query = NOTHING,
    **asked: Any,
) -> Checked:
    """Reads a file once. Raises FeedRejected naming file and column to refuse it whole. `forget` drops what it leaves.

    `known` is true for rows that were accepted before as they are, in terms of `f.row_hash`; `asked` are its values.
    """
    named, dropped = _named(source, contract, profile)
    if source.empty:  # most deltas of most nights: nothing to read, nothing to judge
        return _nothing(warehouse, arrived, dropped)
    query = _SQL["create_arrived"].about(
        arrived=arrived,
        source_key=values.source_key(contract),
        person=listed([f"f.{quoted(contract.person)}"]),
        row_text=values.row_text(contract),
        texts=values.texts(contract),
        known=known,
        elsewhere=listed(["f.municipality IS DISTINCT FROM $municipality" if profile.municipality_column else "FALSE"]),
        doubt=values.doubt(contract, profile),
        named=named,
        scan=source.scan,
    )
    with warehouse.ordered():
        unreadable = scanned(warehouse, source, query, municipality=municipality, **asked)
    counts = warehouse.query(_SQL["counts"].about(arrived=arrived)).row(0, named=True)
    if counts["elsewhere"]:
        raise FeedRejected(
            f"{source.name}: column {profile.municipality_column} names another municipality than the settings ({municipality})"
        )
    if counts["doubtful"]:
        _judge(warehouse, arrived, contract, profile)
        _refuse_individual_numbers(warehouse, source, arrived, named)
    if counts["with_key"] > counts["keys"]:
        warehouse.write(_SQL["set_twice_aside"].about(arrived=arrived))
    aside = warehouse.query(_SQL["set_aside"].about(arrived=arrived))
    return Checked(
        arrived=arrived,
        rows=counts["rows"] - aside.height,
        known=counts["known"],
        all_different=counts["with_key"] == counts["keys"],
        all_named=counts["with_key"] == counts["rows"] and not unreadable.height,
        quarantined=_quarantined(aside, unreadable),
        dropped_columns=dropped,
        read_back=_SQL["read_back"].about(
            arrived=arrived,
            source_order=values.source_order(contract),
            columns=values.typed_columns(contract, profile),
            named=values.columns_of_texts(contract),
        ),
    )


def _nothing(warehouse: Warehouse, arrived: str, dropped: tuple[str, ...]) -> Checked:
    """What a file tells that has its header and no row."""
    warehouse.write(_SQL["create_nothing_arrived"].about(arrived=arrived))
    return Checked(
        arrived=arrived,
        rows=0,
        known=0,
        all_different=True,
        all_named=True,
        quarantined=_NO_FAULTS,
        dropped_columns=dropped,
        read_back=NOTHING,  # nothing of it is ever wanted
    )


def forget(warehouse: Warehouse, arrived: str) -> None:
    """Drops what a check left."""
    warehouse.write(_SQL["forget"].about(arrived=arrived))


def _named(source: Source, contract: TableContract, profile: Profile) -> tuple[Query, tuple[str, ...]]:
    """The file's columns under their contract names. The header must be the contract's, in any order."""
    name, header = source.name, source.header
    for column in header:
        if declares_individual_number(column):
            raise FeedRejected(f"{name}: column {column} declares Individual Numbers; ask for the variant without them")
    dropped = tuple(column for column in header if is_dropped(column))
    place = profile.municipality_column
    if place is not None and place not in header:
        raise FeedRejected(f"{name}: column {place} is missing")
    headers = profile.headers_of(contract) | ({place: "municipality"} if place is not None else {})
    missing = [column for column in headers if column not in header]
    unexpected = [column for column in header if column not in headers and column not in dropped]
    if missing or unexpected:
        faults = [f"column {column} is missing" for column in missing]
        faults += [f"column {column} is unexpected" for column in unexpected]
        raise FeedRejected(f"{name}: {'; '.join(faults)} (contract {contract.table}.yaml)")
    return listed(f"c{header.index(column)} AS {quoted(meant)}" for column, meant in headers.items()), dropped


def _judge(warehouse: Warehouse, arrived: str, contract: TableContract, profile: Profile) -> None:
    know_individual_numbers(warehouse)
    warehouse.write(
        _SQL["judge"].about(
            arrived=arrived,
            reason=values.reason(contract, profile),
            numbers=values.numbers(contract),
            named=values.columns_of_texts(contract),
        )
    )


def _refuse_individual_numbers(warehouse: Warehouse, source: Source, arrived: str, named: Query) -> None:
    """Refuses a file in which a column not declared as an identifier is full of them."""
    for column, hits in warehouse.query(_SQL["numbers_by_column"].about(arrived=arrived)).iter_rows():
        query = _SQL["count_values"].about(column=listed([f"f.{quoted(column)}"]), named=named, scan=source.scan)
        if are_individual_numbers(hits, warehouse.query(query, **source.values).item()):
            raise FeedRejected(
                f"{source.name}: column {column} holds Individual Numbers; ask for the variant without them"
            )


def _quarantined(aside: pl.DataFrame, unreadable: pl.DataFrame) -> pl.DataFrame:
    """Rows with a fault and lines that are no rows, in the file's order."""
    rows = aside.select(
        row_number=places_in_file(aside["place"], unreadable["row_number"]),
        resident_id="resident_id",
        source_key="source_key",
        reason="reason",
    )
    lines = unreadable.select(
        "row_number", resident_id=pl.lit(None, pl.String), source_key=pl.lit(None, pl.String), reason="reason"
    )
    return pl.concat([rows, lines]).sort("row_number")
