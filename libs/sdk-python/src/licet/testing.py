"""For the tests of applications: everything is real but the network.

A Licet that answers from an inline policy, written as in a policy file:

    licet = from_policy({"roles": {"clerk": {"grants": ["bill:read"]}}, "assignments": [{"user": "alice", "role": "clerk"}]})

pytest has it as the fixture `licet_policy`, which also closes it. A control plane in memory, whose policy is edited meanwhile:

    plane = MemoryControlPlane({"tenants": [{"id": "default"}], ...})
    licet = Licet("http://licet.test", "lct_test", fetcher=plane)
    licet.wait_ready()
    plane.commit(("grants", "g1", None))  # the grant `g1` is deleted
    licet.wait_ready(revision=plane.revision)
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

from licet._fetcher import ANSWER_LIMIT, Exchange, Response
from licet._memory_answers import answer, assigned, revoked
from licet._memory_stream import MemoryExchange, MemoryStream
from licet._pace import Pace
from licet._snapshot import Snapshot, apply_delta, create_snapshot, to_document
from licet._testing_matrix import assert_matrix
from licet._testing_policy import Policy, failed_tests, rows_of, snapshot_document
from licet._values import instant_text
from licet.client import Licet
from licet.errors import FetchError

__all__ = ["MemoryControlPlane", "assert_matrix", "failed_tests", "from_policy", "rows_of", "snapshot_document"]
_PATIENT: Final = Pace(silence=86_400.0)  # nothing ever comes after the policy
_JSON: Final = {"content-type": "application/json"}

Row = Mapping[str, Any]


def from_policy(policy: Policy, users: Iterable[str] = (), *, name: str = "tests") -> Licet:
    """Make a Licet that answers from a policy, at once and without a server.

    `policy` is as in a policy file, and `users` are registered besides those that it names; see `rows_of`, which raises ValueError.
    """
    plane = MemoryControlPlane(rows_of(policy, users))
    licet = Licet("http://licet.test", "lct_test", fetcher=plane, name=name, pace=_PATIENT)
    licet.wait_ready()
    return licet


class MemoryControlPlane:
    """Serves a policy to every Licet that has it as its `fetcher`.

    - `down`: True makes every request fail as if nobody were there; open streams are cut.
    - `refuse`: an HTTP status that every request is answered with, or None.
    - `streaming`: False answers a request for a stream with one page, as a proxy may.
    - `statuses`, `decisions`, `users`: what was reported, uploaded and synced.
    - `requests`: method, path and headers of every request.
    """

    def __init__(self, rows: Mapping[str, Sequence[Row]] | None = None, revision: int = 1) -> None:
        self._times: dict[int, str] = {}
        self._commits = 0
        self.snapshot: Snapshot = create_snapshot(snapshot_document(rows or {}, revision) | {"at": self._committed_at(revision)})
        self.down = False
        self.refuse: int | None = None
        self.streaming = True
        self.statuses: list[dict[str, Any]] = []
        self.decisions: list[dict[str, Any]] = []
        self.users: dict[str, dict[str, Any]] = {}
        self.requests: list[tuple[str, str, dict[str, str]]] = []
        self._deltas: dict[int, dict[str, Any]] = {}
        self._streams: list[MemoryStream] = []
        self._changed = threading.Condition(threading.RLock())

    @property
    def revision(self) -> int:
        """The newest revision."""
        return self.snapshot.revision

    def commit(self, *ops: tuple[str, str, Row | None], announce: bool = True) -> int:
        """Commit a change of (kind, id, row) operations, where None deletes; give its revision.

        `announce=False` keeps it from the streams that are open, as if an event were lost.
        """
        with self._changed:
            revision = self.revision + 1
            delta = {
                "revision": revision,
                "at": self._committed_at(revision),
                "ops": [{"kind": kind, "id": name, "row": row} for kind, name, row in ops],
            }
            self.snapshot = apply_delta(self.snapshot, delta)
            self._deltas[revision] = delta
            if announce:
                self.push(_event("change", delta, revision))
            self._changed.notify_all()
            return revision

    def replace(self, rows: Mapping[str, Sequence[Row]], revision: int) -> None:
        """Put another policy in place, with no way from here to there, as a restored backup is."""
        with self._changed:
            self._times = {known: at for known, at in self._times.items() if known < revision}
            self.snapshot = create_snapshot(snapshot_document(rows, revision) | {"at": self._committed_at(revision)})
            self._deltas = {}

    def forget(self) -> None:
        """Forget the changes up to now: whoever does not hold the newest revision must take a snapshot."""
        self._deltas = {}

    def heartbeat(self) -> None:
        """Send a heartbeat to all streams."""
        self.push(_event("heartbeat", {"revision": self.revision}))

    def push(self, piece: bytes) -> None:
        """Send bytes to all streams."""
        with self._changed:
            for stream in self._streams:
                stream.put(piece)

    def cut(self) -> None:
        """Break all streams."""
        with self._changed:
            for stream in self._streams:
                stream.put(FetchError("the stream broke off"))

    def go_down(self) -> None:
        """Become unreachable."""
        self.down = True
        self.cut()

    def come_back(self) -> None:
        """Be reachable again."""
        self.down = False

    @property
    def streams(self) -> int:
        """How many streams are open."""
        return len(self._streams)

    def wait_for(self, condition: Callable[[], Any], timeout: float = 10.0) -> None:
        """Wait until `condition()` is true, looking anew after every request. Raises TimeoutError."""
        until = time.monotonic() + timeout
        with self._changed:
            while not condition():
                if not self._changed.wait(min(0.05, max(0.0, until - time.monotonic()))) and time.monotonic() > until:
                    raise TimeoutError("it did not come about in time")

    # The Fetcher interface.

    def send(self, method: str, path: str, *, headers: Mapping[str, str], body: bytes | None, limit: int = ANSWER_LIMIT) -> Response:
        """Answer a request."""
        del limit
        with self._changed:
            self.requests.append((method, path, dict(headers)))
            self._changed.notify_all()
            if self.down:
                raise FetchError("cannot reach the control plane: connection refused")
            if self.refuse is not None:
                return _problem(self.refuse, "refused")
            document = json.loads(body) if body else {}
            return self._route(method, urlsplit(path).path, path, document)

    def open(self, path: str, *, headers: Mapping[str, str], silence: float, tick: float) -> MemoryStream:
        """Open the stream of changes."""
        came = self.send("GET", path, headers=headers, body=None)
        with self._changed:
            stream = MemoryStream(came, silence, tick, self.ended)
            if came.status == 200 and self.streaming:
                stream.headers = {"content-type": "text/event-stream"}
                since, _ = _held(path, headers)
                for revision in range(since + 1, self.revision + 1):
                    stream.put(_event("change", self._deltas[revision], revision))
                stream.put(_event("heartbeat", {"revision": self.revision}))
                self._streams.append(stream)
            else:
                stream.put(came.body)
                stream.put(None)
            self._changed.notify_all()
            return stream

    def begin(self, path: str, *, headers: Mapping[str, str], body: bytes) -> Exchange:
        """Answer a request, as soon as somebody looks for the answer."""
        return MemoryExchange(lambda: self.send("POST", path, headers=headers, body=body))

    def ended(self, stream: MemoryStream) -> None:
        """Forget a stream that its reader closed."""
        with self._changed:
            if stream in self._streams:
                self._streams.remove(stream)

    def reset(self) -> None:
        """Do nothing: there are no connections."""

    def close(self) -> None:
        """Do nothing: there are no connections."""

    def _route(self, method: str, route: str, path: str, document: Any) -> Response:
        if (method, route) == ("GET", "/replica/v1/snapshot"):
            return _json(to_document(self.snapshot))
        if (method, route) == ("GET", "/replica/v1/changes"):
            return self._page(*_held(path, {}))
        if route == "/replica/v1/status":
            self.statuses.append(document)
            return Response(204, {}, b"")
        if route == "/replica/v1/decisions":
            self.decisions.extend(document["decisions"])
            return _json({"accepted": len(document["decisions"]), "refused": []}, 202)
        if route == "/api/v1/users/sync":
            return self._sync(document["users"])
        if route == "/api/v1/resource-types/declare":
            return self._declare(document["permissions"], dry_run=document["dryRun"])
        if route in ("/api/v1/assignments/assign", "/api/v1/assignments/revoke"):
            ops = (assigned if route.endswith("assign") else revoked)(self.snapshot, document)
            return _json({"revision": self.commit(*ops) if ops else self.revision})
        said = answer(self.snapshot, route, document)
        return _problem(404, "not_found") if said is None else _json(said)

    def _committed_at(self, revision: int) -> str:
        """Give a time that no other commit has, which tells revisions of a number apart, before and after a restored backup."""
        self._commits += 1
        return self._times.setdefault(revision, instant_text(self._commits))

    def _page(self, since: int, at: str | None = None) -> Response:
        if since > self.revision:
            return _problem(409, "revision_ahead")
        if at is not None and at != self._times.get(since):
            return _problem(410, "revision_gone")
        wanted = range(since + 1, self.revision + 1)
        if any(revision not in self._deltas for revision in wanted):
            return _problem(410, "revision_gone")
        return _json({"revision": self.revision, "deltas": [self._deltas[revision] for revision in wanted], "more": False})

    def _sync(self, users: Sequence[Row]) -> Response:
        ops: list[tuple[str, str, Row | None]] = []
        for user in users:
            held = self.snapshot.rows["users"].get(user["id"]) or {"enabled": True, "attributes": {}}
            known = self.users.setdefault(user["id"], {name: held[name] for name in ("enabled", "attributes")})
            known.update({name: value for name, value in user.items() if name != "id"})
            ops.append(("users", user["id"], {"id": user["id"], "enabled": known["enabled"], "attributes": known["attributes"]}))
        return _json({"revision": self.commit(*ops), "created": 0, "updated": len(ops), "unchanged": 0})

    def _declare(self, permissions: Sequence[str], *, dry_run: bool) -> Response:
        types = {permission.partition(":")[0] for permission in permissions}
        created = [permission for permission in permissions if permission not in self.snapshot.permissions]
        others = sorted(name for name in self.snapshot.permissions if name.partition(":")[0] in types and name not in permissions)
        if created and not dry_run:
            known = self.snapshot.rows["resource-types"]
            missing = [("resource-types", name, {"id": name, "attributes": {}}) for name in sorted(types) if known.get(name) is None]
            self.commit(*missing, *(("permissions", name, {"id": name}) for name in created))
        return _json({"revision": self.revision, "created": created, "undeclared": others})


def _held(path: str, headers: Mapping[str, str]) -> tuple[int, str | None]:
    asked = parse_qs(urlsplit(path).query)
    return int(headers.get("last-event-id") or asked["since"][0]), next(iter(asked.get("at", [])), None)


def _event(name: str, data: Mapping[str, Any], revision: int | None = None) -> bytes:
    mark = f"id: {revision}\n" if revision is not None else ""
    return f"{mark}event: {name}\ndata: {json.dumps(data)}\n\n".encode()


def _json(document: Mapping[str, Any], status: int = 200) -> Response:
    return Response(status, _JSON, json.dumps(document).encode())


def _problem(status: int, code: str) -> Response:
    return _json({"type": f"urn:licet:error:{code}", "status": status, "code": code, "detail": f"this is {code}"}, status)
