"""What a Licet needs of the network: bytes between this process and the control plane, and nothing decided about them.

Rules kept here:

- The API key goes to one origin only: redirects are not followed, and every path is relative to LICET_URL.
- Every read is bounded in time and in size.
- Whatever goes wrong on the way is a FetchError; any HTTP status is an answer.

Tests replace `Fetcher` and nothing else.
"""

from __future__ import annotations

import ipaddress
import logging
from collections.abc import Generator, Iterator, Mapping
from typing import Final, NamedTuple, Protocol, TypeVar

from urllib3.exceptions import LocationParseError
from urllib3.util import Url, parse_url

from licet.errors import ConfigError, FetchError

ANSWER_LIMIT: Final = 16 * 1024 * 1024
"""The largest answer read, in bytes after decompression, unless said otherwise."""
T = TypeVar("T")
logger = logging.getLogger("licet")
_NOT_PUBLIC: Final = (".localhost", ".local", ".internal", ".test")
"""Names that no public name server knows (RFC 6761, RFC 6762)."""
_warned: set[str] = set()


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
        """Give pieces as they come, and an empty one where it is time to look after the exchange that is under way.

        Raises SilenceError after too long a wait, FetchError where the connection breaks.
        """

    def stop(self) -> None:
        """End the stream. Any thread may call it, also while another one reads."""

    def close(self) -> None:
        """Give back what the stream holds. Only for the thread that reads."""


class Exchange(Protocol):
    """A request whose answer is not waited for."""

    def answer(self, seconds: float = 0.0) -> Response | None:
        """Give the whole answer, or None where it has not come after `seconds`. Raises FetchError where none will come."""


Steps = Generator[Exchange, Response, T]
"""Work that takes several exchanges: each is handed out, and its answer handed in."""


class Fetcher(Protocol):
    """What a Licet needs of the network."""

    def send(self, method: str, path: str, *, headers: Mapping[str, str], body: bytes | None, limit: int = ANSWER_LIMIT) -> Response:
        """Send a request and read the whole answer. Raises FetchError where there is none."""

    def open(self, path: str, *, headers: Mapping[str, str], silence: float, tick: float) -> Stream:
        """Send a GET and give the answer as it comes. Raises FetchError.

        No byte for `silence` seconds is an error; an empty piece comes every `tick` seconds at least. Only for the thread that follows
        the policy, as is `begin`.
        """

    def begin(self, path: str, *, headers: Mapping[str, str], body: bytes) -> Exchange:
        """Begin a POST, of which one is under way at a time. Raises FetchError."""

    def reset(self) -> None:
        """Forget all connections: this is a forked process, and they are its parent's."""

    def close(self) -> None:
        """Close all connections."""


def parse_base(url: str) -> Url:
    """Check a control plane's URL. Raises ConfigError."""
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
    return parts


def base_url(url: str) -> str:
    """Check a control plane's URL and give it without a slash at the end. Raises ConfigError."""
    return parse_base(url).url.rstrip("/")


def warn_where_readable(base: str) -> None:
    """Say once for each address that what goes there can be read on the way: the API key among it."""
    parts = parse_base(base)
    if base in _warned or parts.scheme != "http" or _is_near(parts.host or ""):
        return
    _warned.add(base)
    logger.warning(
        "the API key and the policy pass unencrypted between this process and %s: set LICET_URL to an https address, "
        "or keep both in a network of their own",
        base,
    )


def _is_near(host: str) -> bool:
    """Whether a host is this machine or in a network of its own: a private address, or a name that no public name server knows."""
    try:
        return not ipaddress.ip_address(host.strip("[]").partition("%")[0]).is_global
    except ValueError:
        return "." not in host or host.rstrip(".").endswith(_NOT_PUBLIC)


def refuse_redirect(base: str, status: int) -> None:
    """Raise FetchError for an answer that leads elsewhere: the API key goes to one origin only."""
    if 300 <= status < 400 and status != 304:
        raise FetchError(
            f"{base} answered with a redirect, which is not followed with an API key; set LICET_URL to where it leads", status=status
        )


def unreachable(base: str, error: BaseException) -> FetchError:
    """Say that there is no answer, and why."""
    return FetchError(f"cannot reach Licet at {base}: {reason_of(error)}")


def reason_of(error: BaseException) -> str:
    """Say what a failure is, in words."""
    return str(error.__cause__ or error) or type(error).__name__
