"""Stage 2 of the night: what protects people goes to the queue store before anything else happens (architecture, safety first)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from engine.core.errors import SafetyStop
from engine.night import Night
from engine.records.feeds import data_date, mandatory_feed_fault, stopped_by_rejection
from engine.records.quarantine import SQL as QUARANTINE
from notices.recipients.contacts import SQL, refresh
from notices.recipients.models import Block, Contact, SafetyPublication

LAWS = {
    "support_measure": "住民基本台帳事務処理要領（支援措置）",
    "perpetrator": "住民基本台帳事務処理要領（加害者とされる者）",
    "shares_household": "住民基本台帳事務処理要領（同じ世帯に属した者）",
    "quarantined": "個人情報保護法66条（記録が確かめられるまで）",
    "held_by_call": "本人等の申出",
}
HELD_BY_CALL = "held_by_call"


@dataclass(frozen=True, kw_only=True)
class Published:
    """What was published: how many people are blocked, how many contacts were brought up to date."""

    blocked: int
    contacts: int

    def summary(self) -> Mapping[str, Any]:
        """Nothing of the contract's summary: numbers of protected people are nobody's business."""
        return {}


def publish_safety(night: Night) -> Published:
    """Publishes blocks and contacts in one transaction. Raises SafetyStop when a feed it rests on is not good.

    A night older than the newest publication changes nothing.
    """
    fault = mandatory_feed_fault(night.warehouse, night.municipality, night.on)
    publications = SafetyPublication.objects.filter(municipality_code=night.municipality)
    with transaction.atomic():
        if publications.filter(night__gt=night.on).exists():
            return Published(blocked=Block.objects.filter(municipality_code=night.municipality).count(), contacts=0)
        publications.update_or_create(
            municipality_code=night.municipality,
            night=night.on,
            defaults={
                "data_date": None if fault else data_date(night.warehouse, night.municipality, night.on),
                "complete": fault is None,
                "reason": (fault or "")[:300],
                "published_at": night.clock.now(),
            },
        )
        published = _publish(night) if fault is None else None
    if published is None:
        by_input = stopped_by_rejection(night.warehouse, night.municipality, night.on)
        raise SafetyStop(f"nothing is prepared or sent: {fault}", by_input=by_input)
    return published


def _publish(night: Night) -> Published:
    people = Contact.objects.filter(municipality_code=night.municipality).values_list("resident_id", flat=True)
    contacts = refresh(night, people)
    blocks = [*_measured(night), *_quarantined(night)]
    old = Block.objects.filter(municipality_code=night.municipality).exclude(reason=HELD_BY_CALL)
    since = {(block.resident_id, block.reason): block.since for block in old}
    for block in blocks:
        block.since = min(since.get((block.resident_id, block.reason), night.on), night.on)
    old.delete()
    Block.objects.bulk_create(blocks)
    return Published(blocked=len({block.resident_id for block in blocks}), contacts=len(contacts))


def _measured(night: Night) -> list[Block]:
    rows = night.warehouse.query(SQL["blocks"], municipality=night.municipality, night=night.on).sort(
        "resident_id", "reason"
    )
    return [_block(night, resident, reason) for resident, reason in rows.iter_rows()]


def _quarantined(night: Night) -> list[Block]:
    """Whoever has a row that could not be read, and their household, is held until it can (reader rule 2)."""
    rows = night.warehouse.query(QUARANTINE["open_quarantine"], municipality=night.municipality, night=night.on)
    unread = sorted({resident for resident in rows["resident_id"].to_list() if resident})
    if not unread:
        return []
    found = night.warehouse.query(SQL["household_of"], municipality=night.municipality, people=unread)[
        "resident_id"
    ].to_list()
    return [_block(night, resident, "quarantined") for resident in sorted({*unread, *found})]


def _block(night: Night, resident: str, reason: str) -> Block:
    return Block(
        municipality_code=night.municipality, resident_id=resident, reason=reason, law=LAWS[reason], since=night.on
    )
