"""One night: runs the stages it is handed, in order, each once, and adds up what they report.

A stage is one function `(Night) -> Report`. It writes through `warehouse.replace` and returns what it did; the runner
then writes the stage's mark, last. A night that was killed is started again: finished stages are passed over, and the
half-done one replaces what it wrote.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Protocol, Self

from engine.core.clock import Clock
from engine.core.errors import Busy, InputError, SafetyStop
from engine.core.jobs import Claim, JobLedger
from engine.core.requests import NoRequests, RunRequests
from engine.core.settings import Settings
from engine.warehouse.duck import Warehouse

JOB = "night"


@dataclass(frozen=True, kw_only=True)
class Night:
    """What a stage is given: the business date scanned, whose records, the doors to stores, settings and time, and what staff ask for."""

    on: date
    municipality: str
    warehouse: Warehouse
    settings: Settings
    clock: Clock
    requests: RunRequests = field(default_factory=NoRequests)


class Report(Protocol):
    """What a stage returns: a frozen noun of the domain that can say itself in the night's summary."""

    def summary(self) -> Mapping[str, Any]:
        """Its part of the night's summary object: JSON values under the keys of the contract."""
        ...


@dataclass(frozen=True, kw_only=True)
class Stage:
    """A stage by name. `always` stages run again on a repeated night, to notice late files and new safety facts."""

    name: str
    run: Callable[[Night], Report]
    always: bool = False


@dataclass(frozen=True, kw_only=True)
class Summary:
    """What one night did, in the shape of the contract."""

    date: date
    resumed: bool
    halted: str | None
    by_input: bool = False  #: it was halted by a mandatory file that was refused
    parts: Mapping[str, Any]
    seconds: Mapping[str, float]

    @property
    def held(self) -> Mapping[str, Mapping[str, Any]]:
        """Event code → what was expected and seen, and the likely cause by language, for every kind of event held as a flood."""
        held: Mapping[str, Mapping[str, Any]] = self.parts.get("held", {})
        return held

    @property
    def files_at_fault(self) -> tuple[str, ...]:
        """Why each file that was refused was, and what is told of those that brought far less than usual."""
        feeds: Mapping[str, list[str]] = self.parts.get("feeds", {})
        return (*feeds.get("rejected", ()), *feeds.get("short", ()))

    def or_stop(self) -> Self:
        """Itself. Raises SafetyStop for a night that was halted: exit 3, or 2 for a refused file."""
        if self.halted:
            raise SafetyStop(self.halted, by_input=self.by_input)
        return self

    def as_json(self) -> dict[str, Any]:
        """The contract's object for `night --json`."""
        return {
            "date": self.date.isoformat(),
            "resumed": self.resumed,
            "feeds": {"accepted": [], "rejected": []},
            "rows": {"loaded": 0, "quarantined": 0},
            "changes": {},
            "events": {},
            "matches": {"eligible": 0, "possible": 0, "ineligible": 0},
            "notices": {"prepared": 0, "withdrawn": 0},
            "tasks": {},
            "suppressed": {},
            "held": {},
            **self.parts,
            "halted": self.halted,
            "seconds": dict(self.seconds),
        }


def run_night(
    stages: Sequence[Stage],
    night: Night,
    ledger: JobLedger,
    *,
    progress: Callable[[str, int, int], None] = lambda name, done, of: None,
    again: bool = True,
) -> Summary:
    """Runs a night's stages in order. A SafetyStop ends it with `halted` set; every other error is the caller's.

    Safe to repeat: a stage already marked for this night is passed over and its old report used, unless an `always`
    stage before it reports that something came in new (`fresh`). With `again` False a night that is done is only told.
    Raises Busy when another process is at this night, InputError when a later night is done and this one never was.
    """
    _require_order(night, ledger)
    claim = ledger.start(JOB, night.municipality, night.on, again=again)
    if claim is Claim.HELD:
        raise Busy(f"the night of {night.on} is already running in another process; try again when it has ended")
    run = _Run(stages, night, ledger, progress)
    if claim is Claim.DONE:
        return run.told()
    try:
        summary = run.walk()
    except BaseException:
        ledger.finish(JOB, night.municipality, night.on, outcome="failed", summary={})
        raise
    outcome = "halted" if summary.halted else "done"
    ledger.finish(JOB, night.municipality, night.on, outcome=outcome, summary=summary.as_json())
    return summary


