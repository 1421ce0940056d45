"""A connection to the control plane that is never waited for alone: h11 speaks HTTP/1.1, and the socket is here.

Rules kept here:

- Only connecting waits, for a bounded time. Reading gives what has come, writing takes what there is room for.
- `wait` waits for several connections at once. So one thread follows the policy and uploads decisions, and neither holds up the other.
- Whatever goes wrong is one of `BROKEN`; who uses the connection says what that means.
"""

from __future__ import annotations

import selectors
import socket
import ssl
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from typing import Final

import h11

BROKEN: Final = (OSError, h11.ProtocolError)
_CHUNK: Final = 65_536
_LATER: Final = (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError)


class Connection:
    """A connection to `host`. Connects for `timeout` seconds at most; raises OSError where that fails."""

    def __init__(self, host: str, port: int, tls: ssl.SSLContext | None, timeout: float) -> None:
        reached = socket.create_connection((host, port), timeout)
        try:
            reached.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._socket = reached if tls is None else tls.wrap_socket(reached, server_hostname=host)
            self._socket.setblocking(False)
        except BaseException:
            reached.close()
            raise
        self._http = h11.Connection(h11.CLIENT)
        self._unsent = bytearray()

    @property
    def reusable(self) -> bool:
        """Whether another request may follow: the last one was answered whole, and the other side has not closed since."""
        try:
            return self._http.our_state is h11.DONE and self.answered and self._receive() is None
        except OSError:
            return False

    @property
    def answered(self) -> bool:
        """Whether the last request was answered, and the answer read whole."""
        return self._http.their_state in (h11.DONE, h11.MUST_CLOSE, h11.CLOSED)

    def send(self, method: str, target: str, headers: Mapping[str, str], body: bytes) -> None:
        """Send a request, as far as there is room; the rest goes when events are asked for."""
        if self._http.our_state is h11.DONE:
            self._http.start_next_cycle()
        for event in (h11.Request(method=method, target=target, headers=list(headers.items())), h11.Data(data=body), h11.EndOfMessage()):
            self._unsent += self._http.send(event) or b""
        self._write()

    def events(self) -> Iterator[h11.Event]:
        """Give what has come of the answer, and return where nothing has. Raises one of BROKEN."""
        self._write()
        while True:
            event = self._http.next_event()
            if event is h11.NEED_DATA:
                came = self._receive()
                if came is None:
                    return
                self._http.receive_data(came)
            elif isinstance(event, h11.Event):
                yield event
                if isinstance(event, (h11.EndOfMessage, h11.ConnectionClosed)):
                    return
            else:
                return

    def stop(self) -> None:
        """End the connection for whoever reads it. Any thread may call it."""
        with suppress(OSError):
            socket.socket.shutdown(self._socket, socket.SHUT_RDWR)  # that of TLS would change what the reader uses

    def close(self) -> None:
        """Give the socket back. Only for the thread that reads."""
        self._socket.close()

    def _write(self) -> None:
        try:
            while self._unsent:
                del self._unsent[: self._socket.send(self._unsent)]
        except _LATER:
            pass
        except OSError:  # whoever takes no more has perhaps answered already: reading tells
            self._unsent.clear()

    def _receive(self) -> bytes | None:
        """Give what there is; nothing, where the other side has closed; None where it has sent nothing."""
        try:
            return self._socket.recv(_CHUNK)
        except _LATER:
            return None

    def interest(self) -> tuple[socket.socket, int]:
        """Give what is waited for."""
        return self._socket, selectors.EVENT_READ | (selectors.EVENT_WRITE if self._unsent else 0)


def wait(connections: Iterable[Connection], seconds: float) -> None:
    """Wait until something can be done on one of them, `seconds` at most."""
    with selectors.DefaultSelector() as selector:
        for connection in connections:
            selector.register(*connection.interest())
        selector.select(max(seconds, 0.0))
