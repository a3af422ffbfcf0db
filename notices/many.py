"""Many rows written, or named, by one statement: the ORM builds each value of each row into the text of its statement."""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import BigIntegerField, Field, Func, TextField, Value

from engine.core.sql import Query, load_queries, quoted

_SQL = load_queries(Path(__file__).with_name("many.sql"))


def write_all(query: Query, rows: Sequence[Mapping[str, Any]], *, table: str) -> None:
    """Runs a named INSERT of many rows, each with the same columns: `<columns>` and `<rows>` of the statement stand for theirs.

    Instants are kept as this store keeps them, and what a column of JSON says as its model reads it. Raises ValueError for a row
    with other columns than the first: one store would refuse it, another leave the column empty.
    """
    if not rows:
        return
    if any(row.keys() != rows[0].keys() for row in rows):
        raise ValueError(f"rows of {table} name different columns")
    columns = Query(name="columns", text=", ".join(quoted(name) for name in rows[0]))
    whole = connection.vendor == "postgresql"
    if whole:
        given = _SQL["from_json"].about(columns=columns, table=table)
    else:
        given = Query(name="values", text=f"VALUES ({', '.join(f'${name}' for name in rows[0])})")
    text = query.about(columns=columns, rows=given).pyformat
    with connection.cursor() as cursor:
        if whole:  # one statement, planned once: of each row apart the server would make a plan
            cursor.execute(text, {"rows": json.dumps(rows, default=_said, ensure_ascii=False)})
        else:
            cursor.executemany(text, _stored(rows))


_OF_POSTGRESQL = "(SELECT CAST(k.value AS %(kind)s) FROM json_array_elements_text(CAST(%(expressions)s AS JSON)) AS k)"


class Among(Func):
    """Keys, numbers or texts, for `filter(pk__in=Among(keys))`: however many they are, they are one value of the statement."""

    template = "(SELECT k.value FROM json_each(%(expressions)s) AS k)"

    def __init__(self, keys: Iterable[int] | Iterable[str]) -> None:
        """Of one kind, texts or numbers; may be none."""
        listed = list(keys)
        self.any, texts = bool(listed), bool(listed) and isinstance(listed[0], str)
        said = Value(json.dumps(listed), output_field=TextField())
        output: Field[Any, Any] = TextField() if texts else BigIntegerField()
        super().__init__(said, output_field=output, kind="TEXT" if texts else "BIGINT")

    def as_sql(self, *given: Any, **more: Any) -> tuple[str, Any]:
        """Raises EmptyResultSet where there is no key: Django asks the store nothing then."""
        if not self.any:
            raise EmptyResultSet
        return super().as_sql(*given, **more)

    def as_postgresql(self, compiler: Any, connection: Any, **more: Any) -> tuple[str, Any]:
        """The same in its words."""
        return self.as_sql(compiler, connection, template=_OF_POSTGRESQL, **more)


def _said(value: object) -> str:
    if isinstance(value, date):  # an instant too
        return value.isoformat()
    raise TypeError(f"a column cannot hold a {type(value).__name__}")


def _stored(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The rows as SQLite keeps them. Many are of one instant: it is put into the store's words once."""
    instants: dict[datetime, Any] = {}

    def stored(value: object) -> object:
        if isinstance(value, datetime):
            if value not in instants:
                instants[value] = connection.ops.adapt_datetimefield_value(value)
            return instants[value]
        return json.dumps(value) if isinstance(value, dict | list) else value

    return [{name: stored(value) for name, value in row.items()} for row in rows]
