"""Keeps a snapshot on disk, so that an application can start while the control plane is away.

Rules kept here:

- A file is replaced as a whole or not at all, and readable by its owner only.
- It names the control plane that it came from; one of another control plane is not used.
- Its time of modification is when the policy in it was last known to be the newest one.
"""

from __future__ import annotations

import json
import logging
import os
import tempfile
import time
from pathlib import Path
from typing import Any

from licet._control_plane import SNAPSHOT_LIMIT, parse_json
from licet._snapshot import Snapshot, create_snapshot, to_document
from licet.errors import SnapshotError

logger = logging.getLogger("licet")


class SnapshotFile:
    """The file at `path`, for the control plane at `origin`."""

    def __init__(self, path: str | os.PathLike[str], origin: str) -> None:
        self.path = Path(path)
        self._origin = origin
        self._kept: tuple[int, str | None] | None = None  # revision and time of what is in the file
        self._written = float("-inf")

    def load(self) -> tuple[Snapshot, float] | None:
        """Give the snapshot and its age in seconds, or None where there is no file. Raises SnapshotError."""
        try:
            with self.path.open("rb") as file:
                written = os.fstat(file.fileno()).st_mtime
                content = file.read(SNAPSHOT_LIMIT + 1)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise SnapshotError(f"cannot read the snapshot file {self.path}: {error}") from error
        document = parse_json(content) if len(content) <= SNAPSHOT_LIMIT else None
        if not isinstance(document, dict) or "snapshot" not in document:
            raise SnapshotError(f"{self.path} is no snapshot file; delete it, and it is written anew")
        if document.get("origin") != self._origin:
            raise SnapshotError(f"{self.path} holds the policy of another control plane; delete it, and it is written anew")
        # A time in the future says that a clock was wrong: then the age is not known to be small.
        snapshot = create_snapshot(document["snapshot"])
        self._kept = (snapshot.revision, snapshot.at)
        return snapshot, abs(time.time() - written)

    def keep(self, snapshot: Snapshot, now: float, every: float) -> None:
        """Bring the file up to date, at most once in `every` seconds; failures are logged."""
        if now - self._written < every:
            return
        self._written = now
        try:
            if (snapshot.revision, snapshot.at) == self._kept:
                os.utime(self.path)
            else:
                self.save(snapshot)
        except OSError as error:
            logger.warning("cannot write the snapshot file %s: %s", self.path, error)

    def save(self, snapshot: Snapshot) -> None:
        """Write the snapshot. Raises OSError."""
        document: dict[str, Any] = {"origin": self._origin, "snapshot": to_document(snapshot)}
        self.path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(prefix=f".{self.path.name}.", dir=self.path.parent)
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                json.dump(document, file, separators=(",", ":"))
                file.flush()
                os.fsync(file.fileno())
            Path(temporary).replace(self.path)
            self._kept = (snapshot.revision, snapshot.at)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
