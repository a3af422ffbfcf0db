"""todoke's front door: the command line. The only place that knows every package, and where the night is written down."""

import sys
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Annotated, Any

import typer

import eligibility.commands
import engine.commands
import events.commands
import fixtures.commands
import notices.commands
from eligibility.match import match_programmes
from engine.alert import tell_of_night, telling
from engine.changes.derive import derive_changes
from engine.core.clock import Clock, SystemClock
from engine.core.console import DEMO_SETTINGS, Front, front, parse_date, print_json, progress_bar, run_app
from engine.core.settings import Settings, read_settings
from engine.night import Night, Stage, Summary, run_night
from engine.records.integrity import check_integrity
from engine.records.load import load_records
from engine.records.snapshot import publish_snapshot
from engine.schedule import Job, run_schedule
from engine.warehouse.duck import open_warehouse
from events.detect import detect_events
from events.probable.score import score_probable
from events.releases import release_holds
from fixtures import demo_settings
from fixtures.town import build_town
from notices.sealing import make_keys

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, help=__doc__)
app.add_typer(engine.commands.records_app, name="records")
app.add_typer(events.commands.app, name="events")
# both are asked of the queue store, which the two packages do not know
engine.commands.records_app.command("accept")(notices.commands.accept_file)
events.commands.app.command("release")(notices.commands.release_held)
app.add_typer(eligibility.commands.matches_app, name="matches")
app.add_typer(eligibility.commands.programmes_app, name="programmes")
app.command()(eligibility.commands.assess)
app.add_typer(fixtures.commands.app, name="town")
notices.commands.mount(app)


def the_night() -> tuple[Stage, ...]:
    """One night, in order. The stages of `notices` are imported once Django is set up."""
    from notices.approval.prepare import prepare_notices
    from notices.approval.sweeps import release_sweeps
    from notices.recipients.publish import publish_safety

    return (
        Stage(name="load_records", run=load_records, always=True),
        Stage(name="publish_safety", run=publish_safety, always=True),
        Stage(name="check_integrity", run=check_integrity),
        Stage(name="derive_changes", run=derive_changes),
        Stage(name="release_holds", run=release_holds),
        Stage(name="detect_events", run=detect_events),
        Stage(name="score_probable", run=score_probable),
        Stage(name="match_programmes", run=match_programmes),
        Stage(name="release_sweeps", run=release_sweeps),
        Stage(name="prepare_notices", run=prepare_notices),
        Stage(name="publish_snapshot", run=publish_snapshot),
    )


def scan(
    settings: Settings,
    clock: Clock,
    on: date,
    progress: Callable[[str, int, int], None] = lambda name, done, of: None,
    *,
    again: bool = True,
) -> Summary:
    """Runs one night on the stores of the settings; tells an operator when it halted or failed.

    Without `again` a night that is done is not repeated.
    """
    notices.commands.open_queue(settings)
    from notices.approval.ledger import DjangoJobLedger
    from notices.approval.requests import DjangoRunRequests

    paths, city = settings.paths, settings.municipality.code
    with (
        telling(settings.alert, f"the night of {on} failed"),
        open_warehouse(paths.records, memory_limit_mb=settings.memory_limit_mb, scratch=paths.scratch) as warehouse,
    ):
        asked = DjangoRunRequests(city, clock)
        night = Night(on=on, municipality=city, warehouse=warehouse, settings=settings, clock=clock, requests=asked)
        summary = run_night(the_night(), night, DjangoJobLedger(clock), progress=progress, again=again)
    tell_of_night(settings.alert, summary)
    return summary


@app.callback()
def main(
    context: typer.Context,
    settings: Annotated[
        Path | None, typer.Option(help="Settings file; else TODOKE_SETTINGS, else ./todoke.toml.")
    ] = None,
) -> None:
    """Proactive life-event notices for Japanese municipalities."""
    context.obj = Front(settings)


