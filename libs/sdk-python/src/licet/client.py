"""The client that applications make one of, when they start."""

from __future__ import annotations

import atexit
import logging
import os
import sys
import threading
import time
import uuid
import weakref
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Final, Literal

from licet._control_plane import ControlPlane
from licet._decision_log import DecisionLog
from licet._engine import DEFAULT_TENANT, decide, tenant_of
from licet._fetcher import Fetcher, HttpFetcher, base_url
from licet._pace import Pace
from licet._question import question
from licet._remote import Remote
from licet._replica import Replica
from licet._snapshot import Snapshot
from licet._snapshot_file import SnapshotFile
from licet._uploads import Uploads
from licet._users import Users
from licet._version import SDK
from licet.decision import Decision
from licet.errors import ConfigError, FetchError, Forbidden

logger = logging.getLogger("licet")

Mode = Literal["local", "remote"]
CLOSE_TIMEOUT: Final = 3.0
_TIMEOUTS: Final[dict[Mode, float]] = {"local": 10.0, "remote": 2.0}


class Licet:
    """Answers who may do what. Make one for the whole process; all methods may be called from any thread.

    - `url`, `api_key`: of the control plane; absent, LICET_URL and LICET_API_KEY are read. The key never goes to another origin.
    - `mode`: `local` (a copy of the policy in this process, which follows every change) or `remote` (each check is a request).
    - `name`: what the console calls this application; absent, the name of the program.
    - `max_staleness`: seconds after which a policy that could not be brought up to date denies everything; absent, it never does.
    - `snapshot_path`: a file that keeps the policy, to start from while the control plane is away.
    - `decision_log`: whether local decisions are uploaded.
    - `timeout`: seconds that one request to the control plane may take: 10, or 2 in remote mode, unless said otherwise.
    - `users`: keeps the application's users registered, see `Users.sync`.

    Raises ConfigError where a setting is missing or not valid.
    """

    def __init__(
        self,
        url: str | None = None,
        api_key: str | None = None,
        *,
        mode: Mode = "local",
        name: str | None = None,
        max_staleness: float | None = None,
        snapshot_path: str | os.PathLike[str] | None = None,
        decision_log: bool = True,
        timeout: float | None = None,
        fetcher: Fetcher | None = None,
        pace: Pace | None = None,
    ) -> None:
        if mode not in ("local", "remote"):
            raise ConfigError(f"LICET_MODE is {mode!r}; it must be `local` or `remote`")
        if max_staleness is not None and not max_staleness > 0:
            raise ConfigError("LICET_MAX_STALENESS must be a number of seconds greater than 0, or absent")
        self.url = base_url(_setting(url, "LICET_URL", "the address of your Licet, such as `http://localhost:4000`"))
        key = _setting(api_key, "LICET_API_KEY", "a key from the console, under API keys")
        self.mode = mode
        self.name = (name or os.environ.get("LICET_NAME") or Path(sys.argv[0]).stem or "python")[:128]
        self._max_staleness = max_staleness
        self._instance = str(uuid.uuid4())
        self._plane = ControlPlane(fetcher if fetcher is not None else HttpFetcher(self.url, key, timeout or _TIMEOUTS[mode]))
        self._remote = Remote(self._plane)
        self._log = DecisionLog() if decision_log else None
        pace = pace or Pace()
        self._uploads = Uploads(self._plane, self._log if self._log is not None else DecisionLog(), pace=pace, status=self._status)
        file = SnapshotFile(snapshot_path, self.url) if snapshot_path is not None and mode == "local" else None
        self._replica = Replica(self._plane, pace=pace, file=file, on_change=self._uploads.nudge)
        self.users = Users(self._plane)
        self._starting = threading.Lock()
        self._idle = True  # no thread follows yet
        self._closed = False
        _clients.add(self)
        self._start()

    def check(
        self,
        subject: Any,
        permission: str,
        resource: Any = None,
        context: Any = None,
        at_least: int | None = None,
        *,
        tenant: str | None = None,
        log: bool = True,
    ) -> Decision:
        """Ask whether `subject` has `permission` on `resource`. Never raises; in local mode never waits on the network.

        - `subject`: a user key (`"alice"`, `"service:bob"`), a (type, id) pair, a mapping with `id`, or an object with an id.
        - `permission`: `type:action`, such as `"task:update"`.
        - `resource`: absent for a question about the type as a whole; an id; a mapping with `id` and attributes; or an object
          with an id, whose class says by a method `__licet__` which attributes it has.
        - `context`: attributes of the situation, as a mapping.
        - `at_least`: a revision that the answer must know, to read one's own writes; before it arrived, the answer is `stale`.
        - `tenant`: the tenant that the question is about; short for the attribute `tenant` of the resource.
        - `log`: False keeps the decision out of the decision log, for questions that only decide what a page shows.

        The answer is true in a condition only when the permission is given.
        """
        request = self._question(subject, permission, resource, context, tenant)
        return request if isinstance(request, Decision) else self._decide([request], at_least, log)[0]

    def check_many(
        self,
        subject: Any,
        questions: Iterable[str | tuple[str, Any]],
        context: Any = None,
        at_least: int | None = None,
        *,
        tenant: str | None = None,
        log: bool = True,
    ) -> list[Decision]:
        """Ask several questions about one subject: each a permission, or a (permission, resource) pair as `check` takes them.

        Gives as many answers as there are questions, in their order; in local mode all from one revision.
        """
        asked = [item if isinstance(item, tuple) and len(item) == 2 else (item, None) for item in questions]
        requests = [self._question(subject, permission, resource, context, tenant) for permission, resource in asked]
        came = iter(self._decide([item for item in requests if not isinstance(item, Decision)], at_least, log))
        return [item if isinstance(item, Decision) else next(came) for item in requests]

    def require(
        self,
        subject: Any,
        permission: str,
        resource: Any = None,
        context: Any = None,
        at_least: int | None = None,
        *,
        tenant: str | None = None,
    ) -> Decision:
        """Ask as `check` does, and raise Forbidden unless the permission is given. For services, jobs and command lines."""
        decision = self.check(subject, permission, resource, context, at_least, tenant=tenant)
        if not decision:
            raise Forbidden(permission if isinstance(permission, str) else repr(permission), decision)
        return decision

    @property
    def ready(self) -> bool:
        """Whether there is a policy to answer from. In remote mode always true."""
        return self.mode == "remote" or self._replica.snapshot is not None

    @property
    def revision(self) -> int:
        """The revision of the policy that is held, or was last heard of in remote mode; 0 for none."""
        if self.mode == "remote":
            return self._remote.revision
        snapshot = self._replica.snapshot
        return snapshot.revision if snapshot is not None else 0

    @property
    def age(self) -> float | None:
        """Seconds since the policy was known to be the newest one; None where none is held."""
        return self._replica.age if self.mode == "local" and self._replica.snapshot is not None else None

    @property
    def trouble(self) -> str | None:
        """Why the control plane cannot be followed just now, or None where all is well."""
        if self.mode == "remote":
            return self._remote.trouble
        return str(self._replica.trouble) if self._replica.trouble is not None else None

    def wait_ready(self, timeout: float = 10.0, revision: int = 0) -> None:
        """Wait for a policy (of at least `revision`), for programs that must not start without one.

        Raises FetchError (it could not be got) or SnapshotError (what came is bad) after `timeout` seconds.
        """
        if self.mode == "remote":
            return
        if self._idle:
            self._start()
        if not self._replica.wait(revision, timeout):
            trouble = self._replica.trouble
            raise trouble if trouble is not None else FetchError(f"no policy arrived from {self.url} within {timeout} s")

    def close(self) -> None:
        """Stop following, and upload what is left of the decision log. What is held keeps answering."""
        if self._closed:
            return
        self._closed = True
        _clients.discard(self)
        self._replica.close(CLOSE_TIMEOUT)
        if self.mode == "local":
            self._uploads.close(CLOSE_TIMEOUT)
        self._plane.fetcher.close()

    def __enter__(self) -> Licet:  # noqa: PYI034 -- Self came with Python 3.11
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _decide(self, requests: Sequence[dict[str, Any]], at_least: int | None, log: bool) -> list[Decision]:
        try:
            if self.mode == "remote":
                return self._remote.evaluate_many(requests, at_least)
            if self._idle:
                self._start()
            held = self._replica.snapshot
            return [self._answer(held, request, at_least, log) for request in requests]
        except Exception:
            logger.exception("a check met an error of its own, and is denied")
            return [Decision(False, "invalid_request", message="internal error, see the application's log") for _ in requests]

    def _question(self, subject: Any, permission: str, resource: Any, context: Any, tenant: str | None) -> dict[str, Any] | Decision:
        try:
            return question(subject, permission, resource, context, tenant)
        except Exception as error:  # an application's own objects may raise anything
            logger.warning("the question for %r is not valid, and is denied: %s", permission, error)
            return Decision(False, "invalid_request", revision=self.revision, age=self.age, message=str(error))

    def _answer(self, snapshot: Snapshot | None, request: dict[str, Any], at_least: int | None, log: bool) -> Decision:
        now = time.time_ns() // 1_000_000
        if snapshot is None:
            decision, tenant = Decision(False, "not_ready"), DEFAULT_TENANT
        else:
            age = self._replica.age
            late = self._max_staleness is not None and age > self._max_staleness
            if late or (at_least is not None and snapshot.revision < at_least):
                decision = Decision(False, "stale", revision=snapshot.revision)
            else:
                decision = decide(snapshot, request, now)
            decision.age = age
            tenant = tenant_of(snapshot, request) if self._log is not None and log else DEFAULT_TENANT
        if decision.reason == "invalid_request":
            decision.message = "type, id and action must be texts, the id of 1 to 256 characters without control characters"
            logger.warning("%s is no valid question: %s", request, decision.message)
        elif self._log is not None and log:
            self._log.add(now, request, tenant, decision)
        return decision

    def _status(self) -> dict[str, Any]:
        age = self.age
        return {
            "instance": self._instance,
            "name": self.name,
            "sdk": SDK,
            "revision": self.revision,
            "ageMs": round((age or 0.0) * 1000),
        }

    def _start(self) -> None:
        with self._starting:
            if self._idle and self.mode == "local" and not self._closed:
                self._replica.start()
                self._uploads.start()
            self._idle = False

    def _forked(self) -> None:
        """Become a replica of one's own in a forked process; the threads start with the first use."""
        self._instance = str(uuid.uuid4())
        self._plane.fetcher.reset()
        if self._log is not None:
            self._log.clear()
        self._uploads.reset()
        self._replica.reset()
        self._starting = threading.Lock()
        self._idle = True


_clients: weakref.WeakSet[Licet] = weakref.WeakSet()


def _setting(given: str | None, variable: str, what: str) -> str:
    value = (given or os.environ.get(variable) or "").strip()
    if not value:
        raise ConfigError(f"{variable} is not set; set it to {what}")
    return value


def _after_fork() -> None:
    for client in list(_clients):
        client._forked()


def _close_all() -> None:
    for client in list(_clients):
        client.close()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
atexit.register(_close_all)
