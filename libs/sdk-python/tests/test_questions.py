"""Explanations, searches and filter plans of the client: the same from a policy held here and from a decision point."""

from __future__ import annotations

from typing import Any

import pytest

from conftest import Connect, allow, assign, task_policy, user
from licet import FetchError, Licet
from licet.testing import MemoryControlPlane

MODES = pytest.mark.parametrize("mode", ["local", "remote"])
OWN = {
    "op": "isTrue",
    "args": [{"op": "eq", "args": [{"op": "var", "path": ["resource", "properties", "ownerId"]}, {"op": "lit", "value": "alice"}]}],
}


def policy() -> dict[str, list[dict[str, Any]]]:
    rows = task_policy()
    rows["users"] += [user(f"u{number}") for number in range(1200)] + [user("service:x")]
    rows["resources"] = [{"id": f"task:t{number}", "tenant": None, "attributes": {"ownerId": "alice"}} for number in range(3)]
    return rows


@pytest.fixture
def plane() -> MemoryControlPlane:
    return MemoryControlPlane(policy())


def ready(connect: Connect, mode: str, **options: Any) -> Licet:
    licet = connect(mode=mode, **options)
    licet.wait_ready(5)
    return licet


@MODES
def test_an_explanation_says_what_is_missing(connect: Connect, mode: str) -> None:
    explanation = ready(connect, mode).explain("bob", "task:update", {"id": "t9", "ownerId": "alice"})
    assert (explanation.decision.allowed, explanation.decision.reason, explanation.tenant) == (False, "no_matching_grant", "default")
    assert [miss["failures"] for miss in explanation.misses] == [[{"code": "condition_false", "condition": "is-owner", "operands": []}]]
    assert explanation.as_dict()["totals"] == {"paths": 0, "misses": 1, "roles": 0}


@MODES
def test_an_explanation_says_what_decides(connect: Connect, mode: str) -> None:
    explanation = ready(connect, mode).explain("alice", "task:update", {"id": "t9", "ownerId": "alice"})
    assert explanation.decision
    assert [path["path"]["grant"] for path in explanation.paths] == ["g-update"]


@MODES
def test_who_can_finds_all_pages_and_stops_at_a_limit(connect: Connect, mode: str) -> None:
    licet = ready(connect, mode)
    assert len(licet.who_can("task:read")) == 1203
    assert licet.who_can("task:read", limit=3) == ["alice", "bob", "root"]
    assert licet.who_can("task:update", {"id": "t9", "ownerId": "u7"}) == ["root", "u7"]
    assert licet.who_can("task:read", type="service") == ["service:x"]
    assert licet.who_can("task:read", limit=0) == []


@MODES
def test_what_can_finds_registered_resources_and_actions_on_finds_actions(connect: Connect, mode: str) -> None:
    licet = ready(connect, mode)
    assert licet.what_can("alice", "task:update") == ["t0", "t1", "t2"]
    assert licet.what_can("bob", "task:update") == []
    assert licet.actions_on("alice", "task", "t1") == ["read", "update"]
    assert licet.actions_on("root", "task") == ["create", "delete", "read", "update"]


@MODES
def test_a_filter_plan_says_for_which_rows(connect: Connect, mode: str) -> None:
    licet = ready(connect, mode)
    plan = licet.filter_plan("alice", "task:update", tenant="default")
    assert plan.as_dict() == {"kind": "conditional", "revision": 1, "condition": OWN}
    assert licet.filter_plan("root", "task:update", tenant="default").kind == "always"
    assert licet.filter_plan("bob", "task:update", {"ownerId": "alice"}, tenant="default").reason == "no_matching_grant"
    assert licet.filter_plan("bob", "update").reason == "invalid_request"


@MODES
def test_without_an_answer_explanations_and_plans_refuse_and_searches_raise(plane: MemoryControlPlane, connect: Connect, mode: str) -> None:
    plane.down = True
    licet = connect(mode=mode)
    reason = "not_ready" if mode == "local" else "unreachable"
    assert licet.explain("alice", "task:read").decision.reason == reason
    assert licet.filter_plan("alice", "task:read").as_dict() == {"kind": "never", "reason": reason, "revision": 0}
    with pytest.raises(FetchError):
        licet.who_can("task:read")
    with pytest.raises(FetchError):
        licet.what_can("alice", "task:read")
    with pytest.raises(FetchError):
        licet.actions_on("alice", "task")


@pytest.mark.parametrize(
    "answer",
    [
        {},
        {"kind": "conditional", "revision": 1},
        {"kind": "always", "revision": "1"},
        {"kind": "always", "revision": 1, "condition": {}},
        {"kind": "mostly", "revision": 1},
    ],
)
def test_what_is_no_plan_allows_nothing(plane: MemoryControlPlane, connect: Connect, monkeypatch: pytest.MonkeyPatch, answer: Any) -> None:
    monkeypatch.setattr("licet.testing.answer", lambda *_: answer)
    licet = connect(mode="remote")
    assert licet.filter_plan("root", "task:read").reason == "unreachable"
    assert licet.explain("root", "task:read").decision.reason == "unreachable"


def test_a_search_answer_that_is_none_raises(plane: MemoryControlPlane, connect: Connect, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("licet.testing.answer", lambda *_: {"results": [{"kind": "user"}]})
    with pytest.raises(Exception, match="no result of a search"):
        connect(mode="remote").who_can("task:read")


def test_a_policy_behind_the_revision_asked_for_is_stale(connect: Connect) -> None:
    licet = ready(connect, "local")
    assert licet.explain("root", "task:read", at_least=9).decision.reason == "stale"
    assert licet.filter_plan("root", "task:read", at_least=9).reason == "stale"
    with pytest.raises(FetchError, match="stale"):
        licet.who_can("task:read", at_least=9)


def test_a_search_that_is_no_question_raises(connect: Connect) -> None:
    with pytest.raises(ValueError, match="type:action"):
        ready(connect, "local").who_can("read")


def test_a_deny_takes_rows_out_of_the_plan(plane: MemoryControlPlane, connect: Connect) -> None:
    licet = ready(connect, "local")
    revision = plane.commit(
        ("grants", "g-deny", allow("g-deny", "admin", "task:update", "is-owner", effect="deny")),
        ("assignments", "a-u1", assign("a-u1", "admin", user="u1")),
    )
    licet.wait_ready(5, revision=revision)
    condition = licet.filter_plan("u1", "task:update", tenant="default").condition
    assert condition == {"op": "isTrue", "args": [{"op": "ne", "args": [OWN["args"][0]["args"][0], {"op": "lit", "value": "u1"}]}]}  # type: ignore[index]
