"""A control plane on a real socket: the one in memory, served over HTTP/1.1."""

from __future__ import annotations

import gzip
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from licet.errors import FetchError
from licet.testing import MemoryControlPlane


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Served

    def do_GET(self) -> None:
        self.server.seen.append((self.path, {name.lower(): value for name, value in self.headers.items()}))
        if self.server.redirect is not None:
            self._answer(302, {"location": self.server.redirect + self.path}, b"")
        elif self.path.startswith("/base/replica/v1/changes") and "event-stream" in self.headers["accept"]:
            self._stream()
        else:
            self._send(None)

    def do_POST(self) -> None:
        self.server.taking.wait(10)
        self._send(self.rfile.read(int(self.headers["content-length"])))

    def _send(self, body: bytes | None) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        answer = self.server.plane.send(self.command, self.path.removeprefix("/base"), headers=headers, body=body)
        self._answer(answer.status, answer.headers, answer.body)

    def _answer(self, status: int, headers: Any, body: bytes) -> None:
        sent = dict(headers)
        if "gzip" in self.headers["accept-encoding"]:
            body, sent["content-encoding"] = gzip.compress(body), "gzip"
        self.send_response(status)
        for name, value in {**sent, "content-length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def _stream(self) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        stream = self.server.plane.open(self.path.removeprefix("/base"), headers=headers, silence=60, tick=60)
        self.send_response(stream.status)
        self.send_header("content-type", stream.headers["content-type"])
        self.send_header("transfer-encoding", "chunked")
        self.end_headers()
        self.close_connection = True
        with suppress(OSError, FetchError):
            for piece in stream:
                self.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece) if piece else b"")
            self.wfile.write(b"0\r\n\r\n")
        stream.close()

    def log_message(self, *_: Any) -> None:
        pass


class Served(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self, plane: MemoryControlPlane, port: int = 0, tls: ssl.SSLContext | None = None) -> None:
        super().__init__(("127.0.0.1", port), Handler)
        if tls is not None:
            self.socket = tls.wrap_socket(self.socket, server_side=True)
        self.plane = plane
        self.redirect: str | None = None
        self.seen: list[tuple[str, dict[str, str]]] = []
        self.url = f"http{'s' if tls else ''}://127.0.0.1:{self.server_port}/base"
        self.connections: list[socket.socket] = []
        self.taking = threading.Event()  # while it is not set, no byte is read of what is posted
        self.taking.set()

    def process_request(self, request: Any, client_address: Any) -> None:
        self.connections.append(request)
        super().process_request(request, client_address)

    def handle_error(self, *_: Any) -> None:
        pass

    def stop(self) -> None:
        """Die as a process does: all connections break at once."""
        self.shutdown()
        self.server_close()
        for connection in self.connections:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
            connection.close()


@contextmanager
def served(plane: MemoryControlPlane, port: int = 0, tls: ssl.SSLContext | None = None) -> Iterator[Served]:
    server = Served(plane, port, tls)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    try:
        yield server
    finally:
        plane.cut()
        server.stop()
