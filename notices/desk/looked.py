"""What an office's model says of a notice, in the desk's words: how likely trouble is, and why."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from notices.approval.looking.features import words
from notices.approval.models import Notice
from notices.approval.officer import Officer
from notices.approval.waiting import Listed
from notices.desk.catalogue import Phrases


@dataclass(frozen=True, kw_only=True)
class Look:
    """`probability` as «0.41»; `reasons`, strongest first, may be empty."""

    probability: str
    reasons: str


def look_of(notice: Notice | Listed, officer: Officer, t: Phrases) -> Look | None:
    """Of the officer's own offices the strongest word; None when no model of theirs asks for a look."""
    mine = [said for office, said in notice.look_says.items() if office in officer.offices and said["shown"]]
    if not mine:
        return None
    said = max(mine, key=lambda one: float(one["probability"]))
    reasons = t("frame.comma").join(_reason(spoke, t) for spoke in said["spoke"])
    return Look(probability=f"{said['probability']:.2f}", reasons=reasons)


def _reason(spoke: Sequence[Any], t: Phrases) -> str:
    """A feature as officers know it: a flag, an event, a programme, a language by its name, a number with its value."""
    name, value = str(spoke[0]), float(spoke[1])
    kind, _, code = name.partition(":")
    if code:
        return t.or_code(kind, code)
    said = t.pick(words()["numbers"][name])
    if name == "prior":
        return f"{said} {value:.0%}"
    return said if value == 1 else f"{said} {value:.3g}"
