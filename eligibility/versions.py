"""The files of published versions: what a programme says, and beside it what that comes to, so that judging needs no text read.

`<version>.json` holds the content that names it; `<version>.trees` was made from it, and is made again where the rule language has changed.
"""

import hashlib
import json
from collections.abc import Iterable
from datetime import date
from pathlib import Path

from eligibility.compiled import Compiled, Spans, of_day, spans_of, text_of
from engine.core.errors import RuleError
from engine.core.later import Later

programmes = Later("eligibility.programme")
CURRENT = "current.json"


def compiled(folder: Path, slugs: Iterable[str], on: date) -> list[Compiled]:
    """The current versions of programmes as they are judged on a date. Whether they may be used, `catalogue.standing` says.

    Raises RuleError for a programme that was never published, and for files that were changed since.
    """
    return [of_day(_spans(folder / slug), on) for slug in slugs]


def _spans(home: Path) -> Spans:
    signing = home / CURRENT
    if not signing.exists():
        raise RuleError(f"catalogue: {home.name} was never published")
    version = json.loads(signing.read_text(encoding="utf-8"))["version"]
    place = home / f"{version}.json"
    content = content_of(place)
    known = known_spans(place)
    return programmes.parse_programme(json.loads(content)).spans() if known is None else known


def content_of(place: Path) -> bytes:
    """What a version says. Raises RuleError when it is not there, or is not what its name says."""
    name = _named(place)
    if not place.exists():
        raise RuleError(f"catalogue: {name} is named as current but is not there; publish {place.parent.name} again")
    content = place.read_bytes()
    if hashlib.sha256(content).hexdigest() != place.stem:
        raise _changed(place, name)
    return content


def known_spans(place: Path) -> Spans | None:
    """What was found when the version was published; None when it was not, or by another form of the rule language.

    Raises RuleError when that file was changed since.
    """
    trees = place.with_suffix(".trees")
    if not trees.exists():
        return None
    try:
        return spans_of(trees.read_text(encoding="utf-8"), place.stem)
    except RuleError:
        raise _changed(place, f"{_named(place)}.trees") from None


def write_version(place: Path, content: str, spans: Spans) -> None:
    """Writes what a version says, if that is not there, and what it comes to."""
    if not place.exists():
        write_whole(place, content)
    write_whole(place.with_suffix(".trees"), text_of(spans, place.stem))


def write_whole(path: Path, text: str) -> None:
    """Writes a file that nobody sees half written."""
    partial = path.with_name(f".{path.name}.partial")
    partial.write_text(text, encoding="utf-8")
    partial.replace(path)


def _changed(place: Path, name: str) -> RuleError:
    return RuleError(f"catalogue: {name} was changed after it was published; publish {place.parent.name} again")


def _named(place: Path) -> str:
    return f"{place.parent.name}/{place.stem[:12]}…"
