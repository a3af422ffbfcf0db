from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext

from engine.core.sql import Query
from notices.approval.models import JobRun
from notices.many import Among, write_all
from tests.support.morning import MUNICIPALITY, NIGHT, NOW

pytestmark = pytest.mark.django_db
RUNS = Query(name="runs", text="INSERT INTO approval_jobrun (<columns>) <rows>")
TABLE = "approval_jobrun"


def row(job: str, **other: object) -> dict[str, object]:
    given = {"job": job, "municipality_code": MUNICIPALITY, "on": NIGHT, "state": "done", "holder": "x"}
    return given | {"heartbeat_at": NOW, "started_at": NOW, "ended_at": None, "summary": {}} | other


def test_rows_are_written_as_the_models_read_them() -> None:
    elsewhere = NOW.astimezone(ZoneInfo("America/New_York"))
    odd = "100 % «it» \"said\" 'she' \\ 届け"
    summary = {"written": 3, "of": [odd, None, True, 0.5]}
    yesterday = row("b", on=NIGHT - timedelta(days=1), started_at=elsewhere, ended_at=elsewhere, summary=summary)
    write_all(RUNS, [row(odd), yesterday], table=TABLE)
    found = list(JobRun.objects.order_by("job").values_list("job", "on", "started_at", "ended_at", "summary"))
    assert found == [(odd, NIGHT, NOW, None, {}), ("b", NIGHT - timedelta(days=1), NOW, NOW, summary)]


def test_one_row_or_many_is_one_statement_and_none_is_none() -> None:
    for count in (0, 1, 3):
        with CaptureQueriesContext(connection) as asked:
            write_all(RUNS, [row(f"{count} {number}") for number in range(count)], table=TABLE)
        assert len(asked) == min(count, 1)


def test_what_the_store_refuses_is_not_written_in_part() -> None:
    with pytest.raises(IntegrityError):
        write_all(RUNS, [row("a"), row("b"), row("a")], table=TABLE)


@pytest.mark.parametrize("other", [{"more": 1}, {}])
def test_rows_of_different_columns_are_refused(other: dict[str, object]) -> None:
    second = row("b", **other)
    second.pop("summary")
    with pytest.raises(ValueError, match="approval_jobrun name different columns"):
        write_all(RUNS, [row("a"), second], table=TABLE)
    assert not JobRun.objects.exists()


@pytest.mark.parametrize("count", [0, 1, 3, 40_000])
def test_keys_are_found_however_many_they_are(count: int) -> None:
    write_all(RUNS, [row(f"job '{number}'") for number in range(3)], table=TABLE)
    kept = list(JobRun.objects.order_by("job").values_list("pk", flat=True))
    texts = [f"job '{number}'" for number in range(count)]
    numbers = [*kept[:count], *range(10**12, 10**12 + count - 3)]
    assert (
        list(JobRun.objects.filter(job__in=Among(texts)).order_by("job").values_list("pk", flat=True)) == kept[:count]
    )
    assert (
        list(JobRun.objects.filter(pk__in=Among(numbers)).order_by("job").values_list("pk", flat=True)) == kept[:count]
    )
    assert JobRun.objects.filter(pk__in=Among(numbers)).update(holder="y") == min(count, 3)
    assert JobRun.objects.exclude(job__in=Among(texts)).count() == 3 - min(count, 3)
