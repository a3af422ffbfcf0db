"""E-mail by the city's SMTP relay or SES. Neither knows a repeat for one: what may have left is never sent again by itself."""

import smtplib
from contextlib import closing, suppress
from email.message import EmailMessage
from email.policy import SMTP
from typing import Protocol

from engine.core.settings import Email
from notices.dispatch.channel import Parcel, Refused, Unsure
from notices.dispatch.cloud import calling, service
from notices.recipients.ways import EMAIL
from notices.wording.channels import email

_SES_FINAL = frozenset({"BadRequestException", "MessageRejected"})
_PERMANENT = range(500, 600)


class Mailer(Protocol):
    """Hands over one message; returns a receipt. Raises Refused or Unsure."""

    def open(self) -> None:
        """Makes ready for a run."""
        ...

    def send(self, message: EmailMessage, *, to: str, number: str) -> str:
        """One message to one address."""
        ...

    def close(self) -> None:
        """Ends a run."""
        ...


class EmailChannel:
    """The notice as text and page, from the very text that was approved."""

    name = EMAIL
    idempotent = False

    def __init__(self, settings: Email) -> None:
        """Calls nothing yet."""
        self._sender = settings.sender
        self._mailer: Mailer = SesMailer(settings) if settings.via == "ses" else SmtpMailer(settings)

    def open(self) -> None:
        """Makes ready."""
        self._mailer.open()

    def send(self, parcel: Parcel) -> str:
        """One e-mail. Raises Refused or Unsure."""
        if not parcel.email:
            raise Refused("no e-mail address is on record", final=True)
        message = email(parcel.text, name=parcel.name)
        message["From"], message["To"] = self._sender, parcel.email
        message["Message-ID"] = f"<{parcel.key[:40]}@{self._sender.rpartition('@')[2]}>"
        message["Auto-Submitted"] = "auto-generated"
        return self._mailer.send(message, to=parcel.email, number=parcel.number)

    def taken(self, *, number: str, key: str) -> str | None:
        """Nobody can be asked."""
        return None

    def clear(self, number: str) -> None:
        """Nothing is left half done."""

    def close(self) -> None:
        """Closes connections."""
        self._mailer.close()


class SmtpMailer:
    """One connection a message: a run has tens of them, and a relay may close an idle one."""

    def __init__(self, settings: Email) -> None:
        """Connects to nothing yet."""
        self._settings = settings

    def open(self) -> None:
        """Nothing is kept open."""

    def send(self, message: EmailMessage, *, to: str, number: str) -> str:
        """Up to the end of DATA nothing has left; a fault after it leaves the message in doubt."""
        settings = self._settings
        try:
            server = smtplib.SMTP(settings.host, settings.port, timeout=settings.timeout_seconds)
        except (OSError, smtplib.SMTPException) as error:
            raise Refused(f"dispatch.email.host was not reached: {type(error).__name__}") from None
        with closing(server):
            self._introduce(server, to)
            self._data(server, message)
            with suppress(smtplib.SMTPException):  # it has taken the message, however it says goodbye
                server.quit()
        return f"smtp {number}"

    def close(self) -> None:
        """Nothing is kept open."""

    def _introduce(self, server: smtplib.SMTP, to: str) -> None:
        try:
            if self._settings.starttls:
                server.starttls()
            server.ehlo_or_helo_if_needed()
            _said(server.mail(self._settings.sender), "the sender")
            _said(server.rcpt(to), "the address", final=True)
        except (OSError, smtplib.SMTPException) as error:
            raise Refused(f"dispatch.email.host broke off before the message: {type(error).__name__}") from None

    def _data(self, server: smtplib.SMTP, message: EmailMessage) -> None:
        try:
            answer = server.data(message.as_bytes(policy=SMTP))
        except smtplib.SMTPDataError as error:  # asked whether it may, and told no
            raise Refused(f"dispatch.email.host answered {error.smtp_code} to the message") from None
        except (OSError, smtplib.SMTPException) as error:
            raise Unsure(f"dispatch.email.host broke off: {type(error).__name__}") from None
        _said(answer, "the message")


class SesMailer:
    """Amazon SES v2, by the endpoint of the settings. The message carries its number as a tag, for receipts."""

    def __init__(self, settings: Email) -> None:
        """Calls nothing yet."""
        self._settings = settings
        self._client = service(
            "sesv2",
            region=settings.region,
            endpoint_url=settings.endpoint_url,
            timeout_seconds=settings.timeout_seconds,
        )

    def open(self) -> None:
        """The client connects when it is called."""

    def send(self, message: EmailMessage, *, to: str, number: str) -> str:
        """One call."""
        with calling("SES", final=_SES_FINAL):
            answer = self._client.send_email(
                FromEmailAddress=self._settings.sender,
                Destination={"ToAddresses": [to]},
                Content={"Raw": {"Data": message.as_bytes(policy=SMTP)}},
                EmailTags=[{"Name": "notice", "Value": number}],
            )
        return f"ses {answer['MessageId']}"

    def close(self) -> None:
        """Closes the connections."""
        self._client.close()


def _said(answer: tuple[int, bytes], what: str, *, final: bool = False) -> None:
    """Raises Refused for an answer that is not yes; a permanent one about the address is final."""
    code = answer[0]
    if code not in {250, 251}:
        raise Refused(f"dispatch.email.host answered {code} to {what}", final=final and code in _PERMANENT)
