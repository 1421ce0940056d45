"""Sends status reports and the decision log, beside what the thread does that follows the policy: it waits for none of their answers."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any, Final

from licet._control_plane import ControlPlane
from licet._decision_log import DecisionLog
from licet._fetcher import Exchange, Steps
from licet._pace import Pace, jittered, steady_seconds
from licet.errors import FetchError, LicetError

logger = logging.getLogger("licet")

_GLANCE: Final = 0.02
"""Seconds between looks for an answer, where there is no stream beside which it would be noticed."""


class Uploads:
    """Reports after each applied change and at least every `pace.report` seconds; uploads decisions every `pace.upload`.

    One thread calls `turn`, again and again.
    """

    def __init__(self, plane: ControlPlane, log: DecisionLog, *, pace: Pace, status: Callable[[], dict[str, Any]]) -> None:
        self._plane = plane
        self._log = log
        self._pace = pace
        self._status = status
        self._reported: tuple[int, float] = (-1, float("-inf"))  # revision and time of the last report
        self._next_at = 0.0  # when decisions are uploaded again
        self._not_before = 0.0
        self._failures = 0
        self._refusal = ""
        self.reset()

    def reset(self) -> None:
        """Forget what is under way: at the start and in a forked process."""
        self._steps: Steps[None] | None = None
        self._exchange: Exchange | None = None

    @property
    def pause(self) -> float:
        """How many seconds may pass until the next turn."""
        return self._pace.upload if self._exchange is None else _GLANCE

    def turn(self) -> None:
        """Go on with what is under way, or begin what is due, without a wait."""
        if self._exchange is not None or (steady_seconds() >= self._not_before and self._is_due()):
            self._advance(until=0.0)

    def finish(self, seconds: float) -> None:
        """Send what is left, for `seconds` at most; what cannot be sent by then is lost."""
        self._advance(until=steady_seconds() + seconds)

    def _is_due(self) -> bool:
        return self._is_news() or (len(self._log) > 0 and steady_seconds() >= self._next_at)

    def _is_news(self) -> bool:
        revision, at = self._reported
        return self._status()["revision"] != revision or steady_seconds() - at >= self._pace.report

    def _advance(self, until: float) -> None:
        """Take the next steps, waiting for answers `until` then."""
        try:
            if self._steps is None or self._exchange is None:
                self._steps = self._all()
                self._exchange = next(self._steps)
            while (answer := self._exchange.answer(until - steady_seconds())) is not None:
                self._exchange = self._steps.send(answer)
        except StopIteration:
            self._failures = 0
            self._refusal = ""
            self._next_at = steady_seconds() + self._pace.upload
            self.reset()
        except LicetError as error:
            self._failed(error)
            self.reset()
        except Exception:
            logger.exception("an upload met an error of its own")
            self._not_before = steady_seconds() + self._pace.refused
            self.reset()

    def _all(self) -> Steps[None]:
        while True:
            if self._is_news():
                status = self._status()
                yield from self._plane.report(status)
                self._reported = (status["revision"], steady_seconds())
            if len(self._log) == 0:
                return
            yield from self._log.flush(self._upload)

    def _failed(self, error: LicetError) -> None:
        self._failures += 1
        refused = isinstance(error, FetchError) and error.status in (401, 403)
        # That the control plane is away, or gives no policy, is said by the replica; what only uploads meet is said here, once.
        heard = isinstance(error, FetchError) and error.status is not None and self._status()["revision"] > 0
        if heard and str(error) != self._refusal:
            self._refusal = str(error)
            logger.warning("cannot report to the control plane: %s", error)
        pause = jittered(self._pace.refused) if refused else self._pace.after_failures(self._failures)
        self._not_before = steady_seconds() + pause

    def _upload(self, decisions: list[str]) -> Steps[None]:
        status = self._status()
        refused = yield from self._plane.upload(status["instance"], status["name"], decisions)
        if refused:
            logger.warning("the control plane does not take %d decisions for the log, they were dropped: %s", len(refused), refused[0])
