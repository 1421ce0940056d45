"""The client that applications make one of, when they start."""

from __future__ import annotations

import atexit
import logging
import os
import sys
import threading
import uuid
import weakref
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any, Final, Literal

from licet._control_plane import ControlPlane
from licet._decision_log import DecisionLog
from licet._fetcher import Fetcher, base_url
from licet._http import HttpFetcher
from licet._local import Local
from licet._pace import Pace
from licet._process import process_mark
from licet._questions import Questions
from licet._remote import Remote
from licet._replica import Replica
from licet._snapshot_file import SnapshotFile
from licet._uploads import Uploads
from licet._version import SDK
from licet._writes import Writes
from licet.errors import ConfigError, FetchError

logger = logging.getLogger("licet")

Mode = Literal["local", "remote"]
WRITE_WAIT: Final = 2.0
"""Seconds that a write waits at most until the policy here knows it."""
_TIMEOUTS: Final[dict[Mode, float]] = {"local": 10.0, "remote": 2.0}


class Licet(Questions):
    """Answers who may do what. Make one for the whole process; all methods may be called from any thread.

    - `url`, `api_key`: of the control plane; absent, LICET_URL and LICET_API_KEY are read. The key never goes to another origin.
    - `mode`: `local` (a copy of the policy in this process, which follows every change) or `remote` (each check is a request).
    - `name`: what the console calls this application; absent, the name of the program.
    - `max_staleness`: seconds after which a policy that could not be brought up to date denies everything; absent, it never does.
    - `snapshot_path`: a file that keeps the policy, to start from while the control plane is away.
    - `decision_log`: whether local decisions are uploaded.
    - `timeout`: seconds that one request to the control plane may take: 10, or 2 in remote mode, unless said otherwise.

    Its attribute `users` keeps the application's users registered, see `Users.sync`.

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
        _demand_seconds(max_staleness, "LICET_MAX_STALENESS")
        _demand_seconds(timeout, "LICET_TIMEOUT")
        self.url = base_url(_setting(url, "LICET_URL", "the address of your Licet, such as `http://localhost:4000`"))
        key = _setting(api_key, "LICET_API_KEY", "a key from the console, under Apps & keys")
        self.mode = mode
        self.name = (name or os.environ.get("LICET_NAME") or Path(sys.argv[0]).stem or "python")[:128]
        self._instance = str(uuid.uuid4())
        self._told = set()
        self._plane = ControlPlane(fetcher if fetcher is not None else HttpFetcher(self.url, key, timeout or _TIMEOUTS[mode]))
        self._remote = Remote(self._plane)
        self._log = DecisionLog() if decision_log else None
        pace = pace or Pace()
        self._uploads = Uploads(self._plane, self._log if self._log is not None else DecisionLog(), pace=pace, status=self._status)
        file = SnapshotFile(snapshot_path, self.url) if snapshot_path and mode == "local" else None
        self._replica = Replica(self._plane, self._uploads, pace=pace, file=file)
        self._answers = self._remote if mode == "remote" else Local(self._replica, self._log, max_staleness)
        self._writes = Writes(self._plane, self._written)
        self.users = self._writes.users
        self._starting = threading.Lock()
        self._idle = True  # no thread follows yet
        self._closed = False
        self._is_own = process_mark()
        _clients.add(self)
        self._start()

    @property
    def closed(self) -> bool:
        """Whether `close` was called: what is held keeps answering, and follows no change."""
        return self._closed

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

    def wait_ready(self, timeout: float = 10.0, revision: int = 0, *, fresh: bool = False) -> None:
        """Wait for a policy (of at least `revision`), for programs that must not start without one.

        - `fresh`: one that the control plane has said to be the newest since this process began, and not only what `snapshot_path` kept:
          for commands, which decide once and end.

        Raises FetchError (it could not be got) or SnapshotError (what came is bad) after `timeout` seconds.
        """
        if self.mode == "remote":
            return
        self._point()
        if not self._replica.wait(revision, timeout, fresh=fresh):
            trouble = self._replica.trouble
            raise trouble if trouble is not None else FetchError(f"no policy arrived from {self.url} within {timeout} s")

    def assign(
        self,
        holder: Any,
        role: str,
        *,
        tenant: str | int | uuid.UUID = "default",
        resource: str | tuple[str, Any] | Mapping[str, Any] | None = None,
        starts_at: datetime | None = None,
        expires_at: datetime | None = None,
        reason: str = "",
    ) -> int:
        """Assign a role to a user (a subject as `check` takes it), or to a `Group`.

        Waits for the network, and in local mode, for 2 seconds at most, until the policy held here knows it. What is assigned already,
        for the same times, changes nothing.

        - `tenant`: where it counts; `"*"` for every tenant.
        - `resource`: the one resource that it counts for, as `"type:id"`, a (type, id) pair or a mapping with both.
        - `starts_at`, `expires_at`: from when and until when it is in force, with a time zone.
        - `reason`: for the audit trail, in which the API key stands as who did it.

        Gives the revision that knows it, for `at_least` of a check. Needs an API key with the role `licet.assigning-application`.
        Raises ValueError where an argument is not valid, FetchError where the control plane could not be reached or refused,
        SnapshotError where its answer is not valid.
        """
        return self._writes.assign(holder, role, tenant, resource, (starts_at, expires_at), reason)

    def revoke(
        self,
        holder: Any,
        role: str,
        *,
        tenant: str | int | uuid.UUID = "default",
        resource: str | tuple[str, Any] | Mapping[str, Any] | None = None,
        reason: str = "",
    ) -> int:
        """Revoke every assignment of a role to exactly this holder, tenant and resource, whatever its times. Otherwise as `assign`."""
        return self._writes.revoke(holder, role, tenant, resource, reason)

    def close(self) -> None:
        """Stop following, and upload what is left of the decision log. What is held keeps answering."""
        if self._closed:
            return
        self._closed = True
        _clients.discard(self)
        self._replica.close()
        if self._log is not None and len(self._log) > 0:
            logger.warning("closed with %d decisions that could not be uploaded", len(self._log))
        self._plane.fetcher.close()

    def __enter__(self) -> Licet:  # noqa: PYI034 -- Self came with Python 3.11
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _point(self) -> Local | Remote:
        if not self._is_own():
            self._forked_in_secret()
        if self._idle:
            self._start()
        return self._answers

    def _written(self, revision: int) -> None:
        """Wait until a write is known here, but not for long: `at_least` and the answers themselves say when it is."""
        if self.mode == "local" and not self._closed:
            self._point()
            self._replica.wait(revision, WRITE_WAIT)

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
            self._idle = False

    def _forked(self) -> None:
        """Become a replica of one's own in a forked process."""
        self._instance = str(uuid.uuid4())
        self._plane.fetcher.reset()
        if self._log is not None:
            self._log.clear()
        self._uploads.reset()
        self._replica.reset()
        self._starting = threading.Lock()
        self._idle = True
        self._is_own = process_mark()

    def _forked_in_secret(self) -> None:
        """Deny in a process that was forked without Python's knowledge: no thread follows here, and none may start.

        A policy that follows no edit would go on allowing what was revoked.
        """
        self._forked()
        self._idle = False
        if self.mode == "local":
            self._replica = Replica(self._plane, self._uploads, pace=Pace())
            self._replica.close()
            self._answers = Local(self._replica, None, None)
            self._replica.trouble = ConfigError(
                "this process was forked without telling Python, so that nothing follows the policy here; every check is denied. "
                "Start uWSGI with --lazy-apps, or with --enable-threads and --py-call-uwsgi-fork-hooks"
            )
            logger.error("%s", self._replica.trouble)


_clients: weakref.WeakSet[Licet] = weakref.WeakSet()


def _demand_seconds(value: object, variable: str) -> None:
    seconds = isinstance(value, (int, float)) and not isinstance(value, bool) and value > 0
    if value is not None and not seconds:
        raise ConfigError(f"{variable} is {value!r}; it must be a number of seconds greater than 0, or absent")


def _setting(given: str | None, variable: str, what: str) -> str:
    value = (given or os.environ.get(variable) or "").strip()
    if not value:
        raise ConfigError(f"{variable} is not set; set it to {what}")
    return value


def _after_fork() -> None:
    for client in list(_clients):
        client._forked()
        # At once: with the first question it would be answered from the policy of when the process was forked, however long ago.
        with suppress(RuntimeError):  # no room for a thread; the first question tries again
            client._start()


def _close_all() -> None:
    for client in list(_clients):
        client.close()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
atexit.register(_close_all)
