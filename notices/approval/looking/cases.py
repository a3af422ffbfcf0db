"""One office's part of a notice as a model sees it: what it was when it was prepared, and what came of it."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.db.models import Case as When
from django.db.models import Count, Exists, F, IntegerField, OuterRef, Prefetch, QuerySet, Sum, Value
from django.db.models import When as Then

from engine.core.clock import TOKYO
from notices.approval.composing import nearest
from notices.approval.looking.features import FLAGS
from notices.approval.models import Decision, Item, ItemState, Notice, NoticeEdit
from notices.wording.models import Wording

_DECIDED = (ItemState.APPROVED, ItemState.REJECTED)
_NEW_DAYS, _OLD_DAYS = 30, 365
_MOST_WEEKS = 26
_WEIGHT = 5  #: decisions of the whole office that stand beside those of one programme and event, so that one alone says little
_AT_ONCE = 500
_Use = tuple[str, str]  #: programme and event


@dataclass(frozen=True, kw_only=True)
class Case:
    """One office's part of one notice. `troubled`: sent back or edited; None while it is undecided."""

    notice_id: int
    night: date
    due_order: date
    event: str
    language: str
    troubled: bool | None
    decided_on: date | None
    said: float | None  #: the probability that stood in the queue
    values: Mapping[str, float]
    parts: tuple[tuple[str, bool], ...] = ()  #: (programme, sent back or edited)


@dataclass
class Priors:
    """How often an office sent back or edited each programme × event before."""

    decided: Counter[_Use] = field(default_factory=Counter)
    troubled: Counter[_Use] = field(default_factory=Counter)

    def share(self, uses: Iterable[_Use]) -> float:
        """The highest share among these, drawn towards the office's own while decisions are few."""
        usual = (self.troubled.total() + 1) / (self.decided.total() + 10)
        return max((self.troubled[use] + _WEIGHT * usual) / (self.decided[use] + _WEIGHT) for use in uses)

    def learn(self, case: Case) -> None:
        """Adds what was decided."""
        for programme, troubled in case.parts:
            self.decided[programme, case.event] += 1
            self.troubled[programme, case.event] += troubled


def priors_of(municipality: str, office: str) -> Priors:
    """As it stands now, counted by the database."""
    items = Item.objects.filter(municipality_code=municipality, office=office, state__in=_DECIDED)
    edits = NoticeEdit.objects.filter(notice=OuterRef("notice"), programme=OuterRef("programme"))
    bad = When(
        Then(state=ItemState.REJECTED, then=Value(1)),
        Then(Exists(edits), then=Value(1)),
        default=Value(0),
        output_field=IntegerField(),
    )
    rows = items.annotate(bad=bad).values("programme", event=F("notice__event"))
    found = Priors()
    for row in rows.annotate(decided=Count("pk"), troubled=Sum("bad")):
        found.decided[row["programme"], row["event"]] = row["decided"]
        found.troubled[row["programme"], row["event"]] = row["troubled"]
    return found


def offices_with_decisions(municipality: str) -> list[str]:
    """Offices that decided anything."""
    items = Item.objects.filter(municipality_code=municipality, state__in=_DECIDED)
    return sorted(items.values_list("office", flat=True).distinct())


def decided(municipality: str, office: str, *, since: date | None = None, until: date) -> list[Case]:
    """Every decided case of an office by night, each with the share of trouble known on the night it was prepared."""
    items = Item.objects.filter(notice=OuterRef("pk"), office=office, state__in=_DECIDED)
    rows = Notice.objects.filter(Exists(items), municipality_code=municipality, night__lte=until)
    rows = rows.filter(night__gte=since) if since else rows
    cases = [case for case in read(rows.order_by("night", "pk"), municipality, office) if case.troubled is not None]
    return list(_with_priors(cases))


