"""What is gathered for a question, and kept with the snapshot."""

from __future__ import annotations

from typing import Any

import pytest

from conftest import assign, task_policy, user
from licet._engine import decide
from licet._snapshot import apply_delta, create_snapshot
from licet.testing import snapshot_document
from test_engine import ask


def test_what_is_known_of_one_question_says_nothing_about_another() -> None:
    policy = task_policy()
    policy["tenants"].append({"id": "acme"})
    policy["users"] += [user("a:b:c"), user("former", enabled=False)]
    policy["resources"] = [{"id": "task:t2", "tenant": "acme", "attributes": {}}]
    policy["assignments"] += [
        assign("a-typed", "admin", user="a:b:c"),
        assign("a-acme", "admin", user="bob", tenant="acme"),
        assign("a-t1", "admin", user="alice", resource="task:t1", startsAt="1970-01-01T00:00:01Z", expiresAt="1970-01-01T00:00:02Z"),
    ]
    snapshot = create_snapshot(snapshot_document(policy))

    def asked(subject: Any, task: str = "t1", now: int = 1500, action: str = "delete", **more: Any) -> str:
        request = ask("x", action, task=task, **more)
        request["subject"] = subject if isinstance(subject, dict) else {"type": "user", "id": subject}
        return decide(snapshot, request, now).reason

    for _ in range(2):  # the second time of what was gathered the first time
        assert asked({"type": "a", "id": "b:c"}) == "allowed_by_grant"
        assert asked({"type": "a:b", "id": "c"}) == "unknown_subject"
        assert [asked("alice", now=now) for now in (999, 1000, 1999, 2000)] == [
            "no_matching_grant",
            *["allowed_by_grant"] * 2,
            "no_matching_grant",
        ]
        assert [asked("alice", task="t3"), asked("alice", action="archive")] == ["no_matching_grant", "unknown_action"]
        assert [asked("bob"), asked("bob", task="t2"), asked("bob", context={"tenant": "acme"})] == [
            "no_matching_grant",
            "allowed_by_grant",
            "allowed_by_grant",
        ]
        assert asked("root", context={"tenant": "nowhere"}) == "unknown_tenant"
        assert [asked("former", action="read"), asked("nobody", action="read")] == ["disabled_subject", "unknown_subject"]


def test_an_edit_leaves_nothing_of_what_was_gathered_before() -> None:
    before = create_snapshot(snapshot_document(task_policy()))
    assert decide(before, ask("root", "delete"), 0)
    disabled = apply_delta(before, {"revision": 2, "ops": [{"kind": "users", "id": "root", "row": user("root", enabled=False)}]})
    assert decide(disabled, ask("root", "delete"), 0).reason == "disabled_subject"
    revoked = apply_delta(before, {"revision": 2, "ops": [{"kind": "assignments", "id": "a-root", "row": None}]})
    assert decide(revoked, ask("root", "delete"), 0).reason == "no_matching_grant"
    assert decide(before, ask("root", "delete"), 0)


def test_what_is_gathered_is_bounded_and_strangers_take_no_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("licet._candidates.ROOM", 20)
    policy = task_policy()
    policy["users"] += [user(f"u{number}") for number in range(100)]
    snapshot = create_snapshot(snapshot_document(policy))
    for number in range(100):
        assert decide(snapshot, ask(f"u{number}", "read"), 0)
        assert len(snapshot.candidates) <= 10
    snapshot = create_snapshot(snapshot_document(policy))
    for number in range(100):
        assert decide(snapshot, ask(f"stranger{number}", "read", {"tenant": f"tenant{number}"}), 0).reason == "unknown_tenant"
        assert decide(snapshot, ask(f"stranger{number}", "read"), 0).reason == "unknown_subject"
    assert len(snapshot.candidates) == 1
