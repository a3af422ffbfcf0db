"""`todoke notices learn`: what each office's decisions teach about where to look first."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import typer

from engine.core.clock import Clock
from engine.core.console import front, print_json
from engine.core.errors import Busy
from engine.core.jobs import Claim
from engine.core.settings import Settings
from notices.commands.store import AsJson, open_queue

JOB = "learn"


def learn_once(settings: Settings, clock: Clock, on: date) -> Mapping[str, Any]:
    """Learns from the decisions up to a date, in a row of the job ledger; returns its summary. Raises Busy."""
    open_queue(settings)
    from notices.approval.ledger import DjangoJobLedger
    from notices.approval.looking.learning import learn

    ledger, municipality = DjangoJobLedger(clock), settings.municipality.code
    if ledger.start(JOB, municipality, on, again=True) is not Claim.TAKEN:
        raise Busy("another process is learning from the decisions; try again when it is done")
    try:
        found = learn(settings, on=on)
    except BaseException:
        ledger.finish(JOB, municipality, on, outcome="failed", summary={})
        raise
    ledger.finish(JOB, municipality, on, outcome="done", summary=found)
    return found


def learned_models(settings: Settings) -> Mapping[str, object]:
    """Office → its model in use. Raises InputError for a file that is not what its name says."""
    from notices.approval.looking.scoring import models_in_use

    return models_in_use(settings)


def learn_command(context: typer.Context, as_json: AsJson = False) -> None:
    """Learns where to look first, office by office, and marks what waits. An office whose model is not good enough has none."""
    settings = front(context).settings
    clock = settings.clock()
    found = learn_once(settings, clock, clock.now().date())
    if as_json:
        print_json(found)
        return
    for office, one in found["offices"].items():
        figures = f"AUC {one['auc']}, calibration error {one['calibration_error']}" if "auc" in one else ""
        state = "in use" if one["in_use"] else f"not used: {one['why']['en']}"
        typer.echo(f"{office}: {one['decisions']} decisions; {state}; {figures}".removesuffix("; "))
    typer.echo(f"{found['scored']} waiting notices have a score")
