"""A letter, and a short message that it is on its way: by SMS, or by the city's app, through SNS.

A short message cannot hold a notice, so the letter always goes, first and once. The message is sent once after it and never
again; where it cannot be sent, the receipt says so and the letter has gone nevertheless.
"""

from typing import Any

from engine.core.settings import Heralds
from notices.dispatch.channel import Channel, Parcel, Refused, Unsure
from notices.dispatch.cloud import calling, service
from notices.recipients.ways import PUSH, SMS
from notices.wording.channels import push, sms


class HeraldedLetter:
    """The site's letter channel with an SMS (`name` sms) or a push (`name` push) after it."""

    idempotent = True  # the letter's own file says that it is out, and then no message follows

    def __init__(self, name: str, letters: Channel, settings: Heralds) -> None:
        """`letters` must be idempotent; it is opened and closed by who made it."""
        self.name = name
        self._letters = letters
        self._client: Any = service(
            "sns", region=settings.region, endpoint_url=settings.endpoint_url, timeout_seconds=settings.timeout_seconds
        )

    def open(self) -> None:
        """The client connects when it is called."""

    def send(self, parcel: Parcel) -> str:
        """The letter, then the message. Raises what the letter raises."""
        receipt = self._letters.taken(number=parcel.number, key=parcel.key)
        if receipt is not None:
            return receipt
        receipt = self._letters.send(parcel)
        try:
            return f"{receipt}; {self.name} {self._publish(parcel)}"
        except (Refused, Unsure) as fault:
            return f"{receipt}; {self.name} not sent: {fault}"

    def taken(self, *, number: str, key: str) -> str | None:
        """The letter's receipt."""
        return self._letters.taken(number=number, key=key)

    def clear(self, number: str) -> None:
        """What is left of the letter."""
        self._letters.clear(number)

    def close(self) -> None:
        """Closes the connections."""
        self._client.close()

    def _publish(self, parcel: Parcel) -> str:
        with calling("SNS"):
            return str(self._client.publish(**self._message(parcel))["MessageId"])

    def _message(self, parcel: Parcel) -> dict[str, Any]:
        if self.name == PUSH:
            return {"TargetArn": parcel.push_endpoint, "Message": push(parcel.text).text}
        kind = {"DataType": "String", "StringValue": "Transactional"}
        message = sms(parcel.text).text
        return {"PhoneNumber": parcel.mobile, "Message": message, "MessageAttributes": {"AWS.SNS.SMS.SMSType": kind}}


def heralds(letters: Channel, settings: Heralds) -> list[Channel]:
    """The heralds a site has."""
    return [
        HeraldedLetter(name, letters, settings) for name, has in ((SMS, settings.sms), (PUSH, settings.push)) if has
    ]
