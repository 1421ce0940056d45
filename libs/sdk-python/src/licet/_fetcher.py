"""Moves bytes between this process and the control plane, and decides nothing.

Rules kept here:

- The API key goes to one origin only: redirects are not followed, and every path is relative to LICET_URL.
- Every read is bounded in time and in size.
- Whatever goes wrong on the way is a FetchError; any HTTP status is an answer.

Tests replace `Fetcher` and nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple, Protocol

import urllib3
from urllib3.exceptions import HTTPError, LocationParseError, ProtocolError, ReadTimeoutError
from urllib3.util import Timeout, parse_url

from licet._version import __version__
from licet.errors import ConfigError, FetchError

_CHUNK: Final = 65_536
_KEY: Final = re.compile(r"[\x21-\x7e]+")
ANSWER_LIMIT: Final = 16 * 1024 * 1024
"""The largest answer read, in bytes after decompression, unless said otherwise."""


class Response(NamedTuple):
    """A whole answer. The names of `headers` are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class SilenceError(FetchError):
    """A stream stayed silent for longer than it may."""


class Stream(Protocol):
    """An answer that goes on."""

    status: int
    headers: Mapping[str, str]

    def __iter__(self) -> Iterator[bytes]:
        """Give pieces as they come. Raises SilenceError after too long a wait, FetchError where the connection breaks."""

    def close(self) -> None:
        """End the stream. Any thread may call it, also while another one reads."""


class Fetcher(Protocol):
    """What a Licet needs of the network."""

    def send(self, method: str, path: str, *, headers: Mapping[str, str], body: bytes | None, limit: int = ANSWER_LIMIT) -> Response:
        """Send a request and read the whole answer. Raises FetchError where there is none."""

    def open(self, path: str, *, headers: Mapping[str, str], silence: float) -> Stream:
        """Send a GET and give the answer as it comes; no byte for `silence` seconds is an error. Raises FetchError."""

    def reset(self) -> None:
        """Forget all connections: this is a forked process, and they are its parent's."""

    def close(self) -> None:
        """Close all connections."""


class HttpFetcher:
    """The Fetcher that applications use, on urllib3."""

    def __init__(self, url: str, api_key: str, timeout: float) -> None:
        self._base = base_url(url)
        if _KEY.fullmatch(api_key) is None:
            raise ConfigError("LICET_API_KEY holds a space or another character that no API key has; copy the key again")
        self._headers = {"authorization": f"Bearer {api_key}", "user-agent": f"licet-python/{__version__}"}
        self._timeout = Timeout(connect=timeout, read=timeout)
        self._connect = timeout
        self._pool = self._new_pool()

    def send(self, method: str, path: str, *, headers: Mapping[str, str], body: bytes | None, limit: int = ANSWER_LIMIT) -> Response:
        """Send a request. One try more is made where a kept connection turns out to be closed."""
        sent = {**headers, "accept-encoding": "gzip"}
        try:
            answer = self._request(method, path, sent, body, self._timeout)
        except ProtocolError:
            answer = self._retry(method, path, sent, body)
        except HTTPError as error:
            raise self._unreachable(error) from error
        try:
            return Response(answer.status, _lower(answer), _bounded(answer, limit))
        except HTTPError as error:
            raise self._unreachable(error) from error
        finally:
            answer.release_conn()

    def open(self, path: str, *, headers: Mapping[str, str], silence: float) -> Stream:
        """Open a stream. `silence` is how many seconds without a byte are an error."""
        timeout = Timeout(connect=self._connect, read=silence)
        try:
            answer = self._request("GET", path, {**headers, "accept-encoding": "identity"}, None, timeout)
        except HTTPError as error:
            raise self._unreachable(error) from error
        return _HttpStream(answer)

    def reset(self) -> None:
        """Start over with no connection; the inherited sockets are left alone."""
        self._pool = self._new_pool()

    def close(self) -> None:
        """Close the idle connections."""
        self._pool.clear()

    def _retry(self, method: str, path: str, headers: Mapping[str, str], body: bytes | None) -> urllib3.BaseHTTPResponse:
        try:
            return self._request(method, path, headers, body, self._timeout)
        except HTTPError as error:
            raise self._unreachable(error) from error

    def _request(
        self, method: str, path: str, headers: Mapping[str, str], body: bytes | None, timeout: Timeout
    ) -> urllib3.BaseHTTPResponse:
        answer = self._pool.request(
            method,
            self._base + path,
            body=body,
            headers={**headers, **self._headers},
            timeout=timeout,
            redirect=False,
            retries=False,
            preload_content=False,
        )
        if 300 <= answer.status < 400 and answer.status != 304:
            answer.close()
            raise FetchError(
                f"{self._base} answered with a redirect, which is not followed with an API key; set LICET_URL to where it leads",
                status=answer.status,
            )
        return answer

    def _unreachable(self, error: Exception) -> FetchError:
        return FetchError(f"cannot reach Licet at {self._base}: {_reason(error)}")

    def _new_pool(self) -> urllib3.PoolManager:
        return urllib3.PoolManager(num_pools=2, maxsize=4)


class _HttpStream:
    def __init__(self, answer: urllib3.BaseHTTPResponse) -> None:
        self.status = answer.status
        self.headers: Mapping[str, str] = _lower(answer)
        self._answer = answer

    def __iter__(self) -> Iterator[bytes]:
        try:
            while piece := self._answer.read1(_CHUNK):
                yield piece
        except ReadTimeoutError as error:
            raise SilenceError("the stream fell silent") from error
        except (HTTPError, OSError, ValueError) as error:
            raise FetchError(f"the stream broke off: {_reason(error)}") from error
        finally:
            self._answer.close()

    def close(self) -> None:
        try:
            self._answer.shutdown()
        except (OSError, ValueError, RuntimeError):
            self._answer.close()


def base_url(url: str) -> str:
    """Check a control plane's URL and give it without a slash at the end. Raises ConfigError."""
    try:
        parts = parse_url(url.strip())
    except LocationParseError as error:
        raise ConfigError(f"LICET_URL is no URL: {error}") from error
    if parts.scheme not in ("http", "https"):
        raise ConfigError(f"LICET_URL is {url!r}; it must begin with `http://` or `https://`, such as `http://localhost:4000`")
    if not parts.host or parts.auth or parts.query or parts.fragment:
        raise ConfigError(
            "LICET_URL must be the address of the control plane, such as `https://licet.example.org`, with no user, query or fragment"
        )
    return parts.url.rstrip("/")


def _bounded(answer: urllib3.BaseHTTPResponse, limit: int) -> bytes:
    pieces, size = [], 0
    while piece := answer.read(_CHUNK, decode_content=True):
        size += len(piece)
        if size > limit:
            answer.close()
            raise FetchError(f"the answer is larger than {limit} bytes", status=answer.status)
        pieces.append(piece)
    return b"".join(pieces)


def _lower(answer: urllib3.BaseHTTPResponse) -> dict[str, str]:
    return {name.lower(): value for name, value in answer.headers.items()}


def _reason(error: BaseException) -> str:
    return str(error.__cause__ or error) or type(error).__name__
