import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from engine.core.settings import LocalModel
from notices.wording import prompt
from notices.wording.draft import DrafterFailed
from notices.wording.local import LocalDrafter
from notices.wording.verdict import judge
from tests.support.models import OPENING, approved_phrases, short_strings

_open: list[LocalDrafter] = []


@pytest.fixture(autouse=True)
def closed() -> Iterator[None]:
    """No test leaves a connection open."""
    yield
    while _open:
        _open.pop().close()


def drafter(url: str, *, max_tokens: int = 900, read_seconds: float = 30) -> LocalDrafter:
    _open.append(
        LocalDrafter(LocalModel(url=url, model="tiny", read_seconds=read_seconds), url=url, max_tokens=max_tokens)
    )
    return _open[-1]


class Asking(LocalDrafter):
    """Asks with a schema of the test's own."""

    schema: dict[str, Any]

    def _body(self, system: str, said: str, schema: Mapping[str, Any]) -> dict[str, Any]:
        body = super()._body(system, said, schema)
        body["response_format"]["json_schema"]["schema"] = self.schema
        return body


def asking(url: str, schema: dict[str, Any]) -> Asking:
    made = Asking(LocalModel(url=url), url=url, max_tokens=900)
    made.schema = schema
    _open.append(made)
    return made


@pytest.mark.parametrize("language", ["ja", "en", "ko"])
def test_garbage_in_valid_json_is_refused_every_time(llama: str, language: str) -> None:
    request = replace(OPENING, language=language)
    raw = asking(llama, short_strings()).draft(request)
    assert raw.stop_reason == "end_turn"
    assert raw.sections.keys() == short_strings()["properties"].keys()
    assert not judge(request, raw).accepted


def test_approved_phrases_are_accepted(llama: str) -> None:
    raw = asking(llama, approved_phrases()).draft(OPENING)
    assert judge(OPENING, raw).findings == ()
    assert raw.model_id == "local:local"


def test_an_answer_cut_off_is_refused(llama: str) -> None:
    raw = drafter(llama, max_tokens=4).draft(OPENING)
    assert raw.stop_reason == "max_tokens"
    assert not judge(OPENING, raw).accepted


@contextmanager
def answering(status: int, body: bytes, *, wait: float = 0) -> Iterator[str]:
    """A server that always says the same."""
    held = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, format: str, *args: object) -> None:
            """Says nothing."""

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            if wait:
                held.wait(wait)
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    held.set()
    server.shutdown()
    server.server_close()


def _chat(content: str) -> bytes:
    return json.dumps({"choices": [{"message": {"content": content}, "finish_reason": "stop"}], "usage": {}}).encode()


@pytest.mark.parametrize(
    ("status", "body", "message"),
    [
        pytest.param(500, b"{}", "answered 500", id="server error"),
        pytest.param(200, b"<html>", "not a chat completion", id="not JSON"),
        pytest.param(200, b'{"choices": []}', "not a chat completion", id="no choice"),
        pytest.param(200, b"[1]", "not a chat completion", id="a list"),
    ],
)
def test_a_server_that_answers_wrong_is_a_failure(status: int, body: bytes, message: str) -> None:
    with answering(status, body) as url, pytest.raises(DrafterFailed, match=message):
        drafter(url).draft(OPENING)


def test_a_server_that_is_too_slow_is_a_failure() -> None:
    with answering(200, b"{}", wait=20) as url, pytest.raises(DrafterFailed, match="ReadTimeout"):
        drafter(url, read_seconds=0.2).draft(OPENING)


def test_a_server_that_is_not_there_is_a_failure() -> None:
    with pytest.raises(DrafterFailed, match="did not answer"):
        drafter("http://127.0.0.1:9").draft(OPENING)


@pytest.mark.parametrize("content", ['{"gives": 1}', '["gives"]', '{"gives": ', ""])
def test_an_answer_that_is_not_the_json_asked_for_is_refused(content: str) -> None:
    with answering(200, _chat(content)) as url:
        raw = drafter(url).draft(OPENING)
    assert raw.stop_reason == prompt.MALFORMED
    assert not judge(OPENING, raw).accepted
