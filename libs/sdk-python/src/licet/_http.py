"""The Fetcher that applications use: urllib3 where an answer is waited for, `Background` where it is not."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

import urllib3
from urllib3.exceptions import HTTPError, ProtocolError
from urllib3.util import Timeout

from licet._background import Background
from licet._fetcher import ANSWER_LIMIT, Exchange, Response, Stream, base_url, refuse_redirect, unreachable, warn_where_readable
from licet._version import __version__
from licet.errors import ConfigError, FetchError

_CHUNK: Final = 65_536
_KEY: Final = re.compile(r"[\x21-\x7e]+")


class HttpFetcher:
    """The Fetcher that applications use."""

    def __init__(self, url: str, api_key: str, timeout: float) -> None:
        self._base = base_url(url)
        if _KEY.fullmatch(api_key) is None:
            raise ConfigError("LICET_API_KEY holds a space or another character that no API key has; copy the key again")
        warn_where_readable(self._base)
        self._headers = {"authorization": f"Bearer {api_key}", "user-agent": f"licet-python/{__version__}"}
        self._timeout = Timeout(connect=timeout, read=timeout)
        self._pool = self._new_pool()
        self._background = Background(self._base, self._headers, timeout)

    def send(self, method: str, path: str, *, headers: Mapping[str, str], body: bytes | None, limit: int = ANSWER_LIMIT) -> Response:
        """Send a request. One try more is made where a kept connection turns out to be closed."""
        sent = {**headers, "accept-encoding": "gzip"}
        try:
            answer = self._request(method, path, sent, body)
        except ProtocolError:
            answer = self._retry(method, path, sent, body)
        except HTTPError as error:
            raise unreachable(self._base, error) from error
        try:
            return Response(answer.status, _lower(answer), _bounded(answer, limit))
        except HTTPError as error:
            raise unreachable(self._base, error) from error
        finally:
            answer.release_conn()

    def open(self, path: str, *, headers: Mapping[str, str], silence: float, tick: float) -> Stream:
        """Open a stream. `silence` is how many seconds without a byte are an error, `tick` the longest pause between pieces."""
        return self._background.open(path, headers, silence, tick)

    def begin(self, path: str, *, headers: Mapping[str, str], body: bytes) -> Exchange:
        """Begin a POST, on the connection of the one before where that is open still."""
        return self._background.begin(path, headers, body)

    def reset(self) -> None:
        """Start over with no connection; the parent's stay open."""
        self._pool = self._new_pool()
        self._background.close()

    def close(self) -> None:
        """Close the idle connections."""
        self._pool.clear()
        self._background.close()

    def _retry(self, method: str, path: str, headers: Mapping[str, str], body: bytes | None) -> urllib3.BaseHTTPResponse:
        try:
            return self._request(method, path, headers, body)
        except HTTPError as error:
            raise unreachable(self._base, error) from error

    def _request(self, method: str, path: str, headers: Mapping[str, str], body: bytes | None) -> urllib3.BaseHTTPResponse:
        answer = self._pool.request(
            method,
            self._base + path,
            body=body,
            headers={**headers, **self._headers},
            timeout=self._timeout,
            redirect=False,
            retries=False,
            preload_content=False,
        )
        try:
            refuse_redirect(self._base, answer.status)
        except FetchError:
            answer.close()
            raise
        return answer

    def _new_pool(self) -> urllib3.PoolManager:
        return urllib3.PoolManager(num_pools=2, maxsize=4)


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
