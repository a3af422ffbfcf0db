"""An operator is told by a real command and by a real mail server, and a fault of either is said, not raised."""

import socket
import sys
from collections.abc import Iterator
from datetime import date
from email import message_from_bytes
from email.header import decode_header, make_header
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from engine.alert import alert, tell, tell_of_night, telling
from engine.core.errors import Busy, StateError
from engine.core.settings import Alert
from engine.night import Summary

MESSAGE = "todoke: the night of 2026-11-20 was halted: 支援措置 feed is missing"


class Mailbox:
    """Keeps what a real SMTP server was given."""

    def __init__(self) -> None:
        self.mails: list[bytes] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        """Takes the mail."""
        self.mails.append(envelope.content)
        return "250 taken"


@pytest.fixture
def mailbox() -> Iterator[tuple[Mailbox, int]]:
    box = Mailbox()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = Controller(box, hostname="127.0.0.1", port=port)
    server.start()
    yield box, port
    server.stop()


def command(folder: Path, code: str) -> tuple[str, ...]:
    script = folder / "tell.py"
    script.write_text(code, encoding="utf-8")
    return (sys.executable, str(script), "--to", "operator")


def test_the_command_gets_the_message_as_its_last_argument(tmp_path: Path) -> None:
    told = tmp_path / "told"
    code = f"import sys, pathlib\npathlib.Path({str(told)!r}).write_text('|'.join(sys.argv[1:]), encoding='utf-8')"
    assert alert(Alert(command=command(tmp_path, code)), f"{MESSAGE}\n; $(touch x)")
    assert told.read_text(encoding="utf-8") == f"--to|operator|{MESSAGE} ; $(touch x)"


@pytest.mark.parametrize(
    ("code", "said"),
    [
        pytest.param("import sys; sys.exit('no route')", "ended with 1: no route", id="it fails"),
        pytest.param("import os; os.kill(os.getpid(), 9)", "ended with -9", id="it is killed"),
    ],
)
def test_a_command_that_fails_is_said_with_the_message(
    code: str, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert not alert(Alert(command=command(tmp_path, code)), MESSAGE)
    error = capsys.readouterr().err
    assert said in error
    assert MESSAGE in error


def test_a_command_that_is_not_there_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert not alert(Alert(command=("/no/such/program",)), MESSAGE)
    assert "alert.command /no/such/program: No such file" in capsys.readouterr().err


def test_a_mail_reaches_the_operator(mailbox: tuple[Mailbox, int]) -> None:
    box, port = mailbox
    settings = Alert(mail_to="operator@city.example", mail_from="todoke@city.example", smtp_port=port)
    assert alert(settings, MESSAGE)
    mail = message_from_bytes(box.mails[0])
    assert mail["To"] == "operator@city.example"
    assert mail["From"] == "todoke@city.example"
    assert str(make_header(decode_header(mail["Subject"]))) == MESSAGE
    body = mail.get_payload(decode=True)
    assert isinstance(body, bytes)
    assert body.decode().strip() == MESSAGE


def test_a_mail_server_that_is_away_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    assert not alert(Alert(mail_to="operator@city.example", smtp_port=port), MESSAGE)
    assert f"127.0.0.1:{port} (alert.smtp_host)" in capsys.readouterr().err


def test_both_ways_are_tried_even_when_one_fails(mailbox: tuple[Mailbox, int]) -> None:
    box, port = mailbox
    assert not alert(Alert(command=("/no/such/program",), mail_to="operator@city.example", smtp_port=port), MESSAGE)
    assert len(box.mails) == 1


def test_without_a_way_it_goes_to_standard_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert alert(Alert(), MESSAGE)
    assert capsys.readouterr().err == f"{MESSAGE}\n"


def test_an_operator_is_told_of_what_ends_a_night_and_the_error_goes_on(tmp_path: Path) -> None:
    told = tmp_path / "told"
    code = f"import sys, pathlib\npathlib.Path({str(told)!r}).write_text(sys.argv[-1], encoding='utf-8')"
    with (
        pytest.raises(StateError, match="no such state"),
        telling(Alert(command=command(tmp_path, code)), "the night failed"),
    ):
        raise StateError("no such state")
    assert told.read_text(encoding="utf-8") == "todoke: the night failed: no such state"


def test_another_process_at_the_same_work_is_no_news(tmp_path: Path) -> None:
    told = tmp_path / "told"
    code = f"import pathlib\npathlib.Path({str(told)!r}).touch()"
    with pytest.raises(Busy), telling(Alert(command=command(tmp_path, code)), "the night failed"):
        raise Busy("another process is at it")
    assert not told.exists()


def test_without_a_way_named_the_last_line_of_the_command_has_to_do(capsys: pytest.CaptureFixture[str]) -> None:
    tell(Alert(), MESSAGE)
    assert capsys.readouterr().err == ""


def test_what_a_night_leaves_to_look_into_is_told(tmp_path: Path) -> None:
    told = tmp_path / "told"
    script = f"import sys; open({str(told)!r}, 'a').write(sys.argv[1] + '\\n')"
    held = {"E09": {"expected": 12, "seen": 340, "cause": {"en": "residents.csv, addr_code", "ja": ""}}}
    parts = {"held": held, "feeds": {"accepted": [], "rejected": ["nhi.csv: no header"]}}
    summary = Summary(date=date(2026, 11, 20), resumed=False, halted="no support measures", parts=parts, seconds={})
    tell_of_night(Alert(command=(sys.executable, "-c", script)), summary)
    assert told.read_text(encoding="utf-8").splitlines() == [
        "todoke: the night of 2026-11-20 was halted: no support measures",
        "todoke: a file of the night of 2026-11-20: nhi.csv: no header",
        "todoke: E09 is held on 2026-11-20: expected 12, seen 340; residents.csv, addr_code",
    ]
