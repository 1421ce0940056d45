from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timezone
from typing import Any

import pytest

from licet import Licet
from licet.testing import failed_tests, from_policy, rows_of

POLICY: dict[str, Any] = {
    "licet": 1,
    "tenants": {"acme": None},
    "conditions": {"is-owner": {"expression": "resource.properties.ownerId == subject.id"}},
    "roles": {
        "viewer": {"grants": ["task:read"]},
        "member": {
            "inherits": ["viewer"],
            "grants": [
                {"permission": "task:update", "when": "is-owner"},
                {"permission": "task:update", "effect": "deny", "when": "resource.properties.archived"},
            ],
        },
        "robot": {"grants": ["task:*"]},
    },
    "groups": {"staff": {"members": ["alice"]}},
    "users": {"alice": {}, "dora": {"enabled": False}, "bob": {"type": "service"}},
    "resources": [{"type": "task", "id": "kept", "attributes": {"ownerId": "alice", "archived": True}}],
    "assignments": [
        {"group": "staff", "role": "member"},
        {"group": "everyone", "role": "viewer"},
        {"user": "bob", "role": "robot", "tenant": "acme"},
        {"user": "carl", "role": "member", "until": datetime(2020, 1, 1, tzinfo=timezone.utc)},
    ],
}
OWN = {"id": "t1", "ownerId": "alice", "archived": False}


def test_a_policy_answers_without_a_server(licet_policy: Callable[..., Licet]) -> None:
    licet = licet_policy(POLICY, ["zoe"])
    asked = {
        "a member of a group": licet.check("alice", "task:update", OWN),
        "not an own one": licet.check("alice", "task:update", {**OWN, "ownerId": "zoe"}),
        "an archived one": licet.check("alice", "task:update", {**OWN, "archived": True}),
        "a registered one": licet.check("alice", "task:update", "kept"),
        "everyone": licet.check("zoe", "task:read"),
        "a stranger": licet.check("mallory", "task:read"),
        "disabled": licet.check("dora", "task:read"),
        "a service in its tenant": licet.check("service:bob", "task:update", OWN, tenant="acme"),
        "a service elsewhere": licet.check("service:bob", "task:update", OWN),
        "no longer": licet.check("carl", "task:update", {**OWN, "ownerId": "carl"}),
        "an action that nobody named": licet.check("alice", "task:fly"),
        "a tenant that nobody named": licet.check("alice", "task:read", tenant="nowhere"),
    }
    assert {name: decision.reason for name, decision in asked.items()} == {
        "a member of a group": "allowed_by_grant",
        "not an own one": "no_matching_grant",
        "an archived one": "denied_by_grant",
        "a registered one": "denied_by_grant",
        "everyone": "allowed_by_grant",
        "a stranger": "unknown_subject",
        "disabled": "disabled_subject",
        "a service in its tenant": "allowed_by_grant",
        "a service elsewhere": "no_matching_grant",
        "no longer": "no_matching_grant",
        "an action that nobody named": "unknown_action",
        "a tenant that nobody named": "unknown_tenant",
    }


def test_it_closes_like_any_other() -> None:
    with from_policy({"roles": {"viewer": {"grants": ["task:read"]}}}, ["alice"]) as licet:
        assert licet.ready
        assert not licet.check("alice", "task:read")


@pytest.mark.parametrize(
    ("policy", "named"),
    [
        ({"role": {}}, "no `role`"),
        ({"roles": {"a": {"grant": []}}}, r"roles\.a has no `grant`"),
        ({"roles": {"a": {"inherits": ["b"]}}}, r"roles\.a\.inherits: there is no `b`"),
        ({"roles": {"a": {"grants": [{"permission": "t:r", "when": "is-owner"}]}}}, "there is no condition `is-owner`"),
        ({"conditions": {"c": "subject.id =="}}, r"conditions\.c: cannot read"),
        ({"assignments": [{"user": "a", "role": "b"}]}, r"assignments\[0\]: there is no `b`"),
        ({"roles": {"a": {}}, "assignments": [{"role": "a"}]}, "either a `user` or a `group`"),
        ({"roles": {"a": {}}, "assignments": [{"user": "x", "role": "a", "tenant": "t"}]}, "no `t` in tenants"),
        ({"roles": {"a": {}}, "assignments": [{"group": "g", "role": "a"}]}, "no `g` in groups"),
        ({"resourceTypes": {"task": {"actions": ["read"]}}, "roles": {"a": {"grants": ["task:raed"]}}}, "no `task:raed`"),
    ],
)
def test_a_mistake_in_a_policy_is_named_and_not_guessed_over(policy: dict[str, Any], named: str) -> None:
    with pytest.raises(ValueError, match=named):
        rows_of(policy)


def test_the_tests_of_a_policy_file_are_run() -> None:
    def ask(subject: Any, action: str, **more: Any) -> dict[str, Any]:
        return {"subject": subject, "action": action, "resource": {"type": "task", "id": "t1", "properties": OWN}, **more}

    tests = [
        {"name": "one", "ask": ask("alice", "update"), "expect": "allow"},
        {"name": "two", "ask": ask("zoe", "read"), "expect": "allow"},
        {"name": "three", "ask": ask({"type": "user", "id": "mallory"}, "read"), "expect": "deny", "reason": "unknown_subject"},
        {"name": "four", "ask": ask("carl", "read", now="2019-01-01T00:00:00Z"), "expect": "allow"},
    ]
    assert failed_tests({**POLICY, "tests": tests}) == []
    wrong = [{**test, "expect": "deny" if test["expect"] == "allow" else "allow"} for test in tests]
    assert failed_tests({**POLICY, "tests": [*wrong, {**tests[2], "reason": "no_matching_grant"}]}) == [
        "one: allow (allowed_by_grant)",
        "two: allow (allowed_by_grant)",
        "three: deny (unknown_subject)",
        "four: allow (allowed_by_grant)",
        "three: deny (unknown_subject)",
    ]
