"""A server shaped like Bedrock's Converse in front of a real llama.cpp: requests are held to botocore's own model; faults on demand."""

import json
import threading
import urllib.parse
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import botocore.session
import httpx
from botocore.validate import ParamValidator

_CONVERSE = botocore.session.get_session().get_service_model("bedrock-runtime").operation_model("Converse")
_STOPS = {"stop": "end_turn", "length": "max_tokens"}
HALF_CLOSED, MALFORMED = "half-closed", "malformed"


class Converse:
    """What the server does next and what it has seen. `faults`: (status, error type), or HALF_CLOSED, MALFORMED, first first."""

    def __init__(self, backend: str) -> None:
        self.backend = backend
        self.faults: list[tuple[int, str] | str] = []
        self.seen: list[dict[str, Any]] = []
        self.schema: dict[str, Any] | None = None  #: instead of the schema asked for
        self.url = ""


@contextmanager
def serving(backend: str) -> Iterator[Converse]:
    """The server on a free port, until the end of the block."""
    state = Converse(backend)
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
    state: Converse

    def log_message(self, format: str, *args: object) -> None:
        """Says nothing."""

    def do_POST(self) -> None:
        """POST /model/{id}/converse."""
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.state.seen.append(body)
        fault = self.state.faults.pop(0) if self.state.faults else None
        if fault == HALF_CLOSED:
            self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 500\r\n\r\n{")
            self.close_connection = True
        elif isinstance(fault, tuple):
            self._reply(fault[0], {"message": fault[1]}, fault[1])
        else:
            self._converse(body, malformed=fault == MALFORMED)

    def _converse(self, body: dict[str, Any], *, malformed: bool) -> None:
        model = urllib.parse.unquote(self.path.split("/")[2])
        report = ParamValidator().validate({**body, "modelId": model}, _CONVERSE.input_shape)
        if report.has_errors():
            self._reply(400, {"message": report.generate_report()}, "ValidationException")
            return
        answer = httpx.post(f"{self.state.backend}/v1/chat/completions", json=self._asked(body), timeout=60).json()
        choice, usage = answer["choices"][0], answer["usage"]
        text = '{"possible": ' if malformed else choice["message"]["content"]
        self._reply(
            200,
            {
                "output": {"message": {"role": "assistant", "content": [{"text": text}]}},
                "stopReason": "end_turn" if malformed else _STOPS[choice["finish_reason"]],
                "usage": {
                    "inputTokens": usage["prompt_tokens"],
                    "outputTokens": usage["completion_tokens"],
                    "totalTokens": usage["total_tokens"],
                },
                "metrics": {"latencyMs": 1},
            },
        )

    def _asked(self, body: dict[str, Any]) -> dict[str, Any]:
        schema = json.loads(body["outputConfig"]["textFormat"]["structure"]["jsonSchema"]["schema"])
        said = " ".join(part["text"] for message in body["messages"] for part in message["content"])
        return {
            "messages": [{"role": "user", "content": said[:200]}],
            "max_tokens": body["inferenceConfig"]["maxTokens"],
            "temperature": body["inferenceConfig"]["temperature"],
            "seed": 1,
            "response_format": {
                "type": "json_schema",
                "json_schema": {"name": "sections", "schema": self.state.schema or schema},
            },
        }

    def _reply(self, status: int, values: dict[str, Any], error: str = "") -> None:
        data = json.dumps(values, ensure_ascii=False).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        if error:
            self.send_header("x-amzn-errortype", error)
        self.end_headers()
        self.wfile.write(data)
