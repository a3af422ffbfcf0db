"""`todoke doctor`: whether a site can work, check by check, each with what to do. It changes nothing and opens no records file."""

import os
import shutil
import stat
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from dataclasses import asdict, dataclass
from datetime import timedelta
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

import httpx
import typer

from eligibility.catalogue import left_out, published
from engine.core.console import front, print_rows
from engine.core.errors import TodokeError
from engine.core.settings import Settings
from engine.records.bucket import reachable
from engine.records.snapshot import read_snapshot
from events.probable.fitted import load
from events.probable.registry import model_of
from notices.commands.learning import learned_models
from notices.commands.store import AsJson
from notices.sealing import read_keys

Outcome = Literal["ok", "warn", "fail"]
_ROOM_GB = 5
_SKEW = timedelta(seconds=5)
_TIMEOUT_SECONDS = 5


@dataclass(frozen=True, kw_only=True)
class Check:
    """What was looked at, how it is, and what to do where it is not well."""

    check: str
    outcome: Outcome
    found: str
    fix: str = ""


Checks = Iterator[Check]


def doctor(context: typer.Context, as_json: AsJson = False) -> None:
    """Checks configuration, stores, fonts, models, buckets, clock and permissions; exit 2 when anything fails."""
    found = examine(front(context).settings)
    print_rows([asdict(one) for one in found], as_json=as_json, columns=("outcome", "check", "found", "fix"))
    if any(one.outcome == "fail" for one in found):
        raise typer.Exit(2)


def examine(settings: Settings) -> list[Check]:
    """Every check; one that cannot be made at all fails with why."""
    found: list[Check] = []
    for name, check in _CHECKS.items():
        try:
            found += check(settings)
        except (TodokeError, OSError) as error:
            said = error.strerror if isinstance(error, OSError) else str(error)
            found.append(Check(check=name, outcome="fail", found=str(said), fix=_FIXES[name]))
    return found


def _settings(settings: Settings) -> Checks:
    if settings.mode == "demo":
        yield Check(
            check="settings", outcome="warn", found="mode is demo", fix='set mode = "production" before real records'
        )
    if not settings.offices:
        yield Check(
            check="settings",
            outcome="fail",
            found="no office is named",
            fix="add an [offices.NAME] for each programme's owner",
        )
    if not settings.alert.command and not settings.alert.mail_to:
        yield Check(
            check="settings",
            outcome="warn",
            found="no operator is told of a halt",
            fix="set [alert] command or mail_to",
        )
    if not settings.desk.secure_cookies and settings.mode == "production":
        yield Check(
            check="settings",
            outcome="fail",
            found="cookies travel without https",
            fix="set [desk] secure_cookies = true",
        )
    yield Check(check="settings", outcome="ok", found=f"{settings.municipality.code}, {len(settings.offices)} offices")


def _keys(settings: Settings) -> Checks:
    path = settings.paths.keys
    read_keys(path)
    open_to = stat.S_IMODE(path.stat().st_mode) & 0o077
    if open_to:
        yield Check(check="keys", outcome="fail", found=f"others may read {path}", fix=f"chmod 600 {path}")
    else:
        yield Check(check="keys", outcome="ok", found=str(path))


def _folders(settings: Settings) -> Checks:
    paths = settings.paths
    files = {"records": paths.records, "anchor": paths.anchor}
    folders = {
        name: getattr(paths, name) for name in ("landing", "snapshot", "catalogue", "outbox", "scratch", "models")
    }
    for name, path in {**{name: path.parent for name, path in files.items()}, **folders}.items():
        there = _nearest(path)
        if not there.is_dir() or not os.access(there, os.W_OK | os.X_OK):
            fix = f"give the account that runs todoke the right to write {there}"
            yield Check(check=f"paths.{name}", outcome="fail", found=f"{there} cannot be written", fix=fix)
            continue
        room = shutil.disk_usage(there).free / 1e9
        few = room < _ROOM_GB
        yield Check(
            check=f"paths.{name}",
            outcome="warn" if few else "ok",
            found=f"{path}, {room:.0f} GB free",
            fix="make room" if few else "",
        )


def _nearest(path: Path) -> Path:
    """The folder itself, or the first above it that is there: todoke makes the rest."""
    return next(one for one in (path, *path.parents) if one.exists())


def _queue_store(settings: Settings) -> Checks:
    from django.db import Error, connection
    from django.db.migrations.executor import MigrationExecutor

    from notices import site

    kind = urlsplit(settings.queue_url).scheme
    fix = "check queue_url, and that the server runs and lets this account in"
    try:
        site.configure(settings)
        executor = MigrationExecutor(connection)
        waiting = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    except Error as error:
        yield Check(check="queue_url", outcome="fail", found=f"{kind}: {type(error).__name__}", fix=fix)
        return
    if waiting:
        fix = "the next command brings it up to date; take a copy of it first"
        yield Check(check="queue_url", outcome="warn", found=f"{kind}: {waiting} migrations are due", fix=fix)
        return
    yield Check(check="queue_url", outcome="ok", found=f"{kind}, up to date")
    yield from _audit(settings)


