"""What the thread that follows the policy has under way at once: the stream of changes, and one exchange beside it."""

from __future__ import annotations

import ssl
from collections.abc import Iterator, Mapping
from typing import Final

import h11

from licet._connection import BROKEN, Connection, wait
from licet._fetcher import ANSWER_LIMIT, Response, SilenceError, parse_base, reason_of, refuse_redirect, unreachable
from licet._pace import steady_seconds
from licet.errors import FetchError

_CONNECT_LIMIT: Final = 2.0
"""Seconds in which a connection must be there: nothing else is done meanwhile."""


class Background:
    """Streams and exchanges with the control plane at `base`; `headers` go with every request. One thread uses it.

    `timeout` is how many seconds may pass until the answer to an exchange is whole.
    """

    def __init__(self, base: str, headers: Mapping[str, str], timeout: float) -> None:
        self.base = base
        url = parse_base(base)
        self._host = (url.host or "").strip("[]")
        self._tls = ssl.create_default_context() if url.scheme == "https" else None
        self._port = url.port or (80 if self._tls is None else 443)
        self._path = url.path or ""
        self._headers = {"host": url.netloc or self._host, "accept-encoding": "identity", **headers}
        self._timeout = timeout
        self._kept: Connection | None = None
        self.exchange: _Exchange | None = None

    def open(self, path: str, headers: Mapping[str, str], silence: float, tick: float) -> HttpStream:
        """Open a stream, see `Fetcher.open`."""
        connection = self.connect()
        try:
            self.request(connection, "GET", path, headers, b"")
            head = _head(connection, steady_seconds() + silence)
            refuse_redirect(self.base, head.status_code)
        except BROKEN as error:
            connection.close()
            raise unreachable(self.base, error) from error
        except FetchError:
            connection.close()
            raise
        return HttpStream(self, connection, head, silence, tick)

    def begin(self, path: str, headers: Mapping[str, str], body: bytes) -> _Exchange:
        """Begin a POST, on the connection of the one before where that is open still."""
        self._give_up()
        kept, self._kept = self._kept, None
        if kept is not None and not kept.reusable:
            kept.close()
            kept = None
        self.exchange = _Exchange(self, kept, path, headers, body, self._timeout)
        return self.exchange

    def done(self, connection: Connection) -> None:
        """Keep the connection of the exchange, which is whole."""
        self.exchange, self._kept = None, connection

    def connect(self) -> Connection:
        """Connect. Raises FetchError."""
        try:
            return Connection(self._host, self._port, self._tls, min(self._timeout, _CONNECT_LIMIT))
        except BROKEN as error:
            raise unreachable(self.base, error) from error

    def request(self, connection: Connection, method: str, path: str, headers: Mapping[str, str], body: bytes) -> None:
        """Send a request. Raises one of BROKEN."""
        sent = {**headers, **self._headers, "content-length": str(len(body))} if body else {**headers, **self._headers}
        connection.send(method, self._path + path, sent, body)

    def close(self) -> None:
        """Close what is open but for streams. In a forked process that is its own hold on them only, and the parent's stay open."""
        self._give_up()
        if self._kept is not None:
            self._kept.close()
            self._kept = None

    def _give_up(self) -> None:
        if self.exchange is not None:
            self.exchange.close()


class HttpStream:
    """See `Stream`."""

    def __init__(self, background: Background, connection: Connection, head: h11.Response, silence: float, tick: float) -> None:
        self.status = head.status_code
        self.headers: Mapping[str, str] = _lower(head)
        self._background = background
        self._connection = connection
        self._silence = silence
        self._tick = tick

    def __iter__(self) -> Iterator[bytes]:
        heard = steady_seconds()
        try:
            while True:
                for event in self._connection.events():
                    heard = steady_seconds()
                    if isinstance(event, h11.Data):
                        yield bytes(event.data)
                    elif isinstance(event, (h11.EndOfMessage, h11.ConnectionClosed)):
                        return
                yield b""
                left = heard + self._silence - steady_seconds()
                if left <= 0:
                    raise SilenceError("the stream fell silent")
                exchange = self._background.exchange
                wait([self._connection] if exchange is None else [self._connection, exchange.connection], min(left, self._tick))
        except BROKEN as error:
            raise FetchError(f"the stream broke off: {reason_of(error)}") from error
        finally:
            self.close()

    def stop(self) -> None:
        """See `Stream.stop`."""
        self._connection.stop()

    def close(self) -> None:
        """See `Stream.close`."""
        self._connection.close()


class _Exchange:
    """See `Exchange`. On a kept connection, which may close at that very moment, one try more is made on a new one."""

    def __init__(
        self, background: Background, kept: Connection | None, path: str, headers: Mapping[str, str], body: bytes, timeout: float
    ) -> None:
        self._background = background
        self._again = kept is not None
        self.connection = kept or background.connect()
        self._request = ("POST", path, headers, body)
        self._until = steady_seconds() + timeout
        self._status = 0  # until the answer begins
        self._headers: Mapping[str, str] = {}
        self._body = bytearray()
        self._send()

    def answer(self, seconds: float = 0.0) -> Response | None:
        """See `Exchange.answer`."""
        until = steady_seconds() + seconds
        while (found := self._look()) is None and (left := until - steady_seconds()) > 0:
            wait([self.connection], left)
        return found

    def close(self) -> None:
        """Give up: nobody waits for it any more."""
        self.connection.close()
        if self._background.exchange is self:
            self._background.exchange = None

    def _send(self) -> None:
        self._background.request(self.connection, *self._request)

    def _look(self) -> Response | None:
        try:
            if self._read():
                self._background.done(self.connection)
                return Response(self._status, self._headers, bytes(self._body))
            if steady_seconds() > self._until:
                raise TimeoutError("it did not answer in time")
        except BROKEN as error:
            if self._status or not self._again or isinstance(error, TimeoutError):
                self.close()
                raise unreachable(self._background.base, error) from error
            self._send_again()
        except FetchError:
            self.close()
            raise
        return None

    def _read(self) -> bool:
        """Read what has come; tell whether the answer is whole."""
        for event in self.connection.events():
            if isinstance(event, h11.Response):
                refuse_redirect(self._background.base, event.status_code)
                self._status, self._headers = event.status_code, _lower(event)
            elif isinstance(event, h11.Data):
                self._body += event.data
                if len(self._body) > ANSWER_LIMIT:
                    raise FetchError(f"the answer is larger than {ANSWER_LIMIT} bytes", status=self._status)
        return self.connection.answered

    def _send_again(self) -> None:
        self._again = False
        self.connection.close()
        self.connection = self._background.connect()
        self._send()


def _head(connection: Connection, until: float) -> h11.Response:
    """Wait for the beginning of an answer. Raises one of BROKEN."""
    while (left := until - steady_seconds()) > 0:
        for event in connection.events():
            if isinstance(event, h11.Response):
                return event
        wait([connection], left)
    raise TimeoutError("it did not answer in time")


def _lower(head: h11.Response) -> dict[str, str]:
    return {name.decode("ascii").lower(): value.decode("latin-1") for name, value in head.headers}
