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
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from json.encoder import encode_basestring_ascii as _quoted
from typing import Any, Final

from licet._fetcher import Steps
from licet._values import instant_text
from licet.decision import Decision
from licet.errors import FetchError

logger = logging.getLogger("licet")

QUEUE_LIMIT: Final = 20_000
BATCH_LIMIT: Final = 500
RECORD_LIMIT: Final = 16_384
"""How many bytes of attributes an entry carries; one with more goes without them."""

_encode: Final = json.JSONEncoder(allow_nan=False, check_circular=False, separators=(",", ":")).encode
_COUNTERS: Final = [f"-7{count:03x}" for count in range(BATCH_LIMIT)]
"""The third part of each UUID of a batch: its version, and how many came before."""

Upload = Callable[[list[str]], Steps[None]]
Entry = tuple[int, Mapping[str, Any], str, Decision]


class DecisionLog:
    """A bounded queue of decisions. Any thread adds; one thread uploads."""

    def __init__(self, limit: int = QUEUE_LIMIT) -> None:
        self._queue: deque[Entry] = deque(maxlen=limit)
        self._batch: list[str] = []
        self._limit = limit
        self._dropped = 0

    def add(self, now: int, request: Mapping[str, Any], tenant: str, decision: Decision) -> None:
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

    def flush(self, upload: Upload) -> Steps[None]:
        """Upload the oldest batch, as JSON. Raises FetchError, and keeps what was not taken."""
        if self._dropped:
            dropped, self._dropped = self._dropped, 0
            logger.warning("the decision log was full; the %d oldest decisions were dropped", dropped)
        if not self._batch:
            self._batch = _written([self._queue.popleft() for _ in range(min(BATCH_LIMIT, len(self._queue)))])
        if self._batch:
            yield from _upload(self._batch, upload)
        self._batch = []


def _upload(batch: list[str], upload: Upload) -> Steps[None]:
    try:
        yield from upload(batch)
    except FetchError as error:
        if error.status not in (400, 413, 422):
            raise
        if len(batch) == 1:
            logger.warning("the control plane does not take a decision for the log, it was dropped: %s", error)
            return
        middle = len(batch) // 2
        yield from _upload(batch[:middle], upload)
        yield from _upload(batch[middle:], upload)


def _written(entries: list[Entry]) -> list[str]:
    """Write entries as the contract says, as JSON in ASCII: here, and not where the application waits for its answer."""
    answers: dict[tuple[Any, ...], str] = {}  # the snapshot shares its paths: many entries have the same, and with it the same answer
    texts = []
    for (now, request, tenant, decision), name in zip(entries, uuids([entry[0] for entry in entries]), strict=True):
        same = (id(decision.path), decision.errors, tenant, decision.reason, decision.revision)
        answer = answers.get(same)
        if answer is None:
            answer = answers[same] = _answer_text(tenant, decision)
        try:
            texts.append(f'{{"id":"{name}","at":"{instant_text(now)}","request":{_request_text(request)}{answer}')
        except (TypeError, ValueError) as error:  # the others of the batch are not lost with it
            logger.warning("a decision cannot be written for the log, it was dropped: %s", error)
    return texts


def _request_text(request: Mapping[str, Any]) -> str:
    """Write a request with the members that this package gives one; without its attributes, where they are too many."""
    subject, resource = request["subject"], request["resource"]
    of_subject = of_resource = situation = ""
    if "properties" in subject:
        of_subject = f',"properties":{_object_text(subject["properties"])}'
    if "properties" in resource:
        of_resource = f',"properties":{_object_text(resource["properties"])}'
    if "context" in request:
        situation = f',"context":{_object_text(request["context"])}'
    if len(of_subject) + len(of_resource) + len(situation) > RECORD_LIMIT:
        of_subject = of_resource = situation = ""
    return (
        f'{{"subject":{{"type":{_quoted(subject["type"])},"id":{_quoted(subject["id"])}{of_subject}}},'
        f'"action":{{"name":{_quoted(request["action"]["name"])}}},'
        f'"resource":{{"type":{_quoted(resource["type"])},"id":{_quoted(resource["id"])}{of_resource}}}{situation}}}'
    )


def _answer_text(tenant: str, decision: Decision) -> str:
    """Write the tenant and what `Decision.as_dict` gives, as members that follow others."""
    path = decision.path
    found = "null"
    if path is not None:
        roles = ",".join([_quoted(role) for role in path.roles])
        found = (
            f'{{"assignment":{_quoted(path.assignment)},"group":{_text_or_null(path.group)},"roles":[{roles}],"grant":{_quoted(path.grant)},'
            f'"permission":{_quoted(path.permission)},"effect":"{path.effect}","condition":{_text_or_null(path.condition)}}}'
        )
    errors = _encode([error.as_dict() for error in decision.errors]) if decision.errors else "[]"
    return (
        f',"tenant":{_quoted(tenant)},"decision":{"true" if decision.allowed else "false"},"reason":"{decision.reason}",'
        f'"path":{found},"errors":{errors},"revision":{decision.revision}}}'
    )


def _text_or_null(text: str | None) -> str:
    return "null" if text is None else _quoted(text)


def _object_text(attributes: Mapping[str, Any]) -> str:
    """Write attributes: most are texts, which an encoder that is made for the whole of them takes five times as long for."""
    members = [f"{_quoted(name)}:{_quoted(value) if type(value) is str else _encode(value)}" for name, value in attributes.items()]
    return f"{{{','.join(members)}}}"


def uuids(times: Sequence[int]) -> Iterator[str]:
    """Make a UUID of version 7 for each of these instants, in milliseconds since the epoch: as many as a batch has.

    Their tails are drawn once for all of them, and a counter tells them apart (RFC 9562, section 6.2, method 1).
    """
    chance = os.urandom(8)
    tail = f"-{0x8000 | int.from_bytes(chance[:2], 'big') & 0x3FFF:04x}-{chance[2:].hex()}"
    for ms, counter in zip(times, _COUNTERS, strict=False):
        yield f"{_first_part(ms >> 16)}{ms & 0xFFFF:04x}{counter}{tail}"


@lru_cache(maxsize=16)
def _first_part(time: int) -> str:
    return f"{time & 0xFFFFFFFF:08x}-"
