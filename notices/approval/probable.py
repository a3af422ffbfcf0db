"""Weak signals of tonight become tasks of the office that may read what they rest on. Nothing here can become a notice."""

from datetime import datetime

from engine.night import Night
from events.probable.registry import model_of
from events.probable.score import tasks_tonight
from events.probable.words import spoken
from notices.approval.task_making import About, make_task, suppress
from notices.recipients.checks import read_safety

_DIGITS_SHOWN = 12


def probable_tasks(night: Night, *, at: datetime) -> None:
    """A task for each subject given to staff tonight. Of a blocked person the named role alone hears, and not what was estimated (L1)."""
    rows = tasks_tonight(night)
    safety = read_safety(night.municipality, {row["subject_id"] for row in rows}, households=())
    for row in rows:
        model = model_of(row["code"])
        about = About(
            municipality=night.municipality, night=night.on, event="", event_id=row["probable_id"], subject_id=row["subject_id"]
        )  # fmt: skip
        blocked = safety.blocked([row["subject_id"]])
        if blocked:
            stop = sorted(blocked, key=lambda one: not one.restricted)[0]
            kind = "support_measure" if stop.restricted else stop.reason
            make_task(kind, about, at=at, key="probable")
            suppress(kind, stop.law, about)
            continue
        told = {
            "signal": f"{model.ja} / {model.en}",
            "probability": f"{row['probability']:.0%}",
            "spoke": [f"{ja} / {en}" for ja, en in _both(row)],
            "model": row["model"][:_DIGITS_SHOWN],
        }
        mine = About(**{**about.__dict__, "details": told})
        make_task("probable", mine, office=model.office, at=at, name=model.ja, key=model.code)


def _both(row: dict[str, object]) -> list[tuple[str, str]]:
    code, spoke = str(row["code"]), row["spoke"]
    assert isinstance(spoke, list)
    return list(zip(spoken(code, spoke, "ja"), spoken(code, spoke, "en"), strict=True))
