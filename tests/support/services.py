"""Real servers that stand in for services outside: AWS's (moto) and a mail relay (aiosmtpd)."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import boto3
from aiosmtpd.controller import Controller
from moto.server import ThreadedMotoServer

REGION = "ap-northeast-1"


@contextmanager
def aws() -> Iterator[str]:
    """The address of a server of S3, SES and SNS that remembers nothing of an earlier one."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0)
    server.start()
    try:
        url = f"http://127.0.0.1:{server.get_host_and_port()[1]}"
        yield url
    finally:
        server.stop()


@contextmanager
def client(name: str, url: str) -> Iterator[Any]:
    """A client of that server, closed in the end."""
    made = boto3.client(name, endpoint_url=url, region_name=REGION)
    try:
        yield made
    finally:
        made.close()


class Relay:
    """What a mail relay was given, and what it answers: `rcpt` to an address, `data` to a message."""

    def __init__(self) -> None:
        self.mails: list[bytes] = []
        self.rcpt = "250 OK"
        self.data = "250 taken"
        self.port = 0

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        """Says yes or no to an address."""
        if self.rcpt.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.rcpt

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        """Takes the message, or not; an empty answer closes the connection instead of answering."""
        if not self.data:
            self.mails.append(envelope.content)
            server.transport.close()
            return "250 never read"
        if self.data.startswith("250"):
            self.mails.append(envelope.content)
        return self.data


@contextmanager
def relay() -> Iterator[Relay]:
    """A mail relay on a free port."""
    box = Relay()
    box.port = free_port()
    server = Controller(box, hostname="127.0.0.1", port=box.port)
    server.start()
    try:
        yield box
    finally:
        server.stop()


def free_port() -> int:
    """A port nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
