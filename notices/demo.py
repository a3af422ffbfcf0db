"""What the demo town's queue store needs before its first night: accounts and approved wordings. Demo mode only."""

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from eligibility.programme import Programme
from engine.core.clock import Clock
from engine.core.errors import StateError
from engine.core.settings import Settings
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


def approve_wordings(programmes: Iterable[Programme], clock: Clock) -> int:
    """Drafts every wording these programmes need and approves what the guard accepted; returns how many are in force."""
    at = clock.now()
    facts = [public_facts(programme) for programme in programmes]
    drafting.ensure(facts, languages=sorted(languages()), drafter=TemplateDrafter(), at=at)
    return library.approve_all_demo("demo", at)
