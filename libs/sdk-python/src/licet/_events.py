"""Reads server-sent events (WHATWG HTML, section 9.2.6) from pieces of bytes. Bounded: one event is at most EVENT_LIMIT long."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from licet.errors import SnapshotError

EVENT_LIMIT: Final = 64 * 1024 * 1024


class Event(NamedTuple):
    """One event: its name (`message` unless said otherwise) and its data."""

    name: str
    data: str


def read_events(pieces: Iterable[bytes]) -> Iterator[Event | None]:
    """Give the events of a stream as soon as each is complete, and None for each piece that is empty.

    Raises SnapshotError where an event is too long or no UTF-8.
    """
    name, size = "", 0
    data: list[str] = []
    for line in _lines(pieces):
        if line is None:
            yield None
            continue
        size += len(line)
        if size > EVENT_LIMIT:
            raise SnapshotError("an event of the change stream is too long")
        if not line:
            if data:
                yield Event(name or "message", "\n".join(data))
            name, data, size = "", [], 0
            continue
        field, _, value = line.partition(b":")
        value = value.removeprefix(b" ")
        if field == b"event":
            name = _text(value)
        elif field == b"data":
            data.append(_text(value))


def _lines(pieces: Iterable[bytes]) -> Iterator[bytes | None]:
    """Split at LF, CRLF and CR. A CR at the end of a piece waits for the next one, which may begin with its LF."""
    rest = bytearray()
    for piece in pieces:
        if not piece:
            yield None
            continue
        may_end = b"\n" in piece or b"\r" in piece or rest.endswith(b"\r")
        rest += piece
        if len(rest) > EVENT_LIMIT:
            raise SnapshotError("a line of the change stream is too long")
        if not may_end:
            continue
        ended = not rest.endswith(b"\r")
        lines = bytes(rest if ended else rest[:-1]).replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")
        rest = bytearray(lines.pop())
        if not ended:
            rest += b"\r"
        yield from lines


def _text(value: bytes) -> str:
    try:
        return value.decode()
    except UnicodeDecodeError as error:
        raise SnapshotError("an event of the change stream is no UTF-8 text") from error
