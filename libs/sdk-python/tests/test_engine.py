from __future__ import annotations

import copy
import random
from collections.abc import Callable
from typing import Any

import pytest

from conftest import IS_OWNER, allow, assign, task_policy, user
from licet._engine import decide, parse_user_key, tenant_of, user_key
from licet._explain import explain
from licet._plan import filter_plan
from licet._rows import KINDS
from licet._search import search_actions, search_resources, search_subjects
from licet._snapshot import apply_delta, create_snapshot, to_document
from licet.errors import SnapshotError
from licet.testing import snapshot_document


def ask(subject: str, action: str, properties: dict[str, Any] | None = None, task: str = "t1", **more: Any) -> dict[str, Any]:
    subject_type, subject_id = parse_user_key(subject)
    return {
        "subject": {"type": subject_type, "id": subject_id},
        "action": {"name": action},
        "resource": {"type": "task", "id": task, "properties": properties or {}},
        **more,
    }


def test_an_owner_updates_and_others_do_not() -> None:
    snapshot = create_snapshot(snapshot_document(task_policy()))
    allowed = decide(snapshot, ask("alice", "update", {"ownerId": "alice"}), 0)
    assert allowed
    assert allowed.path is not None
    assert allowed.path.as_dict() == {
        "assignment": "a-everyone",
        "group": "everyone",
        "roles": ["user"],
        "grant": "g-update",
        "permission": "task:update",
        "effect": "allow",
        "condition": "is-owner",
    }
    denied = decide(snapshot, ask("bob", "update", {"ownerId": "alice"}), 0)
    assert not denied
    assert denied.reason == "no_matching_grant"
    assert decide(snapshot, ask("root", "update", {"ownerId": "alice"}), 0)
    assert decide(snapshot, ask("stranger", "read"), 0).reason == "unknown_subject"


def test_a_condition_that_errs_does_not_allow_and_does_deny() -> None:
    policy = task_policy()
    policy["grants"].append(allow("g-deny", "admin", "task:delete", "is-owner", effect="deny"))
    snapshot = create_snapshot(snapshot_document(policy))
    allow_erred = decide(snapshot, ask("alice", "update"), 0).as_dict()
    assert allow_erred["decision"] is False
    assert allow_erred["errors"] == [
        {"grant": "g-update", "condition": "is-owner", "error": "missing_attribute", "at": "resource.properties.ownerId"}
    ]
    deny_erred = decide(snapshot, ask("root", "delete"), 0)
    assert deny_erred.reason == "denied_by_grant"
    assert len(deny_erred.errors) == 1


def test_a_type_with_a_colon_names_nobody() -> None:
    policy = task_policy()
    policy["users"].append(user("a:b:c"))
    snapshot = create_snapshot(snapshot_document(policy))
    question = ask("alice", "read")
    assert decide(snapshot, {**question, "subject": {"type": "a", "id": "b:c"}}, 0)
    assert not decide(snapshot, {**question, "subject": {"type": "a:b", "id": "c"}}, 0)


@pytest.mark.parametrize("key", ["alice", "service:bob", "user:a:b", "a:b:c"])
def test_user_keys_name_one_user(key: str) -> None:
    assert user_key(*parse_user_key(key)) == key


@pytest.mark.parametrize(
    "request_",
    [
        None,
        [],
        {},
        {**ask("alice", "read"), "subject": None},
        {**ask("alice", "read"), "subject": {"type": "user", "id": 5}},
        {**ask("alice", "read"), "subject": {"type": "user", "id": "a\nb"}},
        {**ask("alice", "read"), "subject": {"type": "user", "id": "\U0001f600" * 129}},
        {**ask("alice", "read"), "action": {"name": ""}},
        {**ask("alice", "read"), "resource": {"type": "task", "id": "t1", "properties": []}},
        {**ask("alice", "read"), "context": None},
    ],
)
def test_what_is_no_request_is_denied(request_: Any) -> None:
    snapshot = create_snapshot(snapshot_document(task_policy()))
    assert decide(snapshot, request_, 0).reason == "invalid_request"
    assert explain(snapshot, request_, 0).decision.reason == "invalid_request"
    for search in (search_subjects, search_resources, search_actions):
        list(search(snapshot, request_, 0))  # what is searched for need not be there; nothing is raised
    assert filter_plan(snapshot, request_, 0).kind in ("never", "always")


def test_values_that_no_json_carries_are_denied_and_not_thrown() -> None:
    class Hostile(dict[str, Any]):
        def get(self, *_: Any) -> Any:
            raise RuntimeError("no")

    snapshot = create_snapshot(snapshot_document(task_policy()))
    assert not decide(snapshot, {**ask("alice", "read"), "subject": Hostile()}, 0)
    deep: list[Any] = []
    for _ in range(100_000):
        deep = [deep]
    other: list[Any] = []
    for _ in range(100_000):
        other = [other]
    policy = task_policy()
    policy["conditions"][0]["tree"] = {
        "op": "eq",
        "args": [{"op": "var", "path": ["resource", "properties", name]} for name in ("ownerId", "other")],
    }
    assert decide(create_snapshot(snapshot_document(policy)), ask("alice", "update", {"ownerId": deep, "other": other}), 0)