def read(notices: QuerySet[Notice], municipality: str, office: str) -> Iterator[Case]:
    """An office's part of these notices, without the share of trouble. Reads no name, no address, nobody's number."""
    mine = Item.objects.filter(office=office).exclude(state=ItemState.WITHDRAWN).defer("evidence", "facts")
    decisions = Prefetch("decisions", queryset=Decision.objects.filter(voided=False).defer("comment"))
    edits = NoticeEdit.objects.defer("before", "sections")
    prefetch = (Prefetch("items", queryset=mine.prefetch_related(decisions)), Prefetch("edits", queryset=edits))
    approved = _approval_days(municipality)
    for notice in notices.prefetch_related(*prefetch).iterator(chunk_size=_AT_ONCE):
        items = list(notice.items.all())
        if items:
            yield _case(notice, items, approved, notice.look_says.get(office, {}).get("probability"))


def with_prior(case: Case, priors: Priors) -> Case:
    """The case with the share of trouble."""
    share = priors.share((programme, case.event) for programme, _ in case.parts)
    return Case(**{**case.__dict__, "values": {**case.values, "prior": share}})


def _with_priors(cases: Sequence[Case]) -> Iterator[Case]:
    """In the order of the nights; a decision is known from the day after it."""
    priors, later = Priors(), sorted(cases, key=lambda one: one.decided_on or one.night, reverse=True)
    for case in cases:
        while later and (later[-1].decided_on or later[-1].night) < case.night:
            priors.learn(later.pop())
        yield with_prior(case, priors)


def _case(notice: Notice, items: Sequence[Item], approved: Mapping[str, date], said: float | None) -> Case:
    edits = list(notice.edits.all())
    edited = {edit.programme for edit in edits}
    base = {edit.version: edit.base_version for edit in edits}
    wordings = [approved.get(base.get(item.wording_version, item.wording_version)) for item in items]
    parts = tuple((item.programme, item.state == ItemState.REJECTED or item.programme in edited) for item in items)
    closed = all(item.state in _DECIDED for item in items)
    days = [one.decided_at.astimezone(TOKYO).date() for item in items for one in item.decisions.all()]
    return Case(
        notice_id=notice.pk,
        night=notice.night,
        due_order=notice.due_order,
        event=notice.event,
        language=notice.language,
        troubled=(any(bad for _, bad in parts) or "" in edited) if closed else None,
        decided_on=max(days, default=None) if closed else None,
        said=said,
        values=_values(notice, items, [day for day in wordings if day]),
        parts=parts,
    )


def _values(notice: Notice, items: Sequence[Item], wordings: Sequence[date]) -> dict[str, float]:
    due = nearest(items)
    left = (due - notice.night).days if due else None
    ages = [(notice.night - day).days for day in wordings]
    kinds = [f"event:{notice.event}", f"language:{notice.language}"]
    kinds += [f"programme:{item.programme}" for item in items] + [f"flag:{flag}" for flag in FLAGS & {*notice.flags}]
    numbers = {
        "unknown": sum(one.get("result") == "unknown" for item in items for one in item.criteria or []),
        "possible": any(item.verdict == "possible" for item in items),
        "programmes": len({item.programme for item in items}),
        "weeks_late": min(max((notice.night - notice.occurred_on) / timedelta(weeks=1), 0), _MOST_WEEKS),
        "due_within_7": left is not None and left <= 7,
        "due_within_14": left is not None and left <= 14,
        "no_deadline": left is None,
        "wording_new": any(age <= _NEW_DAYS for age in ages),
        "wording_old": any(age >= _OLD_DAYS for age in ages),
    }
    return dict.fromkeys(kinds, 1.0) | {name: float(value) for name, value in numbers.items()}


def _approval_days(municipality: str) -> dict[str, date]:
    """Wording version → the day it was approved."""
    rows = Wording.objects.filter(municipality_code=municipality).values_list("version", "approved_at")
    return {version: at.astimezone(TOKYO).date() for version, at in rows if at}
