"""Many rows written by one statement prepared once: the ORM builds each value of each row into the text of its statement."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import connection

from engine.core.sql import Query


def write_all(query: Query, rows: Iterable[Mapping[str, Any]]) -> None:
    """Runs a named statement once a row, its `$parameters` the row's values; instants as this store keeps them."""
    stored = connection.ops.adapt_datetimefield_value
    values = [{name: stored(one) if isinstance(one, datetime) else one for name, one in row.items()} for row in rows]
    if values:
        with connection.cursor() as cursor:
            cursor.executemany(query.pyformat, values)