def test_the_tenant_comes_from_the_request_then_the_registered_resource_then_the_context() -> None:
    policy = task_policy()
    policy["resources"] = [{"id": "task:t1", "tenant": "acme", "attributes": {}}]
    snapshot = create_snapshot(snapshot_document(policy))
    assert tenant_of(snapshot, ask("alice", "read", {"tenant": "own"}, context={"tenant": "c"})) == "own"
    assert tenant_of(snapshot, ask("alice", "read", {"tenant": None}, context={"tenant": "c"})) == "acme"
    assert tenant_of(snapshot, ask("alice", "read", {"tenant": 5}, context={"tenant": "c"})) == ""
    assert tenant_of(snapshot, ask("alice", "read", task="t2", context={"tenant": ["c"]})) == ""
    assert tenant_of(snapshot, ask("alice", "read", task="t2", context={"tenant": "c"})) == "c"
    assert tenant_of(snapshot, ask("alice", "read", task="t2")) == "default"


def rows(**some: Any) -> dict[str, Any]:
    """All kinds of rows, and nothing but what is given."""
    return {**{kind: [] for kind in KINDS}, **some}


@pytest.mark.parametrize(
    "document",
    [
        None,
        [],
        {"format": 2, "revision": 1, "rows": rows()},
        {"format": 1, "revision": -1, "rows": rows()},
        {"format": 1, "revision": True, "rows": rows()},
        {"format": 1, "revision": 1, "rows": []},
        {"format": 1, "revision": 1, "rows": {}},
        {"format": 1, "revision": 1, "rows": {kind: [] for kind in KINDS if kind != "group-members"}},
        {"format": 1, "revision": 1, "rows": rows(users={})},
        {"format": 1, "revision": 1, "rows": rows(users=[{"id": "x", "enabled": "yes", "attributes": {}}])},
        {"format": 1, "revision": 1, "rows": rows(users=[{"enabled": True, "attributes": {}}])},
        {"format": 1, "revision": 1, "rows": rows(grants=[allow("g", "r", "task:read", effect="perhaps")])},
        {"format": 1, "revision": 1, "rows": rows(assignments=[assign("a", "r")])},
    ],
)
def test_a_document_of_the_wrong_shape_is_refused(document: Any) -> None:
    with pytest.raises(SnapshotError):
        create_snapshot(document)


@pytest.mark.parametrize(
    "delta",
    [
        None,
        {"revision": 3, "ops": []},
        {"revision": 1, "ops": []},
        {"revision": 2},
        {"revision": 2, "ops": [5]},
        {"revision": 2, "ops": [{"kind": "users", "id": "x"}]},
        {"revision": 2, "ops": [{"kind": "users", "id": "x", "row": user("y")}]},
        {"revision": 2, "ops": [{"kind": "users", "id": "x", "row": {"id": "x"}}]},
    ],
)
def test_a_delta_of_the_wrong_shape_is_refused_and_changes_nothing(delta: Any) -> None:
    snapshot = create_snapshot(snapshot_document(task_policy()))
    before = copy.deepcopy(to_document(snapshot))
    with pytest.raises(SnapshotError):
        apply_delta(snapshot, delta)
    assert to_document(snapshot) == before


@pytest.mark.parametrize(
    ("times", "denied"),
    [
        ({"startsAt": "soon"}, True),
        ({"expiresAt": "never"}, True),
        ({"startsAt": "soon", "expiresAt": "never"}, True),
        ({"startsAt": "1970-01-01T00:00:00.001Z", "expiresAt": "never"}, False),
        ({"startsAt": "soon", "expiresAt": "1970-01-01T00:00:00.000Z"}, False),
    ],
)
def test_times_that_cannot_be_read_let_nobody_in_and_leave_denies_in_force_as_far_as_they_can(times: dict[str, str], denied: bool) -> None:
    policy = task_policy()
    policy["assignments"] = [assign("a-root", "admin", user="root", **times)]
    request = ask("root", "delete")
    assert decide(create_snapshot(snapshot_document(policy)), request, 0).reason == "no_matching_grant"
    policy["roles"].append({"id": "barred"})
    policy["grants"].append(allow("g-9", "barred", "task:delete", effect="deny"))
    for holder in ({"user": "root"}, {"group": "anyone"}):
        policy["assignments"] = [assign("a-root", "admin", user="root"), assign("a-9", "barred", **holder, **times)]
        snapshot = create_snapshot(snapshot_document(policy))
        assert decide(snapshot, request, 0).reason == ("denied_by_grant" if denied else "allowed_by_grant")
        assert bool(explain(snapshot, request, 0).paths[0]["path"]["effect"] == "deny") is denied
        plan = {
            "subject": request["subject"],
            "action": request["action"],
            "resource": {"type": "task", "properties": {"tenant": "default"}},
        }
        assert filter_plan(snapshot, plan, 0).kind == ("never" if denied else "always")
        assert list(search_actions(snapshot, request, 0)).count("delete") == (0 if denied else 1)


