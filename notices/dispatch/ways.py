"""The channels a site has, and which of them takes a notice now."""

from collections.abc import Mapping

from engine.core.later import Later
from engine.core.settings import Settings
from notices.approval.hashing import LEFT_OUT
from notices.approval.models import OutboxRow
from notices.dispatch.channel import Channel
from notices.dispatch.folder import FolderChannel
from notices.dispatch.herald import heralds
from notices.dispatch.mail import EmailChannel
from notices.recipients.models import Contact
from notices.recipients.ways import Way, letter_way, way_for
from notices.wording.press import press_of

letters = Later("notices.dispatch.letters")


def channels_of(settings: Settings) -> Mapping[str, Channel]:
    """Channel by name. Raises SettingsError for settings that cannot hold."""
    ways = settings.dispatch
    posted = _letters(settings)
    made: list[Channel] = [posted, *heralds(posted, ways.heralds)]
    if ways.email.via:
        made.append(EmailChannel(ways.email))
    return {channel.name: channel for channel in made}


def way_now(row: OutboxRow, settings: Settings, channels: Mapping[str, Channel]) -> Way:
    """The way an approved notice goes now: as its row says, unless that way is closed to it meanwhile; then by letter.

    A row with an attempt in doubt stays where it is: another way could be a second sending.
    """
    if row.channel in channels and row.channel == letter_way(settings.dispatch):
        return Way(name=row.channel)
    if row.attempts.filter(outcome="unknown").exists():
        return Way(name=row.channel)
    contact = Contact.objects.filter(
        municipality_code=row.municipality_code, resident_id=row.notice.addressee_id
    ).first()
    if contact is None:
        return Way(name=row.channel)
    offices = set(row.notice.items.exclude(state__in=list(LEFT_OUT)).values_list("office", flat=True))
    now = way_for(contact, offices, settings.dispatch)
    if now.name == row.channel and now.name in channels:
        return now
    return Way(name=letter_way(settings.dispatch), why=now.why or "the way it was approved for is closed")


def _letters(settings: Settings) -> Channel:
    if not settings.dispatch.letters.to:
        return FolderChannel(settings.paths.outbox)
    press_of(settings.dispatch.letters)  # says what is missing where the part letters is
    channel: Channel = letters.LetterChannel(settings)
    return channel
