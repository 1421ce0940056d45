"""The decision log: what this application asked and was told, on its way to the control plane.

Rules kept here:

- Adding never waits and never fails. When the queue is full the oldest entries go, and a warning counts them.
- Entries leave in batches, oldest first; a batch that could not be uploaded is tried again under the same ids, which the
  control plane takes once. One that the control plane refuses as not valid is halved until the bad entry is alone, and dropped.
- A question that was not valid is not logged: it names nobody and nothing.
"""

from __future__ import annotations

import json
import logging
import os
from collections import deque
from collections.abc import Callable, Mapping
from typing import Any, Final

from licet._values import instant_text
from licet.decision import Decision
from licet.errors import FetchError

logger = logging.getLogger("licet")

QUEUE_LIMIT: Final = 20_000
BATCH_LIMIT: Final = 500
RECORD_LIMIT: Final = 16_384
"""How many bytes of attributes an entry carries; one with more goes without them."""

Upload = Callable[[list[dict[str, Any]]], None]
Entry = tuple[float, Mapping[str, Any], str, Decision]


class DecisionLog:
    """A bounded queue of decisions. Any thread adds; one thread uploads."""

    def __init__(self, limit: int = QUEUE_LIMIT) -> None:
        self._queue: deque[Entry] = deque(maxlen=limit)
        self._batch: list[dict[str, Any]] = []
        self._limit = limit
        self._dropped = 0

    def add(self, now: float, request: Mapping[str, Any], tenant: str, decision: Decision) -> None:
        """Queue a decision made at `now`, milliseconds since the epoch. `request` must not change afterwards."""
        if len(self._queue) >= self._limit:
            self._dropped += 1
        self._queue.append((now, request, tenant, decision))

    def __len__(self) -> int:
        return len(self._queue) + len(self._batch)

    def clear(self) -> None:
        """Forget everything: in a forked process the entries are its parent's."""
        self._queue.clear()
        self._batch = []
        self._dropped = 0

    def flush(self, upload: Upload) -> None:
        """Upload everything that is queued. Raises FetchError, and keeps what was not taken."""
        if self._dropped:
            dropped, self._dropped = self._dropped, 0
            logger.warning("the decision log was full; the %d oldest decisions were dropped", dropped)
        while self._batch or self._queue:
            if not self._batch:
                self._batch = [_record(*self._queue.popleft()) for _ in range(min(BATCH_LIMIT, len(self._queue)))]
            _upload(self._batch, upload)
            self._batch = []


def _upload(batch: list[dict[str, Any]], upload: Upload) -> None:
    try:
        upload(batch)
    except FetchError as error:
        if error.status not in (400, 413, 422):
            raise
        if len(batch) == 1:
            logger.warning("the control plane does not take a decision for the log, it was dropped: %s", error)
            return
        middle = len(batch) // 2
        _upload(batch[:middle], upload)
        _upload(batch[middle:], upload)


def _record(now: float, request: Mapping[str, Any], tenant: str, decision: Decision) -> dict[str, Any]:
    record = {
        "id": uuid_v7(now),
        "at": instant_text(now),
        "request": request,
        "tenant": tenant,
        **decision.as_dict(),
    }
    subject, resource = request["subject"], request["resource"]
    attributes = [found for found in (subject.get("properties"), resource.get("properties"), request.get("context")) if found]
    if attributes and not _are_few(attributes) and len(json.dumps(attributes)) > RECORD_LIMIT:
        record["request"] = {
            "subject": {"type": subject["type"], "id": subject["id"]},
            "action": {"name": request["action"]["name"]},
            "resource": {"type": resource["type"], "id": resource["id"]},
        }
    return record


def _are_few(attributes: list[dict[str, Any]]) -> bool:
    """Tell whether attributes are plainly fewer bytes than the limit, without writing them: the common case."""
    size = 0
    for members in attributes:
        for name, value in members.items():
            if type(value) is not str:
                return False
            size += len(name) + len(value) + 1
    return size * 12 <= RECORD_LIMIT  # a character is 12 bytes at most


def uuid_v7(ms: float) -> str:
    """Make a UUID of version 7 (RFC 9562, section 5.7) for an instant in milliseconds since the epoch."""
    chance = int.from_bytes(os.urandom(10), "big")
    version, variant = 0x7000 | chance >> 68, 0x8000 | chance >> 48 & 0x3FFF
    text = f"{int(ms) & 0xFFFFFFFFFFFF:012x}{version:04x}{variant:04x}{chance & 0xFFFFFFFFFFFF:012x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"
