"""The stream and the exchanges of a control plane in memory, see `licet.testing`."""

from __future__ import annotations

import queue
import time
from collections.abc import Callable, Iterator, Mapping

from licet._fetcher import Response, SilenceError
from licet.errors import FetchError


class MemoryStream:
    """See `Stream`. `ended` is called when its reader ends it."""

    def __init__(self, answer: Response, silence: float, tick: float, ended: Callable[[MemoryStream], None]) -> None:
        self.status = answer.status
        self.headers: Mapping[str, str] = answer.headers
        self._ended = ended
        self._silence = silence
        self._tick = tick
        self._pieces: queue.Queue[bytes | FetchError | None] = queue.Queue()

    def put(self, piece: bytes | FetchError | None) -> None:
        self._pieces.put(piece)

    def __iter__(self) -> Iterator[bytes]:
        until = time.monotonic() + self._silence
        while True:
            left = until - time.monotonic()
            try:
                piece = self._pieces.get(timeout=min(self._tick, max(left, 0.0)))
            except queue.Empty:
                if left <= 0:
                    raise SilenceError("the stream fell silent") from None
                yield b""
                continue
            if piece is None:
                return
            if isinstance(piece, FetchError):
                raise piece
            yield piece
            until = time.monotonic() + self._silence

    def stop(self) -> None:
        self._ended(self)
        self._pieces.put(None)

    close = stop


class MemoryExchange:
    """See `Exchange`: the request is sent when somebody looks for its answer."""

    def __init__(self, send: Callable[[], Response]) -> None:
        self._send = send

    def answer(self, seconds: float = 0.0) -> Response:
        del seconds
        return self._send()
