"""What every page asks and hardly ever changes: asked of the store once in a moment, by whichever page comes first.

Each process of the desk keeps its own. Nothing that is decided rests on it: who approves or sends asks the store itself.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, TypeVar

from notices.site import installed

MOMENT = timedelta(seconds=2)
_kept: dict[tuple[str, str], tuple[datetime, Any]] = {}
Found = TypeVar("Found")


def lately(
    municipality: str, what: str, ask: Callable[[], Found], *, at: datetime, acted_at: datetime | None = None
) -> Found:
    """What `ask` said within a moment before `at`, or what it says now. Never older than `desk.counts_seconds`.

    acted_at: when who looks changed something last: they see what came of it.
    """
    moment = min(MOMENT, timedelta(seconds=installed().desk.counts_seconds))
    kept = _kept.get((municipality, what))
    if kept is not None and timedelta() <= at - kept[0] < moment and (acted_at is None or acted_at < kept[0]):
        before: Found = kept[1]
        return before
    found = ask()
    _kept[municipality, what] = (at, found)
    return found
