"""A counting server in front of a real llama.cpp: it narrows each schema to texts that may stand, so that a random model writes them."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx

_ASKED = 200  #: characters of a message the tiny model is shown: it understands none of them


class Counted:
    """What came to the socket since it was last asked: drafts, and texts to be told back."""

    def __init__(self, backend: str) -> None:
        self.backend = backend
        self.url = ""
        self.drafts = 0
        self.back = 0
        self._lock = threading.Lock()

    def count(self, *, back: bool) -> None:
        """One more call."""
        with self._lock:
            self.back += back
            self.drafts += not back

    def take(self) -> dict[str, int]:
        """The counts, which begin again at nothing."""
        with self._lock:
            found = {"drafts": self.drafts, "back": self.back}
            self.drafts = self.back = 0
            return found


@contextmanager
def narrowing(backend: str) -> Iterator[Counted]:
    """The server on a free port, until the end of the block."""
    state = Counted(backend)
    handler = type("Handler", (_Handler,), {"state": state})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    state.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield state
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    state: Counted

    def log_message(self, format: str, *args: object) -> None:
        """Says nothing."""

    def do_POST(self) -> None:
        """POST /v1/chat/completions: each section may only be what the message gives as its example, or the text itself."""
        body: dict[str, Any] = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        asked = json.loads(body["messages"][-1]["content"])
        self.state.count(back="texts" in asked)
        allowed = asked["texts"] if "texts" in asked else asked["example"]
        schema = body["response_format"]["json_schema"]["schema"]
        # a section the template leaves out, such as a deadline that is not there, stays an empty text
        schema["properties"] = {
            name: {"type": "string", "enum": [allowed.get(name, "")]} for name in schema["properties"]
        }
        body["messages"] = [{"role": "user", "content": body["messages"][-1]["content"][:_ASKED]}]
        answer = httpx.post(f"{self.state.backend}{self.path}", json=body, timeout=60)
        self.send_response(answer.status_code)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(answer.content)))
        self.end_headers()
        self.wfile.write(answer.content)
