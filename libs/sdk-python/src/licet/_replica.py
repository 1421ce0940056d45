"""Holds a copy of the policy and follows the control plane, in the one thread that a Licet has.

Rules kept here:

- Whoever asks reads `snapshot`; nobody ever waits for the network.
- What is uploaded meanwhile gets its turns between two events, and holds up none.
- The revision never goes back. What cannot be applied is refused, and the last good snapshot keeps answering.
- A change is applied only on top of the revision before it; a gap means a new snapshot.
- A stream without a byte for two heartbeats is dead. Where no stream comes through, polling takes its place.
- Failures wait longer each time, with jitter; a refused key (401, 403) waits longest and says what to do.
"""

from __future__ import annotations

import logging
import threading
from contextlib import suppress
from typing import Any

from licet._control_plane import ChangeStream, ControlPlane, parse_json, revision_of
from licet._events import Event
from licet._fetcher import SilenceError
from licet._pace import Pace, jittered, steady_seconds
from licet._snapshot import Snapshot, apply_delta, create_snapshot
from licet._snapshot_file import SnapshotFile
from licet._uploads import Uploads
from licet.errors import FetchError, LicetError, SnapshotError, remedy

logger = logging.getLogger("licet")


class _GapError(SnapshotError):
    """The changes at hand do not lead on from the revision that is held."""


