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
import re
from collections import deque
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, Final

from licet._values import instant_text
from licet.decision import Decision
from licet.errors import FetchError

logger = logging.getLogger("licet")

QUEUE_LIMIT: Final = 20_000
BATCH_LIMIT: Final = 500
RECORD_LIMIT: Final = 16_384
"""How many bytes of attributes an entry carries; one with more goes without them."""

_encode: Final = json.JSONEncoder(allow_nan=False, check_circular=False, separators=(",", ":")).encode
_quoted: Final = lru_cache(maxsize=1024)(_encode)
"""Quotes names that come again and again."""
_DIGITS: Final = re.compile(r"(.{3})(.)(.{3}).(.{12})")
_VARIANTS: Final = dict(zip("0123456789abcdef", "89ab" * 4, strict=True))
"""A digit of chance as the first digit of the part of a UUID that says its variant, in two bits."""

Upload = Callable[[list[str]], None]
Entry = tuple[float, Mapping[str, Any], str, Decision]


class DecisionLog:
    """A bounded queue of decisions. Any thread adds; one thread uploads."""

    def __init__(self, limit: int = QUEUE_LIMIT) -> None:
        self._queue: deque[Entry] = deque(maxlen=limit)
        self._batch: list[str] = []
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
        """Upload everything that is queued, as JSON. Raises FetchError, and keeps what was not taken."""
        if self._dropped:
            dropped, self._dropped = self._dropped, 0
            logger.warning("the decision log was full; the %d oldest decisions were dropped", dropped)
        while self._batch or self._queue:
            if not self._batch:
                self._batch = _written([self._queue.popleft() for _ in range(min(BATCH_LIMIT, len(self._queue)))])
            _upload(self._batch, upload)
            self._batch = []


def _upload(batch: list[str], upload: Upload) -> None:
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


def _written(entries: list[Entry]) -> list[str]:
    """Write entries as the contract says, as JSON in ASCII: here, and not where the application waits for its answer."""
    paths = {id(None): "null"}  # the snapshot shares them: many entries have the same
    texts = []
    for (now, request, tenant, decision), chance in zip(entries, _chances(len(entries)), strict=True):
        path, errors = decision.path, decision.errors
        if path is not None and id(path) not in paths:
            paths[id(path)] = _encode(path.as_dict())
        texts.append(
            f'{{"id":"{uuid_v7(now, chance)}","at":"{instant_text(now)}","request":{_request_text(request)},"tenant":{_quoted(tenant)},'
            f'"decision":{"true" if decision.allowed else "false"},"reason":"{decision.reason}","path":{paths[id(path)]},'
            f'"errors":{_encode([error.as_dict() for error in errors]) if errors else "[]"},"revision":{decision.revision}}}'
        )
    return texts


def _request_text(request: Mapping[str, Any]) -> str:
    """Write a request with the members that this package gives one; without its attributes, where they are too many."""
    subject, action, resource, context = request["subject"], request["action"], request["resource"], request.get("context")
    of_subject = _member("properties", subject.get("properties"))
    of_resource = _member("properties", resource.get("properties"))
    situation = _member("context", context)
    if len(of_subject) + len(of_resource) + len(situation) > RECORD_LIMIT:
        of_subject = of_resource = situation = ""
    return (
        f'{{"subject":{{"type":{_quoted(subject["type"])},"id":{_encode(subject["id"])}{of_subject}}},'
        f'"action":{{"name":{_quoted(action["name"])}}},'
        f'"resource":{{"type":{_quoted(resource["type"])},"id":{_encode(resource["id"])}{of_resource}}}{situation}}}'
    )


def _member(name: str, attributes: Mapping[str, Any] | None) -> str:
    return f',"{name}":{_encode(attributes)}' if attributes else ""


def _chances(count: int) -> list[tuple[str, str, str, str]]:
    """Draw 20 digits for each of so many UUIDs, in the groups that they are written in."""
    return _DIGITS.findall(os.urandom(10 * count).hex())


def uuid_v7(ms: float, chance: tuple[str, str, str, str]) -> str:
    """Make a UUID of version 7 (RFC 9562, section 5.7) of an instant, in milliseconds since the epoch, and of chance."""
    time, (first, digit, second, third) = f"{int(ms) & 0xFFFFFFFFFFFF:012x}", chance
    return f"{time[:8]}-{time[8:]}-7{first}-{_VARIANTS[digit]}{second}-{third}"
