"""A proxy in front of a real server that answers 503, or breaks off in the middle of a body, as often as it is told."""

import http.client
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Faults:
    """How many of the next GETs of an object fail, and how."""

    throttled: int = 0
    broken_off: int = 0
    served: list[str] = field(default_factory=list)  #: what the client saw: throttled, broken off, or the status
    lock: threading.Lock = field(default_factory=threading.Lock)

    def next(self) -> str:
        """The fault of the next request."""
        with self.lock:
            if self.throttled:
                self.throttled -= 1
                return "throttled"
            if self.broken_off:
                self.broken_off -= 1
                return "broken off"
            return ""


@contextmanager
def proxy_to(port: int) -> Iterator[tuple[str, Faults]]:
    """The proxy's address and its faults, in front of a server on this machine."""
    faults = Faults()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self._pass_on("GET")

        def do_HEAD(self) -> None:
            self._pass_on("HEAD")

        def _pass_on(self, method: str) -> None:
            fault = faults.next() if method == "GET" and "list-type" not in self.path else ""
            if fault == "throttled":
                body = b"<Error><Code>SlowDown</Code><Message>Please reduce your request rate.</Message></Error>"
                faults.served.append(fault)
                self._answer(503, {"Content-Type": "application/xml"}, body, len(body))
                return
            server = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
            server.request(method, self.path, headers=dict(self.headers))
            answer = server.getresponse()
            body = answer.read()
            headers = {name: value for name, value in answer.getheaders() if name.lower() not in _OURS}
            length = len(body) if method == "GET" else int(answer.getheader("Content-Length") or 0)
            faults.served.append(fault or str(answer.status))
            self._answer(answer.status, headers, body[: len(body) // 2] if fault else body, length)
            if fault:
                self.close_connection = True
            server.close()

        def _answer(self, status: int, headers: dict[str, str], body: bytes, length: int) -> None:
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(length))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}", faults
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


_OURS = {"content-length", "connection", "transfer-encoding", "server", "date"}
