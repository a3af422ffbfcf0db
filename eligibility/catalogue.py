"""Published programme versions: immutable, named by their content, with their sign-offs. The night reads only these."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from eligibility.programme import Programme, parse_programme, read_programme
from eligibility.purposes import refusals
from eligibility.versions import CURRENT, content_of, known_spans, write_version, write_whole
from engine.core.errors import InputError, RuleError

FOLDER = Path(__file__).with_name("programmes")


@dataclass(frozen=True, kw_only=True)
class Published:
    """A version in force: the programme, its content's SHA-256, who signed it, and whether only as a demonstration."""

    programme: Programme
    version: str
    signed_off_by: tuple[str, ...]
    demonstration: bool


def publish(
    programme: Programme, *, signed_off_by: Sequence[str], at: datetime, folder: Path, demonstration: bool
) -> str:
    """Writes a version and makes it current; returns its SHA-256. The same content is the same version.

    Raises RuleError when nobody signed, or when the office that owns the programme is not among those who did.
    """
    if not signed_off_by:
        raise RuleError(f"{programme.slug}: name at least one office that signs it off")
    if not demonstration and programme.office not in signed_off_by:
        raise RuleError(f"{programme.slug} belongs to the office {programme.office}, which has not signed it off")
    not_granted = refusals(programme)
    if not_granted:
        raise RuleError(not_granted[0])
    version = version_of(programme)
    home = folder / programme.slug
    home.mkdir(parents=True, exist_ok=True)
    place = home / f"{version}.json"
    write_version(place, _content(programme), programme.spans())
    signing = {
        "version": version,
        "signed_off_by": sorted(signed_off_by),
        "signed_at": at.isoformat(),
        "demonstration": demonstration,
    }
    write_whole(home / CURRENT, json.dumps(signing, ensure_ascii=False, indent=1))
    return version


def version_of(programme: Programme) -> str:
    """The name of a version: the SHA-256 of everything the file says."""
    return hashlib.sha256(_content(programme).encode()).hexdigest()


def _content(programme: Programme) -> str:
    return json.dumps(programme.model_dump(mode="json"), ensure_ascii=False, sort_keys=True)


def published(folder: Path, on: date, *, mode: Literal["demo", "production"]) -> list[Published]:
    """The versions in force on a date, by slug, but for those that `left_out` names.

    Raises RuleError when a version's content is not what its name says.
    """
    return standing(folder, on, mode=mode)[0]


def left_out(folder: Path, on: date, *, mode: Literal["demo", "production"]) -> dict[str, str]:
    """slug → why a published version in force is not used: signed as a demonstration only, or what it reads is no longer granted."""
    return standing(folder, on, mode=mode)[1]


def standing(folder: Path, on: date, *, mode: Literal["demo", "production"]) -> tuple[list[Published], dict[str, str]]:
    """Both at one look: `published` and `left_out`."""
    used, refused = [], {}
    for one in _current(folder, on):
        not_granted = refusals(one.programme)
        if one.demonstration and mode == "production":
            refused[one.programme.slug] = "signed off as a demonstration only"
        elif not_granted:
            refused[one.programme.slug] = not_granted[0]
        else:
            used.append(one)
    return used, refused


def unreadable(folder: Path, files: Path = FOLDER) -> dict[str, str]:
    """slug → what is wrong with the file of a published programme that was changed since: the published version goes on."""
    found: dict[str, str] = {}
    for signing in sorted(folder.glob(f"*/{CURRENT}")) if folder.is_dir() else []:
        path = files / f"{signing.parent.name}.yaml"
        if path.exists() and path.stat().st_mtime > signing.stat().st_mtime:
            try:
                read_programme(path)
            except RuleError as error:
                found[path.stem] = str(error)
    return found


def _current(folder: Path, on: date) -> list[Published]:
    signings = sorted(folder.glob(f"*/{CURRENT}")) if folder.is_dir() else []
    return [one for one in map(read_version, signings) if one.programme.in_force(on)]


def read_version(signing: Path) -> Published:
    """The current version of one programme, its content checked against its name."""
    said: dict[str, Any] = json.loads(signing.read_text(encoding="utf-8"))
    return Published(
        programme=_read(signing.with_name(f"{said['version']}.json")),
        version=said["version"],
        signed_off_by=tuple(said["signed_off_by"]),
        demonstration=bool(said["demonstration"]),
    )


def _read(place: Path) -> Programme:
    return _understood(content_of(place), place)


@lru_cache(maxsize=256)
def _understood(content: bytes, place: Path) -> Programme:
    return parse_programme(json.loads(content), spans=known_spans(place) or ())


def files(paths: Sequence[Path] = ()) -> list[Path]:
    """The programme files named, or all of the repository's. Raises InputError for one that is not there."""
    missing = [path for path in paths if not path.exists()]
    if missing:
        raise InputError(f"there is no programme file {missing[0]}")
    found = (sorted(path.glob("*.yaml")) if path.is_dir() else [path] for path in paths or (FOLDER,))
    return [path for several in found for path in several]
