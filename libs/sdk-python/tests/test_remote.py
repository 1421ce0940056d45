"""Remote mode: each check is a question to the decision point, and anything but a valid answer denies."""

from __future__ import annotations

import json
from typing import Any

import pytest

from conftest import Connect, task_policy
from licet._fetcher import Response
from licet.testing import MemoryControlPlane


class Odd(MemoryControlPlane):
    """A decision point that gives the answer it is told to give."""

    def __init__(self, answer: Response) -> None:
        super().__init__(task_policy())
        self.answer = answer

    def send(self, method: str, path: str, **_: Any) -> Response:
        return self.answer


def json_answer(document: Any, status: int = 200, request_id: str | None = None) -> Response:
    return Response(status, {"x-request-id": request_id} if request_id else {}, json.dumps(document).encode())


def test_remote_mode_asks_for_each_check(plane: MemoryControlPlane, connect: Connect) -> None:
    licet = connect(mode="remote")
    assert licet.ready
    licet.wait_ready()
    decision = licet.check("alice", "task:update", {"id": "1", "ownerId": "alice"}, at_least=1)
    assert decision
    assert decision.path is not None
    assert (decision.reason, decision.path.grant, decision.path.roles, decision.revision) == ("allowed_by_grant", "g-update", ("user",), 1)
    assert not licet.check("alice", "task:delete")
    assert [answer.allowed for answer in licet.check_many("alice", ["task:read", "x", "task:delete"])] == [True, False, False]
    assert licet.revision == 1
    assert {path for _, path, _ in plane.requests} == {"/access/v1/evaluation", "/access/v1/evaluations"}
    assert plane.requests[0][2]["licet-at-least"] == "1"
    plane.down = True
    assert licet.check("root", "task:read").reason == "unreachable"
    assert licet.trouble is not None


@pytest.mark.parametrize(
    "answer",
    [
        json_answer({"decision": "true"}),
        json_answer({"decision": 1}),
        json_answer([True]),
        json_answer({}),
        json_answer({"decision": True, "context": {"reason": "denied_by_grant"}}),
        json_answer({"decision": False, "context": {"reason": "allowed_by_grant"}}),
        json_answer({"decision": True}, status=500),
        json_answer({"decision": True}, status=403),
        json_answer({"decision": True}, request_id="of somebody else"),
        Response(200, {}, b"<html>"),
        Response(200, {}, b"[" * 100_000),
    ],
)
def test_remote_mode_denies_on_anything_but_a_valid_answer(connect: Connect, answer: Response) -> None:
    licet = connect(mode="remote", fetcher=Odd(answer))
    assert licet.check("root", "task:read").reason == "unreachable"
    assert [decision.reason for decision in licet.check_many("root", ["task:read", "task:delete"])] == ["unreachable"] * 2


def test_remote_mode_denies_what_a_short_batch_leaves_out(connect: Connect) -> None:
    licet = connect(mode="remote", fetcher=Odd(json_answer({"evaluations": [{"decision": True}]})))
    assert [decision.allowed for decision in licet.check_many("root", ["task:read", "task:delete"])] == [True, False]


def test_a_question_that_the_decision_point_does_not_take_says_nothing_about_others(connect: Connect, caplog: Any) -> None:
    problem = json_answer({"status": 400, "code": "invalid_request", "detail": "context.big is too large"}, status=400)
    licet = connect(mode="remote", fetcher=Odd(problem))
    for decision in [licet.check("root", "task:read"), *licet.check_many("root", ["task:read", "task:delete"])]:
        assert (decision.allowed, decision.reason) == (False, "invalid_request")
        assert "context.big is too large" in decision.message
    assert licet.explain("root", "task:read").decision.reason == "invalid_request"
    assert licet.filter_plan("root", "task:read").reason == "invalid_request"
    assert licet.trouble is None


def test_a_reason_that_is_no_text_is_passed_over(connect: Connect) -> None:
    licet = connect(mode="remote", fetcher=Odd(json_answer({"decision": True, "context": {"reason": []}})))
    assert licet.check("root", "task:read").reason == "allowed_by_grant"
