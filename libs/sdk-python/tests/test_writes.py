"""What applications write is known here when the call comes back."""

from __future__ import annotations

from datetime import datetime, timezone

import pytest

from conftest import Connect
from licet import FetchError, Group, Licet
from licet.testing import MemoryControlPlane

THEN = datetime(2100, 1, 1, tzinfo=timezone.utc)


def test_users_that_were_synced_are_known_when_the_call_comes_back(plane: MemoryControlPlane, licet: Licet) -> None:
    for number in range(20):
        revision = licet.users.sync([f"new-{number}"])
        assert licet.check(f"new-{number}", "task:read", at_least=revision)


def test_a_role_that_was_assigned_is_in_force_when_the_call_comes_back(plane: MemoryControlPlane, licet: Licet) -> None:
    revision = licet.assign("alice", "admin", reason="she asked")
    assert licet.check("alice", "task:delete", at_least=revision)
    assert licet.assign("alice", "admin") == revision
    assert not licet.check("alice", "task:delete", at_least=licet.revoke("alice", "admin"))


def test_a_role_is_assigned_to_a_group_a_resource_and_a_time(plane: MemoryControlPlane, licet: Licet) -> None:
    licet.assign(Group("anyone"), "admin", resource=("task", 7), tenant="*", expires_at=THEN)
    row = next(row for row in plane.snapshot.rows["assignments"].values() if row["group"] == "anyone")
    assert (row["user"], row["resource"], row["tenant"], row["startsAt"], row["expiresAt"]) == (
        None,
        "task:7",
        "*",
        None,
        "2100-01-01T00:00:00+00:00",
    )
    assert licet.check("stranger", "task:delete", "7")
    assert not licet.check("stranger", "task:delete", "8")
    licet.revoke(Group("anyone"), "admin", resource="task:7", tenant="*")
    assert not licet.check("stranger", "task:delete", "7")


def test_a_time_without_a_zone_is_refused_before_anything_is_sent(plane: MemoryControlPlane, licet: Licet) -> None:
    with pytest.raises(ValueError, match="expires_at"):
        licet.assign("alice", "admin", expires_at=THEN.replace(tzinfo=None))
    assert plane.revision == 1


def test_a_write_does_not_wait_for_long_where_changes_do_not_come_through(
    plane: MemoryControlPlane, licet: Licet, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("licet.client.WRITE_WAIT", 0.05)
    plane.wait_for(lambda: plane.streams == 1)
    monkeypatch.setattr(plane, "push", lambda _: None)
    revision = licet.users.sync(["zoe"])
    assert licet.check("zoe", "task:read", at_least=revision).reason == "stale"


def test_a_write_that_is_refused_raises(plane: MemoryControlPlane, connect: Connect) -> None:
    licet = connect()
    licet.wait_ready(5)
    plane.refuse = 403
    with pytest.raises(FetchError, match="403"):
        licet.assign("alice", "admin")
    with pytest.raises(FetchError, match="403"):
        licet.revoke("alice", "admin")
    with pytest.raises(FetchError, match="403"):
        licet.users.sync(["zoe"])
    plane.refuse = None


def test_in_remote_mode_the_revision_holds_for_the_next_question(plane: MemoryControlPlane, connect: Connect) -> None:
    licet = connect(mode="remote")
    revision = licet.assign("alice", "admin")
    assert licet.check("alice", "task:delete", at_least=revision)


def test_a_single_user_in_place_of_a_list_is_refused_before_anything_is_sent(plane: MemoryControlPlane, licet: Licet) -> None:
    before = licet.revision
    for users in ("bobby", {"id": "bobby"}, [5], [object()]):
        with pytest.raises(ValueError, match="user"):
            licet.users.sync(users)  # type: ignore[arg-type]
    assert licet.revision == before


def test_a_resource_of_an_assignment_is_named_in_each_of_the_usual_ways(plane: MemoryControlPlane, licet: Licet) -> None:
    for resource in ("task:t1", ("task", "t1"), {"type": "task", "id": "t1"}):
        revision = licet.assign("alice", "admin", resource=resource)
        assert licet.check("alice", "task:delete", "t1", at_least=revision)
        assert not licet.check("alice", "task:delete", "t2")
        licet.revoke("alice", "admin", resource=resource)
    for wrong in (("task",), ("task", None), {"id": "t1"}, 5):
        with pytest.raises(ValueError, match="resource"):
            licet.assign("alice", "admin", resource=wrong)  # type: ignore[arg-type]


def test_a_time_that_is_a_text_is_refused(licet: Licet) -> None:
    with pytest.raises(ValueError, match="expires_at must be a datetime"):
        licet.assign("alice", "admin", expires_at="2030-01-01")  # type: ignore[arg-type]
