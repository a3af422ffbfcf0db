from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext

from engine.core.sql import Query
from notices.approval.many import write_all
from notices.approval.models import JobRun
from tests.support.morning import MUNICIPALITY, NIGHT, NOW

pytestmark = pytest.mark.django_db
RUNS = Query(
    name="runs",
    text="""INSERT INTO approval_jobrun (job, municipality_code, "on", state, holder, heartbeat_at, started_at, summary)
    VALUES ($job, $municipality, $on, 'done', 'x', $at, $at, '{}')""",
)


def row(job: str, **other: object) -> dict[str, object]:
    return {"job": job, "municipality": MUNICIPALITY, "on": NIGHT, "at": NOW} | other


def test_rows_are_written_as_the_models_read_them() -> None:
    elsewhere = NOW.astimezone(ZoneInfo("America/New_York"))
    write_all(RUNS, [row("100 % of it"), row("b", on=NIGHT - timedelta(days=1), at=elsewhere)])
    found = list(JobRun.objects.order_by("job").values_list("job", "on", "started_at"))
    assert found == [("100 % of it", NIGHT, NOW), ("b", NIGHT - timedelta(days=1), NOW)]


def test_no_row_is_no_statement() -> None:
    with CaptureQueriesContext(connection) as asked:
        write_all(RUNS, [])
    assert len(asked) == 0


def test_what_the_store_refuses_is_not_written_in_part() -> None:
    with pytest.raises(IntegrityError):
        write_all(RUNS, [row("a"), row("b"), row("a")])