def test_a_tree_that_this_version_cannot_read_errs_and_spoils_nothing_else() -> None:
    policy = task_policy()
    policy["conditions"][0]["tree"] = {"op": "fromTheFuture", "args": []}
    snapshot = create_snapshot(snapshot_document(policy))
    assert decide(snapshot, ask("alice", "read"), 0)
    assert decide(snapshot, ask("alice", "update", {"ownerId": "alice"}), 0).as_dict()["errors"] == [
        {"grant": "g-update", "condition": "is-owner", "error": "type_mismatch", "at": "condition"}
    ]


def random_row(rng: random.Random, kind: str) -> tuple[str, dict[str, Any] | None]:
    def pick(*names: str) -> str:
        return rng.choice(names)

    users, groups, roles = ("alice", "bob", "service:x", "zoe"), ("g1", "g2", "everyone", "anyone"), ("r1", "r2", "r3", "r4")
    makers: dict[str, Callable[[], dict[str, Any]]] = {
        "tenants": lambda: {"id": pick("default", "acme")},
        "resource-types": lambda: {"id": pick("task", "note"), "attributes": {}},
        "permissions": lambda: {"id": pick("task:read", "task:update", "note:read")},
        "conditions": lambda: {"id": pick("c1", "c2"), "tree": rng.choice([IS_OWNER, {"op": "lit", "value": True}])},
        "roles": lambda: {"id": pick(*roles)},
        "role-inherits": lambda: {"id": f"i{rng.randrange(6)}", "role": pick(*roles), "inherits": pick(*roles)},
        "grants": lambda: allow(
            f"g{rng.randrange(12)}",
            pick(*roles),
            pick("task:read", "task:*", "*:read", "*:*"),
            rng.choice([None, None, "c1", "c2", "gone"]),
            rng.choice(["allow", "allow", "allow", "deny"]),
        ),
        "groups": lambda: {"id": pick(*groups)},
        "users": lambda: user(pick(*users), enabled=rng.random() < 0.8),
        "group-members": lambda: {"id": f"m{rng.randrange(8)}", "group": pick(*groups), "user": pick(*users)},
        "resources": lambda: {
            "id": pick("task:t1", "task:t2"),
            "tenant": rng.choice([None, "acme"]),
            "attributes": {"ownerId": pick(*users)},
        },
        "assignments": lambda: assign(
            f"a{rng.randrange(12)}",
            pick(*roles),
            **({"user": pick(*users)} if rng.random() < 0.5 else {"group": pick(*groups)}),
            tenant=pick("default", "acme", "*"),
            resource=rng.choice([None, None, "task:t1"]),
            expiresAt=rng.choice([None, "1970-01-01T00:00:00.001Z"]),
        ),
    }
    row = makers[kind]()
    return row["id"], row if rng.random() < 0.75 else None


@pytest.mark.parametrize("seed", range(20))
def test_applying_deltas_equals_building_anew(seed: int) -> None:
    rng = random.Random(seed)
    snapshot = create_snapshot(snapshot_document({}))
    rows: dict[str, dict[str, Any]] = {kind: {} for kind in KINDS}
    history = [(snapshot, to_document(snapshot))]
    for revision in range(2, 120):
        ops = []
        for _ in range(rng.randrange(1, 5)):
            kind = rng.choice(KINDS)
            name, row = random_row(rng, kind)
            ops.append({"kind": kind, "id": name, "row": row})
            rows[kind].pop(name, None)
            if row is not None:
                rows[kind][name] = row
        snapshot = apply_delta(snapshot, {"revision": revision, "ops": ops})
        rebuilt = create_snapshot(snapshot_document({kind: list(by_id.values()) for kind, by_id in rows.items()}, revision))
        assert to_document(snapshot) == to_document(rebuilt)
        for subject in ("alice", "bob", "service:x", "zoe", "nobody"):
            for action in ("read", "update"):
                question = ask(subject, action, task=rng.choice(["t1", "t2"]))
                assert decide(snapshot, question, 5).as_dict() == decide(rebuilt, question, 5).as_dict()
        if revision % 40 == 0:
            history.append((snapshot, to_document(snapshot)))
    for kept, document in history:
        assert to_document(kept) == document  # nothing changed an older snapshot
