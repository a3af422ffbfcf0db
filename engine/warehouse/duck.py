"""The DuckDB warehouse: one file, opened by the night alone."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import date
from os import cpu_count
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import duckdb
import polars as pl

from engine.core.errors import Busy
from engine.core.sql import Query, load_queries
from engine.warehouse.stream import Stream

_SQL = load_queries(Path(__file__).with_name("duck.sql"))


class Warehouse:
    """The records file. One process may hold it; a second one gets a Busy that says so."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Takes over an open connection; `open_warehouse` is the usual way to get one."""
        self._connection = connection
        self._in_transaction = False
        connection.execute("SET enable_progress_bar = false")  # it would write into what a command answers
        for query in _SQL.values():
            if query.name.startswith("create_"):
                connection.execute(query.text)

    def __enter__(self) -> Self:
        """The warehouse itself; leaving the block closes it."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Closes the file."""
        self.close()

    def close(self) -> None:
        """Closes the file; unfinished transactions are undone."""
        self._connection.close()

    def define(self, statement: str) -> None:
        """Runs one statement that creates a schema, table or view. Statements are ours or built from an AST."""
        self._connection.execute(statement)

    def define_beside(self, statements: Sequence[str]) -> None:
        """Runs statements that do not need each other beside each other, each as a transaction of its own. They see no `frame`, and
        nothing that is not committed yet: no transaction may be open. One that fails is raised when those beside it have ended."""
        assert not self._in_transaction, "what runs beside a transaction does not see what it wrote"

        def run(statement: str) -> None:
            with self._connection.cursor() as beside:
                beside.execute(statement)

        with ThreadPoolExecutor(cpu_count()) as threads:
            list(threads.map(run, statements))

    def write(self, query: Query, **values: Any) -> int:
        """Runs one statement with the values it asks for; returns how many rows it wrote, if it says so."""
        said = self._connection.execute(query.text, {name: values[name] for name in query.parameters}).fetchall()
        return int(said[0][0]) if said and isinstance(said[0][0], int) else 0

    def query(self, query: Query, **values: Any) -> pl.DataFrame:
        """All rows of a SELECT as a DataFrame. Values the text does not ask for are left out."""
        return self.read(query.text, {name: values[name] for name in query.parameters})

    def rows(self, query: Query, **values: Any) -> list[dict[str, Any]]:
        """The same as a list of rows by column name: a SELECT is planned once, where a DataFrame plans it twice."""
        ran = self._connection.execute(query.text, {name: values[name] for name in query.parameters})
        names = [column[0] for column in ran.description or ()]
        return [dict(zip(names, row, strict=True)) for row in ran.fetchall()]

    def read(self, text: str, values: Mapping[str, Any]) -> pl.DataFrame:
        """All rows of a SELECT text (ours, or built from an AST) with exactly the values it asks for."""
        # by the Arrow stream both speak: `.pl()` would load another Arrow library first, a quarter of a second and 25 MB a process
        return pl.DataFrame(Stream(self._connection.sql(text, params=dict(values)).__arrow_c_stream__()))

    def replace(self, table: str, municipality: str, night: date, rows: Query | pl.DataFrame, /, **values: Any) -> int:
        """Makes `rows` the whole content of one table's (municipality, night) partition; returns how many there are.

        Rows are matched to columns by name and must carry municipality_code and night. One transaction, so a kill
        leaves the partition as it was.
        """
        if isinstance(rows, pl.DataFrame):
            with self.frame("incoming_rows", rows):
                return self.replace(table, municipality, night, _SQL["select_incoming"])
        return self.replace_by(table, municipality, night, [(rows, values)])

    def replace_by(
        self, table: str, municipality: str, night: date, parts: Iterable[tuple[Query, Mapping[str, Any]]]
    ) -> int:
        """The same from several SELECTs, each with its own values."""
        partition = {"municipality": municipality, "night": night}
        with self.transaction():
            self.write(_SQL["delete_partition"].about(table=table), **partition)
            inserts = [(_SQL["insert_rows"].about(table=table, rows=rows), values) for rows, values in parts]
            return sum(self.write(insert, **values) for insert, values in inserts)

    @contextmanager
    def ordered(self) -> Iterator[None]:
        """Tables made while the block lasts keep the order of what they were made from; it costs memory."""
        self._connection.execute("SET preserve_insertion_order = true")
        try:
            yield
        finally:
            self._connection.execute("SET preserve_insertion_order = false")

    @contextmanager
    def frame(self, name: str, rows: pl.DataFrame) -> Iterator[None]:
        """Lets SQL read a DataFrame under a name while the block lasts."""
        self._connection.register(name, rows.to_arrow())
        try:
            yield
        finally:
            self._connection.unregister(name)

    def export(self, rows: str | Query, path: Path) -> None:
        """Writes the rows of a table, a view or a SELECT to a Parquet file."""
        query = rows if isinstance(rows, Query) else _SQL["select_all"].about(table=rows)
        self._connection.sql(query.text).write_parquet(str(path), compression="zstd")

    def mark(self, stage: str, municipality: str, night: date, summary: Mapping[str, Any]) -> None:
        """Writes that a stage of a night is finished, with its summary. The last write of every stage."""
        con = self._connection
        values = {"stage": stage, "municipality": municipality, "night": night}
        with self.transaction():
            con.execute(_SQL["delete_mark"].text, values)
            con.execute(_SQL["insert_mark"].text, values | {"summary": json.dumps(summary, ensure_ascii=False)})

    def unmark(self, municipality: str, night: date, *, stages: tuple[str, ...]) -> None:
        """Forgets that these stages of a night are finished, so that they run again."""
        for stage in stages:
            values = {"stage": stage, "municipality": municipality, "night": night}
            self._connection.execute(_SQL["delete_mark"].text, values)

    def marked(self, stage: str, municipality: str, night: date) -> dict[str, Any] | None:
        """The summary a finished stage left, or None when it has not finished."""
        found = self.query(_SQL["select_mark"], stage=stage, municipality=municipality, night=night)
        return json.loads(found.item()) if found.height else None

    def last_marked(self, stage: str, municipality: str, before: date) -> date | None:
        """The newest night before `before` whose stage is finished, or None."""
        found = self.query(_SQL["select_last_mark"], stage=stage, municipality=municipality, before=before).item()
        return found if isinstance(found, date) else None

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All writes inside or none of them."""
        self._connection.execute("BEGIN")
        self._in_transaction = True
        try:
            yield
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise
        else:
            self._connection.execute("COMMIT")
        finally:
            self._in_transaction = False


def open_warehouse(path: Path, *, memory_limit_mb: int, scratch: Path) -> Warehouse:
    """Opens (or makes) the records file. Raises Busy when another process holds it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    scratch.mkdir(parents=True, exist_ok=True)
    options: dict[str, str | bool | int | float | list[str]] = {
        "memory_limit": f"{memory_limit_mb}MB",
        "temp_directory": str(scratch),
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
        "preserve_insertion_order": False,
    }
    try:
        return Warehouse(duckdb.connect(str(path), config=options))
    except duckdb.IOException as error:
        if "lock" in str(error).lower():
            raise Busy(
                f"{path.name} is held by another process: a night is running; try again when it has ended"
            ) from None
        raise
