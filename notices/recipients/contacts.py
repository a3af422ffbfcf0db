"""Where people are reached, copied from the newest records into the queue store for those with an open notice only."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from engine.core.sql import load_queries
from engine.night import Night
from notices.recipients.models import Contact

SQL = load_queries(Path(__file__).with_name("publish.sql"))


def refresh(night: Night, people: Iterable[str]) -> dict[str, dict[str, Any]]:
    """Brings the contact rows of these people up to the night's records; returns what was found, by 宛名番号.

    The returned rows carry `ward` besides: an adult ward without a registered 送付先 cannot be written to.
    """
    wanted = sorted(set(people))
    values = {"municipality": night.municipality, "night": night.on, "people": wanted}
    rows = {row["resident_id"]: row for row in night.warehouse.query(SQL["contacts"], **values).to_dicts()}
    fields = (
        "household_id",
        "status",
        "name",
        "postal",
        "address",
        "source",
        "language",
        "opted_out_all",
        "opted_out_topics",
    )
    Contact.objects.bulk_create(
        [
            Contact(
                municipality_code=night.municipality,
                resident_id=resident,
                data_date=night.on,
                **{name: row[name] if row[name] is not None else "" for name in fields},
            )
            for resident, row in rows.items()
        ],
        update_conflicts=True,
        unique_fields=["municipality_code", "resident_id"],
        update_fields=[*fields, "data_date"],
    )
    return rows