@app.command()
def night(
    context: typer.Context,
    on: Annotated[str, typer.Option("--date", help="The business date to scan, YYYY-MM-DD.")],
    feeds: Annotated[str | None, typer.Option(help="Feeds folder; else the one of the settings.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the summary as one JSON object.")] = False,
) -> None:
    """One nightly scan: safe to repeat, resumes after a kill."""
    day, settings = parse_date(on), front(context).settings
    if feeds is not None:
        settings = settings.model_copy(update={"paths": settings.paths.model_copy(update={"feeds": feeds})})
    with progress_bar() as bar:
        task = bar.add_task(f"night of {day}", total=None)
        summary = scan(
            settings,
            settings.clock(),
            day,
            lambda name, done, of: bar.update(task, description=name, completed=done, total=of),
        )
    print_json(summary.as_json(), pretty=not as_json)
    summary.or_stop()


@app.command()
def schedule(context: typer.Context) -> None:
    """The long-running scheduler: the nightly scan and the dispatch windows, in Asia/Tokyo."""
    settings = front(context).settings
    clock = settings.clock()
    notices.commands.open_queue(settings)
    from notices.approval.keeper import kept_anchored
    from notices.approval.ledger import DjangoJobLedger

    times, day = settings.schedule, timedelta(days=1)

    def scanned(on: date) -> Summary:
        return scan(settings, clock, on, again=False).or_stop()

    @telling(settings.alert, "nothing was learned from the decisions")
    def learned(on: date) -> Mapping[str, Any]:
        return notices.commands.learn_once(settings, clock, on)

    @telling(settings.alert, "dispatch sent nothing")
    def sent(on: date) -> Mapping[str, Any]:
        return notices.commands.send(settings, clock)

    jobs = (
        Job(name="night", run=scanned, at=(times.night_at,), lag=day, keeps_row=True),
        Job(name="learn", run=learned, at=(times.learn_at,), lag=day, keeps_row=True, weekdays=frozenset({6})),
        Job(name="dispatch", run=sent, at=times.dispatch_at),
    )
    with kept_anchored(settings, clock):
        run_schedule(jobs, municipality=settings.municipality.code, ledger=DjangoJobLedger(clock), clock=clock)


@app.command()
def demo(
    into: Annotated[
        Path, typer.Option(help="Where the demo town goes; an earlier demo there is replaced.")
    ] = DEMO_SETTINGS.parent,
    residents: Annotated[int, typer.Option(min=1_000, max=4_000_000)] = 20_000,
    nights: Annotated[int, typer.Option(min=1, max=60)] = demo_settings.NIGHTS,
    seed: Annotated[int, typer.Option(help="The same seed gives the same town.")] = 1,
) -> None:
    """Builds the demo town, loads it, runs its nights and says how to open the desk."""
    folder = demo_settings.empty_folder(into)
    settings = read_settings(demo_settings.write_settings(folder, since=SystemClock().now(), nights=nights))
    clock = settings.clock()
    typer.echo(f"Building an invented town of {residents:,} in {into} …")
    ahead = nights + demo_settings.AHEAD
    build_town(residents=residents, seed=seed, baseline=demo_settings.BASELINE, nights=ahead, folder=folder)
    make_keys(settings.paths.keys)
    notices.commands.open_queue(settings)
    from notices.demo import furnish, names, welcome

    accounts = furnish(settings, clock, folder)
    summaries = []
    with progress_bar() as bar:
        task = bar.add_task("nights", total=nights + 1)
        for on in [demo_settings.BASELINE, *demo_settings.nights(nights)]:
            summaries.append(scan(settings, clock, on))
            bar.update(task, advance=1, description=f"night of {on}")
    typer.echo(demo_settings.report([summary.as_json() for summary in summaries], names()))
    typer.echo(welcome(settings, folder, accounts, program=sys.argv[0]))


def run() -> None:
    """Runs the command line."""
    run_app(app)


if __name__ == "__main__":
    run()
