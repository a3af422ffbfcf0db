"""The same rows in another store: what was filled into SQLite, copied into PostgreSQL as it stands there, sealed columns included."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.apps import apps
from django.core.management.color import no_style
from django.db import connection, models, transaction

#: made anew by the migrations of each store
_ITS_OWN = frozenset({"contenttypes", "auth.permission", "sessions"})


def copy_from(store: Path) -> None:
    """Into the migrated, empty store this process works on."""
    from psycopg import sql

    kept = [one for one in apps.get_models() if not {one._meta.app_label, one._meta.label_lower} & _ITS_OWN]
    with sqlite3.connect(store) as source, transaction.atomic(), connection.cursor() as cursor:
        for model in kept:
            fields = [one for one in model._meta.concrete_fields if not one.generated]
            names = [one.attname for one in fields]
            target = sql.SQL("COPY {} ({}) FROM STDIN").format(
                sql.Identifier(model._meta.db_table), sql.SQL(", ").join(sql.Identifier(one.column) for one in fields)
            )
            found = source.execute(str(model._base_manager.order_by().values_list(*names).query))
            with cursor.copy(target) as copied:
                for row in _rows(found, fields):
                    copied.write_row(row)
        for statement in connection.ops.sequence_reset_sql(no_style(), kept):
            cursor.execute(statement)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")  # as the server does by itself within minutes


def _rows(found: Iterator[Any], fields: "list[models.Field[Any, Any]]") -> Iterator[list[Any]]:
    """SQLite has no truth values: 0 and 1 stand for them."""
    truths = [place for place, one in enumerate(fields) if isinstance(one, models.BooleanField)]
    for stored in found:
        row = list(stored)
        for place in truths:
            row[place] = bool(row[place])
        yield row
