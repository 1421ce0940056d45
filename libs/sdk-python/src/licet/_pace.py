"""How long to wait, and how old things are."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Final

_CLOCK: Final = getattr(time, "CLOCK_BOOTTIME", None)

steady_seconds: Final[Callable[[], float]] = partial(time.clock_gettime, _CLOCK) if _CLOCK is not None else time.monotonic
"""Gives seconds that only ever grow, also while the machine sleeps, where the system can tell."""


def now_ms() -> int:
    """Give the time, in ms since the epoch."""
    return time.time_ns() // 1_000_000


@dataclass(frozen=True)
class Pace:
    """The waits of a replica, in seconds.

    - `first`, `longest`: bounds of the exponential back-off; each wait is drawn at random from the upper half.
    - `refused`: after 401 or 403, which do not pass by themselves.
    - `silence`: without a byte on a stream, after which it counts as dead: two heartbeats.
    - `poll`: between polls, where streaming is not possible; `restream`: until streaming is tried again.
    - `report`, `upload`: between status reports without a change, and between uploads of the decision log.
    - `remind`: between log lines about the same trouble.
    - `save`: between writes of the snapshot file.
    - `close`: that uploads may take once everything is to end.
    """

    first: float = 0.25
    longest: float = 30.0
    refused: float = 60.0
    silence: float = 10.0
    poll: float = 2.0
    restream: float = 60.0
    report: float = 15.0
    upload: float = 1.0
    remind: float = 300.0
    save: float = 10.0
    close: float = 3.0

    def after_failures(self, failures: int) -> float:
        """How long to wait after this many failures in a row (0 or 1: the first)."""
        return jittered(min(self.longest, self.first * 2.0 ** min(max(failures, 1) - 1, 30)))


def jittered(seconds: float) -> float:
    """Draw from the upper half of a wait, so that many replicas do not come back at once."""
    return seconds * random.uniform(0.5, 1.0)  # noqa: S311 -- no secret
