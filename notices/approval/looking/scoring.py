"""Scores of waiting notices, written once: when they are prepared, and when a model was learned. The queue only reads a column."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from engine.core.settings import Settings
from events.probable.fitted import Fitted, load
from notices.approval.looking.cases import Case, priors_of, read, with_prior
from notices.approval.looking.features import table_of
from notices.approval.models import Item, ItemState, Notice

_AT_ONCE = 500
_COMMAND = "todoke notices learn"


def code_of(office: str) -> str:
    """Under which name an office's model stands in `paths.models`."""
    return f"look_first-{office}"


def offices_with_model(settings: Settings) -> frozenset[str]:
    """Offices whose model is in use."""
    found = settings.paths.models.glob(f"{code_of('*')}/current")
    return frozenset(path.parent.name.removeprefix(code_of("")) for path in found)


def models_in_use(settings: Settings) -> dict[str, Fitted]:
    """Office → its model. Raises InputError for a file that is not what its name says."""
    folder = settings.paths.models
    offices = sorted(offices_with_model(settings))
    return {office: load(folder, code_of(office), None, command=_COMMAND)[1] for office in offices}


def score_waiting(settings: Settings) -> int:
    """Scores everything that waits, and takes the scores of offices without a model away; returns how many have one now."""
    municipality = settings.municipality.code
    return score(settings, Notice.objects.filter(municipality_code=municipality, waits=1))


def score(settings: Settings, notices: QuerySet[Notice]) -> int:
    """Scores these notices for each office that has a model and a part of them undecided."""
    municipality, says = settings.municipality.code, dict[int, dict[str, Any]]()
    for office, fitted in models_in_use(settings).items():
        mine = Item.objects.filter(notice=OuterRef("pk"), office=office, state=ItemState.OPEN)
        priors = priors_of(municipality, office)
        cases = [with_prior(case, priors) for case in read(notices.filter(Exists(mine)), municipality, office)]
        for case, said in zip(cases, _said(fitted, cases), strict=True):
            says.setdefault(case.notice_id, {})[office] = said
    changed = [one for one in notices.only("pk", "look", "look_says") if one.look_says != says.get(one.pk, {})]
    for notice in changed:
        notice.look_says = says.get(notice.pk, {})
        notice.look = max((round(1000 * one["probability"]) for one in notice.look_says.values()), default=0)
    Notice.objects.bulk_update(changed, ["look", "look_says"], batch_size=_AT_ONCE)
    return len(says)


def _said(fitted: Fitted, cases: Sequence[Case]) -> list[dict[str, Any]]:
    if not cases:
        return []
    rows = table_of([case.values for case in cases], fitted.features)
    return [
        {"probability": round(float(one), 4), "spoke": [list(name) for name in spoke], "shown": bool(one >= fitted.cut)}
        for one, spoke in zip(fitted.probabilities(rows), fitted.spoke(rows, present=True), strict=True)
    ]