def _require_order(night: Night, ledger: JobLedger) -> None:
    """A night older than one that is done would tell the past from records of its future."""
    last = ledger.last_done(JOB, night.municipality)
    if last is None or night.on >= last or ledger.is_done(JOB, night.municipality, night.on, ever=True):
        return
    raise InputError(
        f"the night of {night.on} cannot run: nights run in order and that of {last} is done; what {night.on} brought was read then"
    )


@dataclass
class _Run:
    """One walk over the stages of a night, and what it has gathered so far."""

    stages: Sequence[Stage]
    night: Night
    ledger: JobLedger
    progress: Callable[[str, int, int], None]
    parts: dict[str, Any] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)
    resumed: bool = False

    def walk(self) -> Summary:
        """Every stage in order, until the end or a SafetyStop."""
        for place, stage in enumerate(self.stages):
            self.progress(stage.name, place, len(self.stages))
            doing = {"stage": stage.name, "done": place, "of": len(self.stages)}
            self.ledger.beat(JOB, self.night.municipality, self.night.on, doing=doing)
            try:
                self._step(place, stage)
            except SafetyStop as stop:
                return self._summary(halted=" ".join(str(stop).split()), by_input=stop.by_input)
            self.progress(stage.name, place + 1, len(self.stages))
        return self._summary(halted=None)

    def told(self) -> Summary:
        """What a finished night reported, without running anything."""
        for stage in self.stages:
            deep_add(self.parts, self._marked(stage) or {})
        self.resumed = True
        return self._summary(halted=None)

    def _step(self, place: int, stage: Stage) -> None:
        warehouse, municipality, on = self.night.warehouse, self.night.municipality, self.night.on
        earlier = self._marked(stage)
        self.resumed = self.resumed or earlier is not None
        if earlier is not None and not stage.always:
            deep_add(self.parts, earlier)
            return
        # Its own mark goes first: if it is killed after writing something new, the next run knows not to trust what follows.
        warehouse.unmark(municipality, on, stages=(stage.name,))
        started = self.night.clock.now()
        report = stage.run(self.night)
        self.seconds[stage.name] = round((self.night.clock.now() - started).total_seconds(), 3)
        if earlier is None or getattr(report, "fresh", False):
            warehouse.unmark(municipality, on, stages=tuple(later.name for later in self.stages[place + 1 :]))
        summary = report.summary()
        warehouse.mark(stage.name, municipality, on, summary)
        deep_add(self.parts, summary)

    def _marked(self, stage: Stage) -> dict[str, Any] | None:
        return self.night.warehouse.marked(stage.name, self.night.municipality, self.night.on)

    def _summary(self, *, halted: str | None, by_input: bool = False) -> Summary:
        return Summary(
            date=self.night.on,
            resumed=self.resumed,
            halted=halted,
            by_input=by_input,
            parts=self.parts,
            seconds=self.seconds,
        )


def deep_add(total: dict[str, Any], part: Mapping[str, Any]) -> None:
    """Adds one report to the total, in place: numbers are added, lists joined, mappings added key by key, all else replaced."""
    for key, value in part.items():
        present = total.get(key)
        if isinstance(value, Mapping):
            inner = dict(present) if isinstance(present, Mapping) else {}
            deep_add(inner, value)
            total[key] = inner
        elif _is_number(value) and _is_number(present):
            total[key] = present + value
        elif isinstance(value, list | tuple):
            total[key] = [*(present if isinstance(present, list) else []), *value]
        else:
            total[key] = value


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
