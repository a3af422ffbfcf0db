"""Every detector's and the calendar's SQL stays inside the portable subset, and what was measured to differ on Spark does not."""

from pathlib import Path

import pytest

import events.reading
from engine.core.sql import Query, load_queries
from events.detectors import Detector, load_detectors
from events.scaffold import scaffold
from tests.support.portable import faults_of

DETECTORS = [one for one in load_detectors().values() if one.query.text]
_READ, _PEOPLE = (load_queries(Path(events.reading.__file__).with_name(name)) for name in ("read.sql", "people.sql"))
#: the queries that every detector and the calendar stand on
SHARED = {
    **{name: _READ[name] for name in ("candidates", "corrected_births", "tables_with_news", "reached", "unborn")},
    **{name: query for name, query in _PEOPLE.items() if not name.startswith("named_in_")},
}


def filled(query: Query) -> str:
    """A query with its placeholders filled in."""
    text = query.text.replace("<columns>", "h.resident_id").replace("<whose>", _PEOPLE["named_in_a_version"].text)
    text = text.replace("<select>", load_detectors()["E01"].query.text).replace("<code>", "'E01'")
    text = text.replace("<subjects>", _PEOPLE["subjects"].text)
    for name in ("table", "changes", "rows", "view", "people", "column"):
        text = text.replace(f"<{name}>", f"some_{name}")
    return text.replace("<part>", "h.source_key")


@pytest.mark.parametrize("detector", DETECTORS, ids=lambda one: f"{one.code} {one.name}")
def test_a_detector_stays_inside(detector: Detector) -> None:
    assert faults_of(detector.query.text) == []


@pytest.mark.parametrize("name", SHARED)
def test_what_the_calendar_and_the_detectors_stand_on_stays_inside(name: str) -> None:
    assert faults_of(filled(SHARED[name])) == []


def test_a_new_detector_begins_inside(tmp_path: Path) -> None:
    paths = scaffold(tmp_path, code="E55", name="first_vote", table="voters", ja="初めての選挙", en="First vote")
    (path,) = (path for path in paths if path.suffix == ".sql")
    assert faults_of(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    "value",
    [
        "list(d ORDER BY n)", "dayofweek(d)", "isodow(d)", "EXTRACT(DOW FROM d)", "date_diff('month', d, e)", "date_diff('hour', d, e)",
        "CAST(2.7 AS INT)", "CAST(n AS INTEGER)", "TRY_CAST(s AS INT)", "regexp_replace(s, 'a', 'b')", "trim(s)", "ROUND(x, 2)", "hash(s)",
        "arg_max(a, b)", "d - e",
    ],
)  # fmt: skip
def test_what_differs_silently_is_refused(value: str) -> None:
    assert faults_of(f"SELECT {value} AS found FROM t")


@pytest.mark.parametrize(
    "value",
    [
        "MAP {'a': 1}", "len(l)", "l[1:2]", "l[1]", "list_extract(l, 1)", "list_position(l, 1)", "list_sum(l)", "list_aggregate(l, 'sum')",
        "list_has_all(l, m)", "datesub('day', d, e)", "date_sub('day', d, e)", "age(d)", "week(d)", "to_days(n)", "to_months(n)",
        "date_add(d, INTERVAL 1 DAY)", "d + INTERVAL (n) MONTH", "d + INTERVAL 1 MONTH", "CAST(d + INTERVAL 1 HOUR AS DATE)",
        "try_strptime(s, '%Y')", "strftime(d, '%u')", "quantile_cont(x, 0.5)", "regexp_full_match(s, 'a')", "s SIMILAR TO 'a'",
        "nfc_normalize(s)", "histogram(x)", "row(1, 2)", "first(x ORDER BY n)", "(s::JSON)->>'a'", "listagg(s, ',')", "x / y", "1.5::DOUBLE",
    ],
)  # fmt: skip
def test_what_fails_on_spark_is_refused(value: str) -> None:
    assert faults_of(f"SELECT {value} AS found FROM t")


@pytest.mark.parametrize(
    "query",
    [
        "SELECT a.x FROM t AS a ASOF JOIN u AS b ON a.d >= b.d",
        "SELECT * REPLACE (1 AS x) FROM t",
        "SELECT * EXCLUDE (x) FROM t",
        "SELECT x FROM t UNION ALL BY NAME SELECT x FROM u",
        "SELECT i FROM generate_series(1, 3) AS g (i)",
        "SELECT x + 1 AS y FROM t WHERE y > 2",
        "SELECT x FROM t WHERE x = ANY(SELECT z FROM u)",
        "SELECT sum(x) FILTER (WHERE x > 1) OVER (PARTITION BY y) AS s FROM t",
        "INSERT INTO t VALUES (1)",
        "SELECT FROM",
    ],
)
def test_a_clause_outside_is_refused(query: str) -> None:
    assert faults_of(query)


def test_a_planted_fault_in_a_detector_is_found() -> None:
    planted = load_detectors()["E01"].query.text.replace(
        "c.after.birth_date AS effective_on", "strftime(c.after.birth_date, '%u') AS effective_on"
    )
    assert planted != load_detectors()["E01"].query.text
    assert faults_of(planted)
