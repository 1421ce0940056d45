"""Keeps the application's users registered."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from licet._control_plane import ControlPlane
from licet._engine import user_key
from licet._question import subject_of
from licet.errors import SnapshotError

_BATCH: Final = 1000


class Users:
    """The users of the application, as the control plane knows them."""

    def __init__(self, plane: ControlPlane) -> None:
        self._plane = plane

    def sync(self, users: Iterable[str | Mapping[str, Any]]) -> int:
        """Register users, or bring them up to date. Waits for the network.

        Each user is a user key (`"alice"`) or a mapping with `id` and whatever is to be set of `name`, `enabled` and
        `attributes`; what is not given stays as it is, `attributes` are replaced as a whole.

        Gives the revision that knows them, for `at_least` of a check. Raises ValueError where a user is not valid, FetchError
        where the control plane could not be reached or refused, SnapshotError where its answer is not valid.
        """
        rows = [_row(user) for user in users]
        revision = 0
        for start in range(0, len(rows), _BATCH):
            answer = self._plane.sync_users(rows[start : start + _BATCH])
            found = answer.get("revision")
            if not isinstance(found, int) or isinstance(found, bool):
                raise SnapshotError("the control plane answered the sync of users without a `revision`")
            revision = found
        return revision


def _row(user: str | Mapping[str, Any]) -> dict[str, Any]:
    if isinstance(user, str):
        return {"id": user}
    entity = subject_of({"id": user.get("id"), "type": user.get("type", "user"), "properties": user.get("attributes")})
    key = user.get("id") if "type" not in user and isinstance(user.get("id"), str) else user_key(entity["type"], entity["id"])
    row: dict[str, Any] = {"id": key}
    for member in ("name", "enabled"):
        if member in user:
            row[member] = user[member]
    if "attributes" in user:
        row["attributes"] = entity.get("properties", {})
    return row
