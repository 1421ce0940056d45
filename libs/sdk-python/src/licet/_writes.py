"""What applications change: their own users, and who has which role. Every write waits for the network, and gives its revision."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from licet._control_plane import ControlPlane
from licet._engine import user_key
from licet._question import resource_of, subject_of, tenant_id
from licet.errors import SnapshotError

_BATCH: Final = 1000


@dataclass(frozen=True)
class Group:
    """A group, where a role is assigned to all its members: `licet.assign(Group("support"), "viewer")`."""

    id: str


class Users:
    """The users of the application, as the control plane knows them."""

    def __init__(self, plane: ControlPlane, written: Callable[[int], None]) -> None:
        self._plane = plane
        self._written = written

    def sync(self, users: Iterable[str | Mapping[str, Any]]) -> int:
        """Register users, or bring them up to date.

        Each user is a user key (`"alice"`) or a mapping with `id` and whatever is to be set of `name`, `enabled` and
        `attributes`; what is not given stays as it is, `attributes` are replaced as a whole. Waits for the network, and in local mode,
        for 2 seconds at most, until the policy held here knows them.

        Gives the revision that knows them, for `at_least` of a check. Raises ValueError where a user is not valid, FetchError
        where the control plane could not be reached or refused, SnapshotError where its answer is not valid.
        """
        if isinstance(users, (str, Mapping)):
            raise ValueError("users must be a list of users; put the one in brackets")
        rows = [_row(user) for user in users]
        revision = 0
        for start in range(0, len(rows), _BATCH):
            revision = _revision(self._plane.write("users/sync", {"users": rows[start : start + _BATCH]}))
        self._written(revision)
        return revision


class Writes:
    """Writes to the control plane; `written` is called with the revision of each."""

    def __init__(self, plane: ControlPlane, written: Callable[[int], None]) -> None:
        self._plane = plane
        self._written = written
        self.users = Users(plane, written)

    def assign(
        self, holder: Any, role: str, tenant: Any, resource: Any, times: tuple[datetime | None, datetime | None], reason: str
    ) -> int:
        starts, expires = times
        asked = _assignment(holder, role, tenant, resource, reason)
        return self._write(
            "assignments/assign", {**asked, "startsAt": _time(starts, "starts_at"), "expiresAt": _time(expires, "expires_at")}
        )

    def revoke(self, holder: Any, role: str, tenant: Any, resource: Any, reason: str) -> int:
        return self._write("assignments/revoke", _assignment(holder, role, tenant, resource, reason))

    def _write(self, path: str, document: Mapping[str, Any]) -> int:
        revision = _revision(self._plane.write(path, document))
        self._written(revision)
        return revision


def _assignment(holder: Any, role: str, tenant: Any, resource: Any, reason: str) -> dict[str, Any]:
    if isinstance(holder, Group):
        made: dict[str, Any] = {"group": holder.id}
    else:
        entity = subject_of(holder)
        made = {"user": user_key(entity["type"], entity["id"])}
    return {**made, "role": role, "tenant": tenant_id(tenant), "resource": _resource_key(resource), "reason": reason}


def _resource_key(resource: Any) -> str | None:
    if resource is None or isinstance(resource, str):
        return resource
    pair = (resource.get("type"), resource.get("id")) if isinstance(resource, Mapping) else resource
    if not isinstance(pair, tuple) or len(pair) != 2 or not isinstance(pair[0], str) or pair[1] is None:
        raise ValueError("resource must be `type:id`, a (type, id) pair or a mapping with both")
    return f"{pair[0]}:{resource_of(pair, pair[0])['id']}"


def _time(at: datetime | None, name: str) -> str | None:
    if at is None:
        return None
    if not isinstance(at, datetime):
        raise ValueError(f"{name} must be a datetime, not {type(at).__name__}")
    if at.tzinfo is None:
        raise ValueError(f"{name} is a datetime without a time zone; give it one, for instance timezone.utc")
    return at.isoformat()


def _revision(answer: Mapping[str, Any]) -> int:
    found = answer.get("revision")
    if not isinstance(found, int) or isinstance(found, bool):
        raise SnapshotError("the control plane answered a write without a `revision`")
    return found


def _row(user: str | Mapping[str, Any]) -> dict[str, Any]:
    if isinstance(user, str):
        return {"id": user}
    if not isinstance(user, Mapping):
        raise ValueError(f"a user is a user key or a mapping with `id`, not a {type(user).__name__}")
    entity = subject_of({"id": user.get("id"), "type": user.get("type", "user"), "properties": user.get("attributes")})
    key = user.get("id") if "type" not in user and isinstance(user.get("id"), str) else user_key(entity["type"], entity["id"])
    row: dict[str, Any] = {"id": key}
    for member in ("name", "enabled"):
        if member in user:
            row[member] = user[member]
    if "attributes" in user:
        row["attributes"] = entity.get("properties", {})
    return row