class Replica:
    """A snapshot that follows the control plane.

    `snapshot` is None until the first one arrived; `trouble` is why the control plane cannot be followed just now, or None.
    """

    def __init__(self, plane: ControlPlane, uploads: Uploads, *, pace: Pace, file: SnapshotFile | None = None) -> None:
        self.snapshot: Snapshot | None = None
        self.trouble: LicetError | None = None
        self._plane = plane
        self._uploads = uploads
        self._pace = pace
        self._file = file
        self._current_at = 0.0  # when the snapshot was last known to be the newest one
        self._failures = 0
        self._fruitless = 0  # streams in a row that opened and stayed silent
        self._empty = 0  # streams in a row that were ended before an event
        self._awaited = 0  # what the last heartbeat said, where that is ahead
        self._restream_at = 0.0
        self._remind_at = 0.0
        self._lost = False  # the snapshot must be taken anew
        self._closing = threading.Event()
        self.reset()
        if file is not None:
            self._load(file)

    def reset(self) -> None:
        """Make locks and thread anew: at the start, and in a forked process, where the parent's are of no use."""
        closed = self._closing.is_set()
        self._closing = threading.Event()
        if closed:
            self._closing.set()
        self._changed = threading.Condition()
        self._heard = False  # whether the control plane said that the snapshot is the newest
        self._thread: threading.Thread | None = None
        self._stream: ChangeStream | None = None

    def start(self) -> None:
        """Start to follow, unless that is already under way."""
        if self._thread is None and not self._closing.is_set():
            self._thread = threading.Thread(target=self._run, name="licet", daemon=True)
            self._thread.start()

    def close(self) -> None:
        """Upload what is left, and stop following. The snapshot stays and keeps answering."""
        self._closing.set()
        with self._changed:
            self._changed.notify_all()
        stream, thread = self._stream, self._thread
        if stream is not None:
            with suppress(Exception):
                stream.stop()
        if thread is not None and thread is not threading.current_thread():
            thread.join(self._pace.close + 1.0)

    @property
    def age(self) -> float:
        """Seconds since the snapshot was known to be the newest one."""
        return age if (age := steady_seconds() - self._current_at) > 0.0 else 0.0

    def wait(self, revision: int, timeout: float, *, fresh: bool = False) -> bool:
        """Wait until the snapshot is at `revision` or later, and confirmed if `fresh`. False where that did not come in time."""

        def arrived() -> bool:
            return self.snapshot is not None and self.snapshot.revision >= revision and (self._heard or not fresh)

        with self._changed:
            self._changed.wait_for(lambda: self._closing.is_set() or arrived(), timeout)
        return arrived()

    def _run(self) -> None:
        while not self._closing.is_set():
            self._rest(self._turn())
        if self._file is not None and self.snapshot is not None and self.trouble is None:
            self._file.keep(self.snapshot, steady_seconds(), 0.0)
        self._uploads.finish(self._pace.close)

    def _rest(self, seconds: float) -> None:
        """Do nothing but upload."""
        until = steady_seconds() + seconds
        while True:
            self._uploads.turn()
            left = until - steady_seconds()
            if left <= 0 or self._closing.wait(min(left, self._uploads.pause)):
                return

    def _turn(self) -> float:
        """Follow until something goes wrong; give how long to wait before the next turn."""
        try:
            if self.snapshot is None or self._lost:
                self._take_snapshot()
            self._follow()
        except _GapError as error:
            self._lost = True
            self._failures += 1
            logger.info("%s; taking a new snapshot", error)
            return 0.0 if self._failures == 1 else self._pace.after_failures(self._failures)
        except LicetError as error:
            return self._failed(error)
        except Exception as error:
            logger.exception("the replica met an error of its own")
            return self._failed(SnapshotError(f"internal error: {error!r}"))
        return 0.0

    def _failed(self, error: LicetError) -> float:
        if self._closing.is_set():
            return 0.0
        self._failures += 1
        status = error.status if isinstance(error, FetchError) else None
        if isinstance(error, SnapshotError) or status in (409, 410):
            self._lost = True
        # A stream that merely ended is opened again at once; only a second failure in a row is worth a line.
        if self._failures > 1 or self.snapshot is None or status is not None:
            self._complain(error)
        if status in (401, 403):
            return jittered(self._pace.refused)
        return self._pace.after_failures(self._failures)

    def _complain(self, error: LicetError) -> None:
        said_before = self.trouble is not None and str(self.trouble) == str(error)
        self.trouble = error
        if said_before and steady_seconds() < self._remind_at:
            return
        self._remind_at = steady_seconds() + self._pace.remind
        if self.snapshot is None:
            logger.warning("%s; every check is denied until a policy arrives%s", error, remedy(error))
        else:
            advice = remedy(error) if isinstance(error, FetchError) and error.status in (401, 403) else ""
            logger.warning("%s; answering from revision %d, %.1f s old%s", error, self.snapshot.revision, self.age, advice)

    def _take_snapshot(self) -> None:
        held, fresh = self.snapshot, create_snapshot(self._plane.snapshot())
        if held is not None and fresh.revision < held.revision:
            raise SnapshotError(
                f"the control plane is at revision {fresh.revision}, before revision {held.revision} that is held here; "
                "it was perhaps restored from a backup. Restart the application, without its snapshot file, to accept that"
            )
        self._publish(fresh)
        self._lost = False
        self._arrived()

    def _follow(self) -> None:
        if steady_seconds() < self._restream_at:
            self._poll()
            return
        try:
            self._read_stream()
        except FetchError as error:
            if isinstance(error, SilenceError):
                self._fruitless += 1
            if self._fruitless >= 2 or error.status in (404, 405, 406, 429, 501):
                self._give_up_streaming()
            raise
        finally:
            self._stream = None

    def _read_stream(self) -> None:
        with self._plane.changes(self.snapshot, self._pace.silence, self._pace.upload) as stream:
            self._stream = stream
            if self._closing.is_set():
                return
            if stream.page is not None:
                self._give_up_streaming()
                self._read_page(stream.page)
                return
            self._empty += 1
            for event in stream.events:
                if event is not None:
                    self._empty = 0
                    self._fruitless = -1  # a silence after this is a cut, and says nothing against streaming
                    self._read_event(event)
                if self._closing.is_set():
                    return
                self._uploads.turn()
        if self._empty >= 2:  # it cannot lead on from the revision that is held here
            self._lost = True
        raise FetchError("the control plane ended the stream")

    def _give_up_streaming(self) -> None:
        self._fruitless = 1
        self._restream_at = steady_seconds() + self._pace.restream
        logger.info("no change stream comes through; polling every %.0f s", self._pace.poll)

    def _poll(self) -> None:
        if not self._read_page(self._plane.changes_page(self.snapshot)):
            self._rest(jittered(self._pace.poll))

    def _read_page(self, page: Any) -> bool:
        """Apply a page of changes; tell whether there are more."""
        deltas, head = page.get("deltas"), revision_of(page)
        if not isinstance(deltas, list):
            raise SnapshotError("a page of changes has no list of `deltas`")
        for delta in deltas:
            self._apply(delta)
        more = page.get("more") is True and bool(deltas)
        if not more and self._revision < head:
            raise _GapError(f"revision {self._revision + 1} is missing from the changes")
        self._confirm(head)
        return more

    def _read_event(self, event: Event) -> None:
        if event.name == "change":
            self._apply(parse_json(event.data))
            self._arrived(newest=False)
        elif event.name == "heartbeat":
            head = revision_of(parse_json(event.data))
            # A heartbeat may overtake the change it counts, but not by a whole heartbeat.
            if self._awaited > self._revision:
                raise _GapError(f"revision {self._awaited} did not come through the stream")
            self._awaited = head
            self._confirm(head)

    def _apply(self, delta: Any) -> None:
        revision = revision_of(delta)
        held = self.snapshot
        if held is None or revision <= held.revision:
            return
        if revision > held.revision + 1:
            raise _GapError(f"revision {held.revision + 1} is missing before revision {revision}")
        self._publish(apply_delta(held, delta))

    def _publish(self, snapshot: Snapshot) -> None:
        # Invariant: the only place where a replica's snapshot changes; it never goes back.
        with self._changed:
            self.snapshot = snapshot
            self._awaited = 0
            self._changed.notify_all()

    def _confirm(self, head: int) -> None:
        """Take note that the control plane is at revision `head`."""
        if head == self._revision:
            self._arrived()
        elif head < self._revision:
            raise SnapshotError(f"the control plane says revision {head}, before revision {self._revision} that is held here")

    def _arrived(self, *, newest: bool = True) -> None:
        """Take note that the control plane is followed; a change alone does not say that it was the `newest`: more may follow at once."""
        self._failures = 0
        if newest:
            with self._changed:
                self._current_at, self._heard = steady_seconds(), True
                self._changed.notify_all()
        if self.trouble is not None:
            self.trouble = None
            logger.info("following the control plane again, at revision %d", self._revision)
        if self._file is not None and self.snapshot is not None:
            self._file.keep(self.snapshot, self._current_at, self._pace.save)

    @property
    def _revision(self) -> int:
        return self.snapshot.revision if self.snapshot is not None else 0

    def _load(self, file: SnapshotFile) -> None:
        try:
            found = file.load()
        except SnapshotError as error:
            logger.warning("%s", error)
            return
        if found is not None:
            self.snapshot, age = found
            self._current_at = steady_seconds() - age
