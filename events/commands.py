"""Commands of the events: what a night found, and why it is one."""

import json
from typing import Annotated, Any

import polars as pl
import typer

from engine.core.console import front, parse_date, print_json, print_rows
from engine.core.errors import InputError
from engine.core.settings import Settings
from engine.records.snapshot import read_snapshot
from events.detectors import load_detectors
from events.rules import RULES

app = typer.Typer(no_args_is_help=True, help="Life events.")
AsJson = Annotated[bool, typer.Option("--json", help="One JSON object a line.")]


@app.command("list")
def list_events(
    context: typer.Context, on: Annotated[str, typer.Option("--date", help="The night.")], as_json: AsJson = False
) -> None:
    """The events a night found, with the state each has now."""
    day = parse_date(on)
    rows = (
        _shown(row) for row in _events(front(context).settings).filter(pl.col("night") == day).iter_rows(named=True)
    )
    print_rows(rows, as_json=as_json, columns=("id", "type", "name", "class", "occurred_on", "status", "reason"))


def _events(settings: Settings) -> pl.DataFrame:
    """Every event of the snapshot beside its newest state."""
    snapshot = read_snapshot(settings)
    if not snapshot.has("events.events"):
        raise InputError("the snapshot holds no events yet: run a night after the baseline")
    newest = (
        snapshot.table("events.states").sort("night").group_by("event_id").last().select("event_id", "state", "reason")
    )
    return snapshot.table("events.events").join(newest, on="event_id", how="left").sort("night", "code", "event_id")


def _shown(row: dict[str, Any]) -> dict[str, Any]:
    names = (
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
    shown = {name: row[name] for name in names}
    return {
        "id": row["event_id"],
        "type": row["code"],
        "subject_id": row["subject_ids"][0],
        "status": row["state"],
    } | shown


@app.command("explain")
def explain(
    context: typer.Context,
    event_id: str,
    lang: Annotated[str, typer.Option(help="ja or en.")] = "ja",
    as_json: AsJson = False,
) -> None:
    """Why an event is one, in a paragraph: the change, the file, the rule that decided."""
    if lang not in {"ja", "en"}:
        raise InputError(f"--lang {lang}: use ja or en")
    rows = _events(front(context).settings).filter(pl.col("event_id") == event_id).to_dicts()
    if not rows:
        raise InputError(f"there is no event {event_id}; `todoke events list --date D` shows a night's")
    if as_json:
        print_json(_shown(rows[0]) | {"evidence": json.loads(rows[0]["evidence"])})
    else:
        typer.echo(paragraph(rows[0], lang))


def paragraph(row: dict[str, Any], lang: str) -> str:
    """The explanation of one event row."""
    detector = load_detectors()[row["code"]]
    says = next((rule.says for rule in RULES if row["reason"].startswith(rule.code)), row["reason"])
    changes = [
        f"{one['ja']}: {one['before'] or '–'} → {one['after'] or '–'} ({one['file_date']})"
        for one in json.loads(row["evidence"])
    ]
    shown = "; ".join(changes) or str(row["occurred_on"])
    on, found, state = row["occurred_on"], row["detected_on"], row["state"]
    if lang == "en":
        why = f" Decided by: {says}." if row["reason"] else ""
        head = f"{detector.en} ({row['code']}) on {on}, found on {found}, state {state}."
        return f"{head} {shown}.{why} Source: {detector.source}."
    why = f"判断の理由：{says}。" if row["reason"] else ""
    head = f"{detector.ja}（{row['code']}）。起きた日は{on}、見つけた夜は{found}、状態は{state}です。"
    return f"{head}{shown}。{why}根拠：{detector.source}"
