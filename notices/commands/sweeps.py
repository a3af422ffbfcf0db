"""`todoke programmes sweep` and `sweeps`: whom a programme would reach without any event, and releasing them to the nights."""

from collections.abc import Collection, Mapping
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import polars as pl
import typer

from eligibility.catalogue import published
from eligibility.parts import SWEEP
from eligibility.population import population
from eligibility.programme import Programme
from eligibility.sweep import Found, find
from eligibility.tools import programme_to_try, published_version
from engine.core.clock import today
from engine.core.console import front, print_json, print_rows
from engine.core.errors import InputError
from engine.records.reader import SnapshotReader
from engine.records.snapshot import read_snapshot
from notices.commands.store import AsJson, open_queue, operator

By = Annotated[str, typer.Option(help="Who decides, with --release and --stop.")]
Reason = Annotated[str, typer.Option(help="Why, in words without personal data, with --release and --stop.")]


def sweep(
    context: typer.Context,
    slug: str,
    file: Annotated[Path | None, typer.Option("--file", help="Only counts: a file that is not published.")] = None,
    a_day: Annotated[int, typer.Option("--a-day", min=1, help="Only counts: so many a day.")] = 100,
    release: Annotated[int, typer.Option("--release", min=0, help="Counts, then releases so many people a day.")] = 0,
    stop: Annotated[bool, typer.Option("--stop", help="Ends the sweep that is going on.")] = False,
    by: By = "",
    reason: Reason = "",
    as_json: AsJson = False,
) -> None:
    """対象なのに知らせていない人を数え、1日の人数を決めて夜の処理に渡す / counts whom nobody told; with --release the nights tell them."""
    settings = front(context).settings
    open_queue(settings)
    from notices.approval import sweeps

    if file is not None and (release or stop):
        raise InputError(
            "--file では数えるだけです。渡すのは公開してからです / "
            "--file only counts; publish the programme to release its sweep"
        )
    municipality, at = settings.municipality.code, settings.clock().now()
    if stop:
        sweeps.stop(programme=slug, officer=operator(settings, by), reason=reason, at=at)
    version = None if file else published_version(front(context), slug)
    programme = version.programme if version else programme_to_try(slug, file)
    reader = read_snapshot(settings)
    said = _counted(reader, programme, sweeps.held(municipality), a_day=release or a_day)
    if release and version:
        if SWEEP not in programme.kinds:
            raise InputError(f"{slug} only ends something; without an event there is nobody to tell of it")
        officer = operator(settings, by)
        sweeps.ask(programme=slug, version=version.version, a_day=release, officer=officer, reason=reason, at=at)
    said["released"] = _released(reader, slug)
    said["requests"] = [row for row in sweeps.asked(municipality) if row["programme"] == slug]
    print_json(said) if as_json else _tell(programme, said)


def list_sweeps(context: typer.Context, as_json: AsJson = False) -> None:
    """公開した制度の全件点検（proposed は、まだ点検していない版） / the sweeps; proposed: of a version never swept."""
    settings = front(context).settings
    open_queue(settings)
    from notices.approval import sweeps

    rows = sweeps.asked(settings.municipality.code)
    swept = {(row["programme"], row["version"]) for row in rows}
    current = published(settings.paths.catalogue, today(settings.clock()), mode=settings.mode)
    rows += [
        {"id": None, "municipality_code": settings.municipality.code, "programme": one.programme.slug}
        | {"version": one.version, "state": "proposed"}
        for one in current
        if SWEEP in one.programme.kinds and (one.programme.slug, one.version) not in swept
    ]
    columns = ("programme", "state", "a_day", "from_night", "until_night", "asked_by", "reason")
    print_rows(rows, as_json=as_json, columns=columns)


def _counted(reader: SnapshotReader, programme: Programme, held: Collection[str], *, a_day: int) -> dict[str, Any]:
    """Who waits as of the snapshot, and the nights it takes."""
    on = date.fromisoformat(reader.folder.name)
    who = population(reader, [programme])
    found = find(who, reader, programme, on, held=held)
    portions = [{"night": number, "people": part.height} for number, part in enumerate(found.portions(a_day), start=1)]
    return {
        "programme": programme.slug,
        "on": on.isoformat(),
        "people": found.waiting.height,
        "verdicts": dict(found.waiting["verdict"].value_counts(sort=True).iter_rows()),
        "deadlines": _deadlines(found),
        "left_out": dict(found.left_out),
        "a_day": a_day,
        "portions": portions,
    }


def _deadlines(found: Found) -> dict[str, int]:
    """How many people each deadline concerns, in the order of release."""
    told = found.waiting.select(
        pl.when("late").then(pl.lit("late")).otherwise(pl.col("due_on").cast(pl.String).fill_null("none")).alias("by")
    )
    return dict(told.group_by("by", maintain_order=True).len().iter_rows())


def _released(reader: SnapshotReader, slug: str) -> dict[str, int]:
    """Night → how many people a sweep of this programme released."""
    if not reader.has("matches.matches"):
        return {}
    mine = (pl.col("programme") == slug) & (pl.col("event_code") == SWEEP)
    rows = reader.lazy("matches.matches").filter(mine).group_by("night").len().sort("night").collect()
    return {night.isoformat(): count for night, count in rows.iter_rows()}


def _tell(programme: Programme, said: Mapping[str, Any]) -> None:
    nights = len(said["portions"])
    typer.echo(
        f"{programme.name.ja}: {said['people']:,}人に知らせていません。1日{said['a_day']}人までで{nights}日かかります。\n"
        f"{programme.name.en}: {said['people']:,} people were not told; {nights} nights at {said['a_day']} a day."
    )
    for ja, en, name in (
        ("結果", "verdict", "verdicts"),
        ("期限", "deadline", "deadlines"),
        ("除いた人", "left out", "left_out"),
        ("渡した人", "released", "released"),
    ):
        if said[name]:
            told = ", ".join(f"{key} {count:,}" for key, count in said[name].items())
            typer.echo(f"  {ja} / {en}: {told}")
    columns = ("state", "a_day", "from_night", "until_night", "asked_by", "reason")
    if said["requests"]:
        print_rows(said["requests"], as_json=False, columns=columns)
    else:
        command = f"todoke programmes sweep {programme.slug} --release 50 --by … --reason …"
        typer.echo(f"公開してあれば、渡すには / to release it, once published: {command}")
