"""Commands of the events: what a night found, and why it is one."""

import json
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import polars as pl
import typer

from engine.core.console import front, parse_date, print_json, print_rows
from engine.core.errors import InputError
from engine.core.settings import Settings
from engine.records.snapshot import read_snapshot
from events.detectors import load_detectors
from events.explain import paragraph
from events.probable.commands import explained, register
from events.scaffold import scaffold
from events.why_not import why_not

app = typer.Typer(no_args_is_help=True, help="Life events.")
register(app)
AsJson = Annotated[bool, typer.Option("--json", help="One JSON object a line.")]

_SHOWN = (
    "municipality_code",
    "name",
    "class",
    "detail",
    "subject_ids",
    "household_id",
    "occurred_on",
    "detected_on",
    "urgency",
    "reason",
)


@app.command("list")
def list_events(
    context: typer.Context, on: Annotated[str, typer.Option("--date", help="The night.")], as_json: AsJson = False
) -> None:
    """The events a night found, with the state each has now."""
    day = parse_date(on)
    found = _events(front(context).settings).filter(pl.col("night") == day)
    rows = (_shown(row) for row in found.iter_rows(named=True))
    print_rows(rows, as_json=as_json, columns=("id", "type", "name", "class", "occurred_on", "status", "reason"))


@app.command("explain")
def explain(
    context: typer.Context,
    event_id: Annotated[str, typer.Argument(help="An event, or a weak signal; left out with --person.")] = "",
    person: Annotated[str, typer.Option(help="Instead: what a night made of this person's entries.")] = "",
    on: Annotated[str, typer.Option("--date", help="The night, with --person.")] = "",
    lang: Annotated[str, typer.Option(help="ja or en.")] = "ja",
    as_json: AsJson = False,
) -> None:
    """Why an event is one, in a paragraph: the change, the file, the rule that decided; or why somebody's entry is none."""
    if lang not in {"ja", "en"}:
        raise InputError(f"--lang {lang}: use ja or en")
    if bool(event_id) == bool(person):
        raise InputError("name an event, or --person and --date")
    if person:
        for said in _of_person(front(context).settings, person, parse_date(on), lang):
            typer.echo(said)
        return
    rows = _events(front(context).settings).filter(pl.col("event_id") == event_id).to_dicts()
    weak_signal = None if rows else explained(front(context).settings, event_id, lang)
    if weak_signal is not None:
        typer.echo(weak_signal)
        return
    if not rows:
        raise InputError(f"there is no event {event_id}; `todoke events list --date D` shows a night's")
    if as_json:
        print_json(_shown(rows[0]) | {"evidence": json.loads(rows[0]["evidence"])})
    else:
        typer.echo(paragraph(rows[0], lang) + _cause(front(context).settings, rows[0], lang))


def _of_person(settings: Settings, person: str, day: date, lang: str) -> Iterator[str]:
    """A paragraph for each event a night found about somebody, and for each register entry of that night without one."""
    mine = _events(settings).filter(pl.col("subject_ids").list.contains(person))
    tonight, earlier = mine.filter(pl.col("night") == day).to_dicts(), mine.filter(pl.col("night") != day).to_dicts()
    yield from (paragraph(row, lang) for row in tonight)
    reasons = {reason for row in tonight for reason in load_detectors()[row["code"]].reasons}
    rows = read_snapshot(settings).table("history.residents")
    entries = rows.filter((pl.col("person_id") == person) & (pl.col("night") == day)).sort("source_order").to_dicts()
    yield from (why_not(row, earlier, lang) for row in entries if row["move_reason"] not in reasons)
    if not tonight and not entries:
        raise InputError(f"the register got no entry about this person on {day}")


@app.command("held")
def list_held(
    context: typer.Context, on: Annotated[str, typer.Option("--date", help="The night.")], as_json: AsJson = False
) -> None:
    """The kinds of event a night held for their number, with the numbers and what stands out in the file, strongest first."""
    day = parse_date(on)
    rows = (
        row | {"id": f"{row['night']}-{row['code']}-{row['place']}"} for row in _holds(front(context).settings, day)
    )
    print_rows(rows, as_json=as_json, columns=("code", "expected", "upper_limit", "seen", "said_ja", "said_en"))


@app.command("new")
def new(
    code: str,
    name: str,
    table: Annotated[str, typer.Option(help="The table whose changes show it.")],
    ja: Annotated[str, typer.Option(help="Its Japanese name.")],
    en: Annotated[str, typer.Option(help="Its English name.")],
    folder: Annotated[Path, typer.Option(help="The checkout.")] = Path(),
) -> None:
    """A detector file for a new event and its test table, to be filled in."""
    for path in scaffold(folder, code=code, name=name, table=table, ja=ja, en=en):
        typer.echo(path)


def _events(settings: Settings) -> pl.DataFrame:
    """Every event of the snapshot beside its newest state."""
    snapshot = read_snapshot(settings)
    if not snapshot.has("events.events"):
        raise InputError("the snapshot holds no events yet: run a night after the baseline")
    newest = snapshot.table("events.states").sort("night").unique("event_id", keep="last", maintain_order=True)
    states = newest.select("municipality_code", "event_id", "state", "reason")
    events = snapshot.table("events.events").join(states, on=["municipality_code", "event_id"], how="left")
    return events.sort("night", "code", "event_id")


def _holds(settings: Settings, day: date, code: str = "") -> list[dict[str, Any]]:
    """The signs of a night's holds, or of the hold of one kind."""
    snapshot = read_snapshot(settings)
    if not snapshot.has("events.holds"):
        return []
    rows = snapshot.table("events.holds").filter(pl.col("night") == day).sort("code", "place").to_dicts()
    return [row for row in rows if code in {"", row["code"]}]


def _cause(settings: Settings, row: Mapping[str, Any], lang: str) -> str:
    """What to add to the explanation of an event that is held for its number: what stood out in the file that night."""
    signs = _holds(settings, row["night"], row["code"]) if row["reason"] == "volume" else []
    if not signs:
        return ""
    told = ("; " if lang == "en" else "、").join(one[f"said_{lang}"] for one in signs)
    return f" Likely cause: {told}." if lang == "en" else f"考えられる原因：{told}。"


def _shown(row: Mapping[str, Any]) -> dict[str, Any]:
    """An event as the contract has it."""
    first = {"id": row["event_id"], "type": row["code"], "subject_id": row["subject_ids"][0], "status": row["state"]}
    return first | {name: row[name] for name in _SHOWN}