def _audit(settings: Settings) -> Checks:
    """The chain's anchors, and the clock, which must not stand before what was written already."""
    from notices.approval import audit
    from notices.approval.anchor_bucket import AnchorBucket
    from notices.approval.models import AuditRow

    now = settings.clock().now()
    newest = AuditRow.objects.filter(municipality_code=settings.municipality.code).order_by("-sequence").first()
    late = newest is not None and newest.at > now + _SKEW
    yield Check(
        check="clock",
        outcome="fail" if late else "ok",
        found=f"{now:%Y-%m-%d %H:%M:%S %Z}" + (", behind the newest audit row" if late else ""),
        fix="set the machine's clock (NTP)" if late else "",
    )
    tail = audit.tail(settings, now=now)
    yield Check(
        check="audit",
        outcome="warn" if tail.seconds > 60 else "ok",
        found=f"{tail.rows} rows are not anchored, the oldest for {tail.seconds} s",
        fix="run the desk or the scheduler, which anchor every 20 seconds" if tail.seconds > 60 else "",
    )
    if settings.audit.bucket:
        with closing(AnchorBucket(settings)) as bucket:
            bucket.require_lock()
        yield Check(check="audit.bucket", outcome="ok", found=settings.audit.bucket)


def _feeds(settings: Settings) -> Checks:
    feeds = settings.paths.feeds
    if "://" in feeds:
        reachable(feeds, settings.s3)
        yield Check(check="paths.feeds", outcome="ok", found=feeds)
    elif Path(feeds).is_dir():
        yield Check(check="paths.feeds", outcome="ok", found=feeds)
    else:
        yield Check(check="paths.feeds", outcome="fail", found=f"there is no folder {feeds}", fix=_FIXES["paths.feeds"])


def _snapshot(settings: Settings) -> Checks:
    if not (settings.paths.snapshot / "current").exists():
        fix = "`todoke night --date D` publishes one"
        yield Check(check="snapshot", outcome="warn", found="no night has run yet", fix=fix)
    else:
        yield Check(check="snapshot", outcome="ok", found=read_snapshot(settings).folder.name)


def _catalogue(settings: Settings) -> Checks:
    today = settings.clock().now().date()
    there = published(settings.paths.catalogue, today, mode=settings.mode)
    unused = left_out(settings.paths.catalogue, today, mode=settings.mode)
    if not there:
        yield Check(
            check="catalogue",
            outcome="fail",
            found="no programme may be used",
            fix="`todoke programmes publish SLUG --signed-off-by OFFICE`",
        )
    elif unused:
        yield Check(
            check="catalogue",
            outcome="warn",
            found=f"{len(there)} programmes, {len(unused)} are not used",
            fix="`todoke programmes list` says why",
        )
    else:
        yield Check(check="catalogue", outcome="ok", found=f"{len(there)} programmes")


def _letters(settings: Settings) -> Checks:
    from notices.dispatch.spool import spool_at
    from notices.wording.press import press_of

    letters = settings.dispatch.letters
    if not letters.to:
        yield Check(check="letters", outcome="ok", found="none are printed: pages in paths.outbox")
        return
    lacking = press_of(letters).unprintable("奈良市の手続き12月", "ja")
    if lacking:
        fix = "install a Japanese font, or name a folder in [dispatch.letters] fonts"
        yield Check(check="letters", outcome="fail", found="no font has Japanese signs", fix=fix)
    if letters.to.startswith("s3://"):
        with closing(spool_at(letters.to, settings.s3)) as spool:
            spool.open()
    yield Check(check="letters", outcome="ok", found=letters.to)


def _model(settings: Settings) -> Checks:
    wording = settings.wording
    where = wording.local
    if wording.drafter == "template":
        yield Check(check="wording", outcome="ok", found="drafted by templates")
    elif wording.drafter == "bedrock":
        good = wording.bedrock.model_id.startswith(wording.bedrock.allowed_prefixes)
        fix = "" if good else f"choose a model that begins with {', '.join(wording.bedrock.allowed_prefixes)}"
        found = f"Bedrock {wording.bedrock.model_id or 'without a model'}; nothing was asked of it"
        yield Check(check="wording", outcome="ok" if good else "fail", found=found, fix=fix)
    elif where.gguf is not None:
        there = where.gguf.is_file()
        fix = "" if there else "put the model file there, or set [wording.local] gguf"
        yield Check(check="wording", outcome="ok" if there else "fail", found=str(where.gguf), fix=fix)
    else:
        try:
            httpx.get(where.url, timeout=_TIMEOUT_SECONDS)
        except httpx.HTTPError as error:
            fix = "start the model server, or set [wording.local] url; meanwhile templates draft"
            yield Check(check="wording", outcome="fail", found=f"{where.url}: {type(error).__name__}", fix=fix)
            return
        yield Check(check="wording", outcome="ok", found=where.url)


def _learned(settings: Settings) -> Checks:
    for code in settings.probable.enabled:
        digest, _ = load(settings.paths.models, code, tuple(model_of(code).features))
        yield Check(check=f"probable.{code}", outcome="ok", found=digest[:12])
    yield Check(check="look_first", outcome="ok", found=f"{len(learned_models(settings))} offices have a model")


_CHECKS: dict[str, Callable[[Settings], Iterable[Check]]] = {
    "settings": _settings,
    "keys": _keys,
    "paths": _folders,
    "queue_url": _queue_store,
    "paths.feeds": _feeds,
    "snapshot": _snapshot,
    "catalogue": _catalogue,
    "letters": _letters,
    "wording": _model,
    "models": _learned,
}
_FIXES = {
    "settings": "correct the settings file",
    "keys": "`todoke keys new`, or put the site's key file back",
    "paths": "check the paths of the settings file",
    "queue_url": "check queue_url, paths.keys and [audit] bucket",
    "paths.feeds": "check paths.feeds, [s3] and the bucket's policy",
    "snapshot": "`todoke night --date D` publishes one",
    "catalogue": "`todoke programmes publish` the programme again",
    "letters": "check [dispatch.letters] and the part letters",
    "wording": "check [wording]",
    "models": "train it again, or take it out of [probable] enabled",
}
