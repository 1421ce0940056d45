"""Sends status reports and the decision log, in one daemon thread, so that neither holds up the replica or an answer."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import Any

from licet._control_plane import ControlPlane
from licet._decision_log import DecisionLog
from licet._pace import Pace, jittered, steady_seconds
from licet.errors import FetchError, LicetError

logger = logging.getLogger("licet")


class Uploads:
    """Reports after each applied change and at least every `pace.report` seconds; uploads decisions every `pace.upload`."""

    def __init__(self, plane: ControlPlane, log: DecisionLog, *, pace: Pace, status: Callable[[], dict[str, Any]]) -> None:
        self._plane = plane
        self._log = log
        self._pace = pace
        self._status = status
        self._reported: tuple[int, float] = (-1, float("-inf"))  # revision and time of the last report
        self._not_before = 0.0
        self._failures = 0
        self._refusal = ""
        self._closing = False
        self.reset()

    def reset(self) -> None:
        """Make lock and thread anew, at the start and in a forked process."""
        self._wake = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Start the thread, unless it runs."""
        if self._thread is None and not self._closing:
            self._thread = threading.Thread(target=self._run, name="licet-uploads", daemon=True)
            self._thread.start()

    def nudge(self) -> None:
        """There is something new to report."""
        self._wake.set()

    def close(self, timeout: float) -> None:
        """Flush and stop; what cannot be sent within `timeout` seconds is lost."""
        self._closing = True
        self._wake.set()
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join(timeout)
        if len(self._log):
            logger.warning("closed with %d decisions that could not be uploaded", len(self._log))

    def _run(self) -> None:
        while not self._closing:
            self._wake.wait(self._pace.upload)
            self._wake.clear()
            if steady_seconds() >= self._not_before:
                self._turn()
        self._turn()

    def _turn(self) -> None:
        try:
            self._report()
            self._log.flush(self._upload)
            self._failures = 0
            self._refusal = ""
        except LicetError as error:
            self._failed(error)
        except Exception:
            logger.exception("an upload met an error of its own")
            self._not_before = steady_seconds() + self._pace.refused

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

    def _report(self) -> None:
        status = self._status()
        revision, at = self._reported
        now = steady_seconds()
        if status["revision"] != revision or now - at >= self._pace.report:
            self._plane.report(status)
            self._reported = (status["revision"], now)

    def _upload(self, decisions: list[str]) -> None:
        status = self._status()
        refused = self._plane.upload(status["instance"], status["name"], decisions)
        if refused:
            logger.warning("the control plane does not take %d decisions for the log, they were dropped: %s", len(refused), refused[0])
