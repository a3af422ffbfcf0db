"""Commands of the policy team and of the counter: programmes, matches, assess."""

import json
from datetime import date
from pathlib import Path
from typing import Annotated

import polars as pl
import typer

from eligibility import catalogue, tools
from eligibility.assess import assess as assess_one
from eligibility.lint import check as check_files
from eligibility.lint import unfilled
from eligibility.mutants import LEAST_NOTICED, judge_examples
from eligibility.programme import read_programme
from eligibility.tools import programme_of
from engine.core.clock import today
from engine.core.console import front, parse_date, print_json, print_rows
from engine.core.errors import InputError, RuleError
from engine.records.snapshot import read_snapshot

programmes_app = typer.Typer(no_args_is_help=True, help="The policy team's tools.")
matches_app = typer.Typer(no_args_is_help=True, help="What a night matched, and why.")
for _tool in (
    tools.new,
    tools.preview,
    tools.diff,
    tools.backtest,
    tools.explain,
    tools.register,
    tools.schema,
):
    programmes_app.command()(_tool)
AsJson = Annotated[bool, typer.Option("--json", help="One JSON object a line.")]


@programmes_app.command("check")
def check(
    context: typer.Context,
    paths: Annotated[list[Path] | None, typer.Argument()] = None,
    mutants: Annotated[
        bool, typer.Option("--mutants", help="Change each thing in turn: do the examples notice?")
    ] = False,
    data: Annotated[
        bool, typer.Option("--data", help="Also finds criteria that everybody or nobody of the town meets.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """制度ファイルを検査する / checks programme files: rules, purposes, examples, tables, reviews. Exit 2 for what must be put right."""
    files = catalogue.files(paths or ())
    findings = check_files(files, today(front(context).clock))
    if data and not any(one.blocks for one in findings):
        findings += tools.said_by_data(context, files)
    if as_json:
        print_rows((one.as_json() for one in findings), as_json=True, columns=())
    elif findings:
        for one in findings:
            typer.echo(f"{one.file}:{one.line or 1}:{one.column or 1} {one.severity}\n  {one.ja}\n  {one.text}")
    else:
        typer.echo(f"{len(files)}件の制度ファイルに、直すところはありません / programme files: nothing to put right")
    errors = sum(one.blocks for one in findings)
    if errors:
        raise InputError(
            f"{len(files)}件のファイルに、直すところが{errors}件あります / {errors} errors in {len(files)} programme files"
        )
    if mutants:
        _tell_mutants(files, as_json=as_json)


def _tell_mutants(files: list[Path], *, as_json: bool) -> None:
    """How many changes of each file its examples notice. Raises InputError when one notices fewer than 95 in 100."""
    outcomes = [judge_examples(read_programme(path)) for path in files]
    rows = [
        {
            "slug": one.slug,
            "killed": one.killed,
            "mutants": one.killed + len(one.survivors),
            "share": f"{one.share:.1%}",
            "unnoticed": [f"{mutant.place}: {mutant.change}" for mutant in one.survivors],
        }
        for one in outcomes
    ]
    print_rows(rows, as_json=as_json, columns=("slug", "killed", "mutants", "share"))
    if not as_json and any(one.survivors for one in outcomes):
        typer.echo(
            "\n例が気づかない変更。それぞれ、結果のちがう例を足してください / changes that no example notices (unnoticed):"
        )
        for one in outcomes:
            for mutant in one.survivors:
                typer.echo(f"  {one.slug}  {mutant.place}: {mutant.change}")
    thin = [one.slug for one in outcomes if one.share < LEAST_NOTICED]
    if thin:
        raise InputError(
            f"例が気づく変更が{LEAST_NOTICED:.0%}より少ないので、例を足してください：{', '.join(thin)} / "
            f"the examples of {', '.join(thin)} notice fewer than {LEAST_NOTICED:.0%} of the changes; add some"
        )


@programmes_app.command("list")
def list_programmes(context: typer.Context, as_json: AsJson = False) -> None:
    """The published versions in force today and who signed them."""
    settings = front(context).settings
    found = catalogue.published(settings.paths.catalogue, today(settings.clock()), mode=settings.mode)
    rows = (
        {
            "slug": one.programme.slug,
            "name": one.programme.name.ja,
            "office": one.programme.office,
            "version": one.version[:12],
            "signed_off_by": list(one.signed_off_by),
            "demonstration": one.demonstration,
        }
        for one in found
    )
    print_rows(rows, as_json=as_json, columns=("slug", "name", "office", "version", "signed_off_by", "demonstration"))


@programmes_app.command("publish")
def publish(
    context: typer.Context,
    slug: str,
    signed_off_by: Annotated[list[str], typer.Option("--signed-off-by", help="An office; may be repeated.")],
    file: tools.From = None,
) -> None:
    """決裁のすんだ版を公開する（変えられない） / writes an immutable version with its sign-offs. The night reads only these."""
    settings = front(context).settings
    programme = programme_of(slug, file)
    tools.office_of(settings, programme.office)
    signed_off_by = [tools.office_of(settings, office) for office in signed_off_by]
    path = file or catalogue.FOLDER / f"{slug}.yaml"
    faults = [one for one in check_files([path], today(settings.clock())) if one.blocks]
    if faults:
        raise RuleError(
            f"{slug} はまだ公開できません：{faults[0].ja} / "
            f"{slug} is not fit to be published: {faults[0].text}; see `todoke programmes check`"
        )
    words = unfilled(programme)
    if words:
        raise RuleError(
            f"{slug} はまだ公開できません。ひな形の文のまま：{', '.join(words)} / "
            f"{slug} is not fit to be published: {', '.join(words)} still say what a new file says"
        )
    version = catalogue.publish(
        programme,
        signed_off_by=signed_off_by,
        at=settings.clock().now(),
        folder=settings.paths.catalogue,
        demonstration=settings.mode == "demo",
    )
    typer.echo(f"{slug} {version}")
    typer.echo(f"対象なのに知らせていない人は / whom nobody told yet: todoke programmes sweep {slug}", err=True)


@matches_app.command("list")
def list_matches(context: typer.Context, on: Annotated[str, typer.Option("--date")], as_json: AsJson = False) -> None:
    """The matches of a night."""
    day: date = parse_date(on)
    rows = (
        read_snapshot(front(context).settings)
        .table("matches.matches")
        .filter(pl.col("night") == day)
        .rename({"match_id": "id"})
    )
    columns = ("id", "municipality_code", "programme", "version", "subject_id", "event_id", "verdict")
    print_rows(rows.select(columns).iter_rows(named=True), as_json=as_json, columns=columns)


@matches_app.command("explain")
def explain(context: typer.Context, match_id: str, as_json: AsJson = False) -> None:
    """One match: its verdict, each criterion with value, threshold and article, and the version it was judged by."""
    rows = (
        read_snapshot(front(context).settings)
        .table("matches.matches")
        .filter(pl.col("match_id") == match_id)
        .to_dicts()
    )
    if not rows:
        raise InputError(f"there is no match {match_id}; `todoke matches list --date D` shows a night's")
    row = rows[0]
    criteria = json.loads(row["criteria"])
    if as_json:
        print_json(
            {
                "id": match_id,
                "programme": row["programme"],
                "verdict": row["verdict"],
                "excluded": row["excluded"],
                "criteria": criteria,
            }
        )
        return
    typer.echo(
        f"{row['programme']} ({row['version'][:12]}): {row['verdict']}{' because of ' + row['excluded'] if row['excluded'] else ''}"
    )
    print_rows(criteria, as_json=False, columns=("id", "result", "value", "threshold", "unit", "cites"))


def assess(
    slug: str,
    facts: Annotated[Path, typer.Option(help="JSON: subject, household, records (contract column names), event.")],
    on: Annotated[str, typer.Option(help="The date whose law counts, YYYY-MM-DD.")],
    file: tools.From = None,
) -> None:
    """1人を1つの制度に照らす / one person against one programme, without a database."""
    try:
        values = json.loads(facts.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise InputError(f"there is no facts file {facts}") from None
    except (ValueError, OSError):
        raise InputError(f"{facts} is not a JSON file") from None
    programme = programme_of(slug, file)
    print_json(assess_one(programme, values, parse_date(on), version=catalogue.version_of(programme)))
