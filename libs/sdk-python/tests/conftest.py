from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from licet import Licet
from licet._pace import Pace
from licet._snapshot import to_document
from licet.testing import MemoryControlPlane

QUICK = Pace(first=0.01, longest=0.05, refused=0.2, silence=5.0, poll=0.02, restream=60.0, report=15.0, upload=0.02, save=0.0)
KEY = "lct_test_secret"
Connect = Callable[..., Licet]
IS_OWNER = {
    "op": "eq",
    "args": [{"op": "var", "path": ["resource", "properties", "ownerId"]}, {"op": "var", "path": ["subject", "id"]}],
}


def allow(name: str, role: str, permission: str, condition: str | None = None, effect: str = "allow") -> dict[str, Any]:
    return {"id": name, "role": role, "permission": permission, "effect": effect, "condition": condition}


def assign(name: str, role: str, user: str | None = None, group: str | None = None, **more: Any) -> dict[str, Any]:
    row = {"id": name, "user": user, "group": group, "role": role, "tenant": "default", "resource": None}
    return {**row, "startsAt": None, "expiresAt": None, **more}


def user(name: str, *, enabled: bool = True, **attributes: Any) -> dict[str, Any]:
    return {"id": name, "enabled": enabled, "attributes": attributes}


def task_policy() -> dict[str, list[dict[str, Any]]]:
    """Everyone reads tasks and updates their own; `admin` does everything."""
    return {
        "tenants": [{"id": "default"}],
        "resource-types": [{"id": "task", "attributes": {"ownerId": "string"}}],
        "permissions": [{"id": f"task:{action}"} for action in ("create", "read", "update", "delete")],
        "conditions": [{"id": "is-owner", "tree": IS_OWNER}],
        "roles": [{"id": "user"}, {"id": "admin"}],
        "grants": [
            allow("g-read", "user", "task:read"),
            allow("g-update", "user", "task:update", "is-owner"),
            allow("g-all", "admin", "task:*"),
        ],
        "groups": [{"id": "everyone"}, {"id": "anyone"}],
        "users": [user("alice"), user("bob"), user("root")],
        "assignments": [assign("a-everyone", "user", group="everyone"), assign("a-root", "admin", user="root")],
    }


GRANT_DELETE = assign("a-alice", "admin", user="alice")


def changes_requests(plane: MemoryControlPlane) -> list[str]:
    return [headers.get("last-event-id", path) for _, path, headers in plane.requests if path.startswith("/replica/v1/changes")]


def snapshots_taken(plane: MemoryControlPlane) -> int:
    return sum(path == "/replica/v1/snapshot" for _, path, _ in plane.requests)


def held(licet: Licet) -> object:
    snapshot = licet._replica.snapshot
    return None if snapshot is None else to_document(snapshot)


@pytest.fixture
def plane() -> MemoryControlPlane:
    return MemoryControlPlane(task_policy())


@pytest.fixture
def connect(plane: MemoryControlPlane) -> Iterator[Callable[..., Licet]]:
    made: list[Licet] = []

    def make(**options: Any) -> Licet:
        licet = Licet(
            "http://licet.test", KEY, fetcher=options.pop("fetcher", plane), pace=options.pop("pace", QUICK), name="tests", **options
        )
        made.append(licet)
        return licet

    yield make
    plane.cut()
    for licet in made:
        licet.close()


@pytest.fixture
def licet(connect: Callable[..., Licet]) -> Licet:
    licet = connect()
    licet.wait_ready(5)
    return licet
