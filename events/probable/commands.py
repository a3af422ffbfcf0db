"""`todoke events train` and `todoke events probable`: training a weak signal, and what a night made of it."""

import json
from pathlib import Path
from typing import Annotated, Any

import polars as pl
import typer

from engine.core.console import front, parse_date, print_json, print_rows
from engine.core.errors import InputError
from engine.core.settings import Settings
from engine.night import Night
from engine.records.asof import bind_night
from engine.records.snapshot import read_snapshot
from engine.warehouse.duck import open_warehouse
from events.probable.card import page
from events.probable.fitted import save
from events.probable.registry import load_models, model_of
from events.probable.score import capacity_of
from events.probable.training import refusal, train
from events.probable.words import paragraph, spoken
from events.reading import first_night

AsJson = Annotated[bool, typer.Option("--json", help="One JSON object a line.")]
TABLE = "events.probable"


def register(app: typer.Typer) -> None:
    """Puts the commands among those of the events."""
    app.command("train")(train_model)
    app.command("probable")(list_probable)


def train_model(
    context: typer.Context,
    code: Annotated[str, typer.Argument(help="The weak signal, for example job_loss.")],
    until: Annotated[str, typer.Option(help="The last night to learn from.")],
    seed: Annotated[int, typer.Option(help="The same seed and history give the same model.")] = 1,
    as_json: AsJson = False,
) -> None:
    """Trains a weak signal on history and writes its model card; refused (exit 2) when it is not good enough. Not while a night runs."""
    settings, model, day = front(context).settings, model_of(code), parse_date(until)
    paths, municipality = settings.paths, settings.municipality.code
    if not paths.records.exists():
        raise InputError(f"no night has run yet: there is no {paths.records}")
    with open_warehouse(paths.records, memory_limit_mb=settings.memory_limit_mb, scratch=paths.scratch) as warehouse:
        night = Night(on=day, municipality=municipality, warehouse=warehouse, settings=settings, clock=settings.clock())
        _require_history(night)
        bind_night(warehouse, municipality, day)
        room, first = capacity_of(model, night), first_night(night)
        fitted, card = train(warehouse, municipality, model, first=first, until=day, capacity=room, seed=seed)
    refused = refusal(card, model)
    if refused:
        raise InputError(f"{code} is refused: {refused} (evaluated on {card['cases']} cases); nothing was stored")
    digest = save(paths.models, fitted, card, page(card, model))
    if as_json:
        print_json({"digest": digest} | dict(card))
        return
    typer.echo(page(card, model))
    typer.echo(f'stored as {_where(paths.models, code, digest)}; enable it with [probable] enabled = ["{code}"]')


def list_probable(
    context: typer.Context, on: Annotated[str, typer.Option("--date", help="The night.")], as_json: AsJson = False
) -> None:
    """The weak signals a night scored, likeliest first, with the features that spoke. For staff only."""
    rows = probable_rows(front(context).settings)
    day = parse_date(on)
    shown = [_shown(row) for row in rows if row["night"] == day]
    print_rows(shown, as_json=as_json, columns=("id", "code", "name", "probability", "chosen", "spoke"))


def probable_rows(settings: Settings) -> list[dict[str, Any]]:
    """Every scored row of the snapshot, the likeliest of a night first; none where no night has scored."""
    snapshot = read_snapshot(settings)
    if not snapshot.has(TABLE):
        return []
    rows = snapshot.table(TABLE).sort("night", "code", pl.col("probability") * -1, "probable_id").to_dicts()
    return [row | {"spoke": json.loads(row["spoke"])} for row in rows if row["code"] in load_models()]


def explained(settings: Settings, probable_id: str, lang: str) -> str | None:
    """The paragraph of one scored row; None when there is no such row."""
    rows = [row for row in probable_rows(settings) if row["probable_id"] == probable_id]
    return paragraph(rows[0], lang) if rows else None


def _shown(row: dict[str, Any]) -> dict[str, Any]:
    kept = {
        name: row[name]
        for name in ("municipality_code", "code", "subject_id", "household_id", "night", "chosen", "model")
    }
    words = {"name": model_of(row["code"]).ja, "spoke": spoken(row["code"], row["spoke"], "ja")}
    return {"id": row["probable_id"], "probability": round(row["probability"], 3)} | kept | words


def _require_history(night: Night) -> None:
    """Raises InputError where no night up to the date has loaded anything."""
    if first_night(night) == night.on:
        raise InputError(f"no night before {night.on} has loaded anything: run `todoke night --date D` first")


def _where(models: Path, code: str, digest: str) -> str:
    return str(models / code / f"{digest}.json")
