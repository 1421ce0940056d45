"""Lets `flask licet matrix` and `unguarded` load an application where there is no Licet and no key, as in CI.

They read decorators only. Where they are plugins of `flask` (that is, where this package is installed) they run before the
application is made, and say here that it will ask nobody anything.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import NoReturn

from licet.client import Licet
from licet.errors import FetchError

_reading: ContextVar[bool] = ContextVar("licet-only-decorators", default=False)


@contextmanager
def reading_only_decorators() -> Iterator[None]:
    """Let applications that are made in here get a Licet that speaks to nobody."""
    token = _reading.set(True)
    try:
        yield
    finally:
        _reading.reset(token)


def only_decorators_are_read() -> bool:
    """Whether the application is made for its decorators only."""
    return _reading.get()


def speechless_client() -> Licet:
    """Make a Licet that has no thread, no network, and denies everything."""
    return Licet("http://licet.invalid", "lct_none", mode="remote", decision_log=False, fetcher=_Nobody())


class _Nobody:
    """A Fetcher that reaches nobody."""

    def send(self, method: str, path: str, *, headers: Mapping[str, str], body: bytes | None, limit: int = 0) -> NoReturn:
        del method, path, headers, body, limit
        raise FetchError("this command asks nobody")

    def open(self, path: str, *, headers: Mapping[str, str], silence: float, tick: float) -> NoReturn:
        del path, headers, silence, tick
        raise FetchError("this command asks nobody")

    def begin(self, path: str, *, headers: Mapping[str, str], body: bytes) -> NoReturn:
        del path, headers, body
        raise FetchError("this command asks nobody")

    def reset(self) -> None:
        pass

    def close(self) -> None:
        pass
