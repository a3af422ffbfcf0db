"""Where feed files come to rest: copied by checksum, never changed, never lost."""

import hashlib
import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from engine.core.errors import FeedError, FeedRejected, InputError

MANIFEST = "manifest.json"
_LEAST_DIGITS = 8  #: of a checksum that names a file


class Promise(BaseModel):
    """What a manifest says of a file; whatever it does not say is not checked."""

    model_config = ConfigDict(frozen=True)

    sha256: str | None = None
    rows: int | None = None
    kind: Literal["full", "delta"] | None = None
    encoding: str | None = None


class _Manifest(BaseModel):
    files: dict[str, Promise]


@dataclass(frozen=True, kw_only=True)
class FeedFile:
    """One file of a feed folder: where it stands, its business date and what the manifest promises of it."""

    path: Path
    name: str  #: its own name in the feed folder; it holds no personal data
    business_date: date
    promised: Promise


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Which feed files a night reads: those of dates in (after, on], only `on` when nothing was loaded before, and late ones.

    Late is a file of an earlier date, `late_since` or younger, that no earlier night has met under its name.
    """

    on: date
    after: date | None = None
    late_since: date | None = None
    met: frozenset[tuple[date, str]] = frozenset()

    def __call__(self, day: date, name: str) -> bool:
        """Whether a file of a business date is read tonight."""
        if day == self.on or (self.after is not None and self.after < day <= self.on):
            return True
        late = self.late_since is not None and self.late_since <= day < self.on
        return late and (name == MANIFEST or (day, name) not in self.met)


def feed_files(feeds: str, wanted: Wanted) -> list[FeedFile]:
    """The files of a local feeds folder that are wanted, oldest date first, each with what its manifest promises.

    Raises InputError when the folder is not there, FeedError when a manifest cannot be read.
    """
    root = Path(feeds)
    if not root.is_dir():
        raise InputError(f"no feeds folder at {root}; check paths.feeds or --feeds")
    dated = ((day, entry) for entry in sorted(root.iterdir()) if entry.is_dir() and (day := date_of(entry.name)))
    return [file for day, entry in dated for file in _files_of(entry, day, wanted)]


def date_of(name: str) -> date | None:
    """The business date a folder is named after, or None."""
    try:
        return date.fromisoformat(name)
    except ValueError:
        return None


def _files_of(folder: Path, business_date: date, wanted: Wanted) -> list[FeedFile]:
    paths = [
        path
        for path in sorted(folder.iterdir())
        if path.is_file()
        and path.name != MANIFEST
        and not path.name.startswith(".")
        and wanted(business_date, path.name)
    ]
    promises = _promises(folder / MANIFEST) if paths else {}
    return [
        FeedFile(path=path, name=path.name, business_date=business_date, promised=promises.get(path.name, Promise()))
        for path in paths
    ]


def _promises(manifest: Path) -> Mapping[str, Promise]:
    if not manifest.exists():
        return {}
    try:
        return _Manifest.model_validate_json(manifest.read_bytes()).files
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"]) or "the whole"
        raise FeedError(f"{manifest} is not a manifest: {where}: {first['msg']}") from None


def checksum(path: Path) -> str:
    """The SHA-256 of a file, as hex."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def check_promise(file: FeedFile, file_id: str, rows: int | None = None) -> None:
    """Holds a file to its manifest. Raises FeedRejected when the checksum or the row count differs."""
    promised = file.promised
    if promised.sha256 not in {None, file_id}:
        raise FeedRejected(f"{file.name}: its SHA-256 is not the one in {MANIFEST}; it did not arrive whole")
    if rows is not None and promised.rows not in {None, rows}:
        raise FeedRejected(f"{file.name}: {rows} rows, but {MANIFEST} says {promised.rows}; it did not arrive whole")


def resting_place(file_id: str, suffix: str, landing: Path) -> Path:
    """Where the content with this checksum lies once it has landed."""
    return landing / file_id[:2] / f"{file_id}{suffix}"


def landed_id(beginning: str, landing: Path) -> str:
    """The whole checksum of the landed file whose checksum begins so. Raises InputError when none does, or more than one."""
    found = []
    if len(beginning) >= _LEAST_DIGITS and set(beginning) <= set("0123456789abcdef"):
        found = sorted({path.stem for path in (landing / beginning[:2]).glob(f"{beginning}*")})
    if len(found) != 1:
        how_many = "more than one landed file" if found else "no landed file"
        raise InputError(f"{how_many} has a checksum that begins with {beginning}; the night's summary names it")
    return found[0]


def land(file: FeedFile, file_id: str, landing: Path) -> Path:
    """Copies a file to its place by checksum and returns the place. A file that is there already is left alone."""
    place = resting_place(file_id, file.path.suffix, landing)
    if place.exists():
        return place
    place.parent.mkdir(parents=True, exist_ok=True)
    partial = place.with_suffix(".partial")
    shutil.copyfile(file.path, partial)
    with partial.open("rb") as stream:
        os.fsync(stream.fileno())
    partial.replace(place)
    return place
