"""Tells an operator that something halted: by a command of the site's choice, by mail, or both.

A message is one line and holds no personal data. An alert that cannot be delivered is said on standard error and ends
nothing: what it was about has already happened.
"""

import smtplib
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage

from engine.core.errors import Busy, TodokeError
from engine.core.settings import Alert
from engine.night import Summary

TIMEOUT_SECONDS = 20


def alert(settings: Alert, message: str) -> bool:
    """Sends the message every way the settings name; without any, it goes to standard error. True when all went well."""
    line = " ".join(message.split())
    faults = []
    if settings.command:
        faults.append(_by_command(settings.command, line))
    if settings.mail_to:
        faults.append(_by_mail(settings, line))
    if not faults:
        sys.stderr.write(f"{line}\n")
    for fault in filter(None, faults):
        sys.stderr.write(f"todoke: the operator was not reached: {fault}; the message was: {line}\n")
    return not any(faults)


def tell(settings: Alert, message: str) -> None:
    """Tells an operator in the ways the settings name; without any, the command's own last line has to do."""
    if settings.command or settings.mail_to:
        alert(settings, message)


@contextmanager
def telling(settings: Alert, about: str) -> Iterator[None]:
    """Tells an operator of the TodokeError that ends what stands inside, and lets it go on; Busy is no news."""
    try:
        yield
    except Busy:
        raise
    except TodokeError as error:
        tell(settings, f"todoke: {about}: {error}")
        raise


def tell_of_night(settings: Alert, summary: Summary) -> None:
    """Tells an operator of what a night that ended leaves them to look into: a halt, files at fault, kinds of event held."""
    if summary.halted:
        tell(settings, f"todoke: the night of {summary.date} was halted: {summary.halted}")
    for fault in summary.files_at_fault:
        tell(settings, f"todoke: a file of the night of {summary.date}: {fault}")
    for code, numbers in summary.held.items():
        counted = f"expected {numbers['expected']}, seen {numbers['seen']}"
        alert(settings, f"todoke: {code} is held on {summary.date}: {counted}; {numbers['cause']['en']}")


def _by_command(command: tuple[str, ...], line: str) -> str | None:
    """Runs the site's command with the message as its last argument; returns what went wrong, or None."""
    try:
        done = subprocess.run(  # noqa: S603 - the operator's own command, from the settings file, without a shell
            [*command, line], check=False, capture_output=True, text=True, timeout=TIMEOUT_SECONDS
        )
    except OSError as error:
        return f"alert.command {command[0]}: {error.strerror}"
    except subprocess.TimeoutExpired:
        return f"alert.command {command[0]} did not end within {TIMEOUT_SECONDS} seconds"
    if done.returncode:
        return f"alert.command {command[0]} ended with {done.returncode}: {' '.join(done.stderr.split())[:200]}"
    return None


def _by_mail(settings: Alert, line: str) -> str | None:
    """Mails the message; returns what went wrong, or None."""
    mail = EmailMessage()
    mail["Subject"] = line[:120]
    mail["To"] = settings.mail_to
    mail["From"] = settings.mail_from or settings.mail_to
    mail.set_content(f"{line}\n")
    try:
        with smtplib.SMTP(settings.smtp_host, settings.smtp_port, timeout=TIMEOUT_SECONDS) as server:
            server.send_message(mail)
    except (OSError, smtplib.SMTPException) as error:
        return f"mail by {settings.smtp_host}:{settings.smtp_port} (alert.smtp_host): {error}"
    return None
