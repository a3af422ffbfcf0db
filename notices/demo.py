"""What the demo town needs before its first night: keys, published programmes, approved wordings, accounts. Demo mode only."""

import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from django.db import transaction

from eligibility import catalogue
from eligibility.programme import Programme, read_programme
from engine.core.clock import Clock
from engine.core.errors import StateError
from engine.core.settings import Settings
from events.detectors import load_detectors
from notices.approval.accounts import make_account
from notices.wording import drafting, library
from notices.wording.draft import TemplateDrafter
from notices.wording.language import languages
from notices.wording.public import public_facts


@dataclass(frozen=True, kw_only=True)
class Account:
    """One demo account. The password is random and new with every demo."""

    username: str
    display_name: str
    offices: tuple[str, ...]
    roles: tuple[str, ...]
    password: str = field(repr=False)


_EVERY_DAY = ("viewer", "reviewer", "approver")


def furnish(settings: Settings, clock: Clock, folder: Path) -> Sequence[Account]:
    """Publishes the catalogue with demo sign-offs, approves its wordings and opens the demo accounts."""
    programmes = [read_programme(path) for path in catalogue.files()]
    for programme in programmes:
        catalogue.publish(
            programme, signed_off_by=["demo"], at=clock.now(), folder=settings.paths.catalogue, demonstration=True
        )
    approve_wordings(programmes, clock)
    return open_accounts(settings, folder)


def accounts_for(settings: Settings) -> list[Account]:
    """Two approvers who together cover every office, so that four eyes can be tried, and one operator."""
    offices = tuple(settings.offices)
    people: tuple[tuple[str, str, tuple[str, ...], tuple[str, ...]], ...] = (
        ("clerk-a", "職員A", offices, (*_EVERY_DAY, "auditor")),
        ("clerk-b", "職員B", offices, _EVERY_DAY),
        ("clerk-child", "職員C（こども給付課）", ("child_benefits",), _EVERY_DAY),
        ("protect", "支援措置担当", ("citizen",), ("viewer", "support_measures")),
    )
    return [
        Account(username=username, display_name=name, offices=held, roles=roles, password=secrets.token_urlsafe(9))
        for username, name, held, roles in people
    ]


def open_accounts(settings: Settings, folder: Path) -> Sequence[Account]:
    """Makes the demo accounts and writes them to `accounts.txt` (mode 600). Raises StateError outside demo mode."""
    if settings.mode != "demo":
        raise StateError("demo accounts are made in demo mode only")
    accounts = accounts_for(settings)
    for account in accounts:
        make_account(
            account.username,
            account.password,
            display_name=account.display_name,
            offices=account.offices,
            roles=account.roles,
            municipality=settings.municipality.code,
        )
    path = folder / "accounts.txt"
    path.touch(mode=0o600)
    path.write_text("".join(f"{account.username}\t{account.password}\n" for account in accounts), encoding="utf-8")
    return accounts


def names() -> Mapping[str, str]:
    """Events by code and programmes by slug, in both languages."""
    programmes = (read_programme(path) for path in catalogue.files())
    events = {code: f"{code} {detector.ja} {detector.en.lower()}" for code, detector in load_detectors().items()}
    return events | {programme.slug: f"{programme.name.ja} {programme.name.en.lower()}" for programme in programmes}


def welcome(settings: Settings, folder: Path, accounts: Iterable[Account], *, program: str) -> str:
    """How to open the desk, and who may log in."""
    lines = [
        f"\nOpen the desk:  {program} --settings {folder / 'todoke.toml'} desk",
        f"  http://{settings.desk.host}:{settings.desk.port}/   (accounts are new with every demo; also in {folder / 'accounts.txt'})",
        *(f"  {account.username:<12} {account.password}   {account.display_name}" for account in accounts),
    ]
    return "\n".join(lines)


def approve_wordings(programmes: Iterable[Programme], clock: Clock) -> int:
    """Drafts every wording these programmes need and approves what the guard accepted; returns how many are in force."""
    at = clock.now()
    facts = [public_facts(programme) for programme in programmes]
    with transaction.atomic():  # hundreds of drafts, one write to the disk
        drafting.ensure(facts, languages=sorted(languages()), drafter=TemplateDrafter(), at=at)
        return library.approve_all_demo("demo", at)
