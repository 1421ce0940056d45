"""The routes of the control plane that an application uses (`/replica/v1`, `/access/v1`, `/licet/v1` and a few of `/api/v1`).

Two families of errors come out: FetchError (no answer, or one that refuses) and SnapshotError (an answer that is not valid).
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Final
from urllib.parse import quote

from licet._events import Event, read_events
from licet._fetcher import ANSWER_LIMIT, Exchange, Fetcher, Response, Steps
from licet._snapshot import Snapshot
from licet.errors import FetchError, SnapshotError

SNAPSHOT_LIMIT: Final = 1024 * 1024 * 1024
"""The largest snapshot read, in bytes after decompression."""
_JSON: Final = "application/json"


class ControlPlane:
    """Speaks the routes over a Fetcher."""

    def __init__(self, fetcher: Fetcher) -> None:
        self.fetcher = fetcher

    def snapshot(self) -> Any:
        """Get the snapshot document of the newest revision."""
        answer = self.fetcher.send("GET", "/replica/v1/snapshot", headers={"accept": _JSON}, body=None, limit=SNAPSHOT_LIMIT)
        return _read(answer)

    @contextmanager
    def changes(self, held: Snapshot | None, silence: float, tick: float) -> Iterator[ChangeStream]:
        """Open the stream of changes after what is held; see `Fetcher.open`."""
        since = 0 if held is None else held.revision
        headers = {"accept": "text/event-stream", "cache-control": "no-store", "last-event-id": str(since)}
        stream = self.fetcher.open(_changes_after(held), headers=headers, silence=silence, tick=tick)
        try:
            kind = stream.headers.get("content-type", "").partition(";")[0].strip().lower()
            if stream.status == 200 and kind == "text/event-stream":
                yield ChangeStream(read_events(stream), stream.stop, None)
            else:
                answer = Response(stream.status, stream.headers, _collect(stream))
                yield ChangeStream(iter(()), stream.stop, _read(answer))
        finally:
            stream.close()

    def changes_page(self, held: Snapshot | None) -> Any:
        """Ask once for the changes after what is held (polling)."""
        return _read(self.fetcher.send("GET", _changes_after(held), headers={"accept": _JSON}, body=None))

    def report(self, status: Mapping[str, Any]) -> Steps[None]:
        """Say what this replica holds."""
        _read((yield self._begin("/replica/v1/status", _json(status))))

    def upload(self, instance: str, name: str, decisions: Sequence[str]) -> Steps[list[Any]]:
        """Upload a part of the decision log, each of it written as JSON already. Gives what was wrong with those that were not taken."""
        body = f'{{"instance":{json.dumps(instance)},"name":{json.dumps(name)},"decisions":[{",".join(decisions)}]}}'
        refused = _read((yield self._begin("/replica/v1/decisions", body.encode()))).get("refused")
        return refused if isinstance(refused, list) else []

    def write(self, path: str, document: Mapping[str, Any]) -> Any:
        """Change something of the policy: `users/sync`, `assignments/assign` or `assignments/revoke`."""
        return self._post(f"/api/v1/{path}", document)

    def declare(self, permissions: Sequence[str], *, dry_run: bool = False) -> Any:
        """Register what an application asks about, or say what that would add."""
        return self.write("resource-types/declare", {"permissions": permissions, "dryRun": dry_run})

    def ask(self, path: str, question: Mapping[str, Any], at_least: int | None) -> Any:
        """Ask the decision point: `access/v1/...` as AuthZEN 1.0 says, sections 6 to 8, or `licet/v1/...`.

        Fails on anything but a JSON object.
        """
        request_id = str(uuid.uuid4())
        headers = {"x-request-id": request_id}
        if at_least is not None:
            headers["licet-at-least"] = str(at_least)
        answer = self._send(f"/{path}", _json(question), headers)
        if answer.headers.get("x-request-id", request_id) != request_id:
            raise FetchError("the answer belongs to another request")
        return _read(answer)

    def _post(self, path: str, document: Mapping[str, Any]) -> Any:
        return _read(self._send(path, _json(document), {}))

    def _begin(self, path: str, body: bytes) -> Exchange:
        return self.fetcher.begin(path, headers={"accept": _JSON, "content-type": _JSON}, body=body)

    def _send(self, path: str, body: bytes, headers: Mapping[str, str]) -> Response:
        sent = {"accept": _JSON, "content-type": _JSON, **headers}
        return self.fetcher.send("POST", path, headers=sent, body=body)


class ChangeStream:
    """Either the events of an open stream, or, where the other side does not stream, one `page` of changes.

    Any thread may `stop` it. None among the events says that it is time to look after something else.
    """

    def __init__(self, events: Iterator[Event | None], stop: Callable[[], None], page: Any | None) -> None:
        self.events = events
        self.stop = stop
        self.page = page


def _changes_after(held: Snapshot | None) -> str:
    """Give the route. The time goes along, for a control plane that gave the number out anew after a backup was restored."""
    if held is None:
        return "/replica/v1/changes?since=0"
    at = "" if held.at is None else f"&at={quote(held.at, safe='')}"
    return f"/replica/v1/changes?since={held.revision}{at}"


def _json(document: Mapping[str, Any]) -> bytes:
    try:
        return json.dumps(document, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()
    except UnicodeEncodeError:  # half of a surrogate pair, which only its number says: in its place nothing else may be decided about
        return json.dumps(document, allow_nan=False, separators=(",", ":")).encode()


def _collect(stream: Any) -> bytes:
    body = bytearray()
    for piece in stream:
        body += piece
        if len(body) > ANSWER_LIMIT:
            raise FetchError(f"the answer is larger than {ANSWER_LIMIT} bytes", status=stream.status)
    return bytes(body)


def _read(answer: Response) -> Any:
    """Give the JSON object of a good answer."""
    if not 200 <= answer.status < 300:
        raise _refused(answer)
    if not answer.body:
        return {}
    document = parse_json(answer.body)
    if not isinstance(document, dict):
        raise SnapshotError("the control plane answered with something that is no JSON object")
    return document


def parse_json(text: str | bytes) -> Any:
    """Read JSON. Raises SnapshotError."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise SnapshotError("the control plane answered with something that is no JSON") from error


def revision_of(document: Any) -> int:
    """Give the revision of a change, a page or a heartbeat. Raises SnapshotError."""
    revision = document.get("revision") if isinstance(document, dict) else None
    if not isinstance(revision, int) or isinstance(revision, bool) or revision < 0:
        raise SnapshotError("the control plane sent a change or a heartbeat without a valid `revision`")
    return revision


def _refused(answer: Response) -> FetchError:
    try:
        problem = json.loads(answer.body)
    except (ValueError, RecursionError):
        problem = None
    detail = problem.get("detail") if isinstance(problem, dict) else None
    code = problem.get("code") if isinstance(problem, dict) else None
    said = f": {detail[:500]}" if isinstance(detail, str) else ""
    return FetchError(
        f"the control plane answered {answer.status}{said}",
        status=answer.status,
        code=code if isinstance(code, str) else None,
    )
