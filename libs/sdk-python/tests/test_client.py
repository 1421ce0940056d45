from __future__ import annotations

import json
import logging
import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from conftest import Connect, assign, task_policy
from licet import ConfigError, Decision, FetchError, Forbidden, Licet
from licet._engine import decide_in_tenant
from licet._fetcher import Response
from licet.testing import MemoryControlPlane, snapshot_document

FOREIGN = snapshot_document(task_policy())


def test_what_is_asked_is_copied(licet: Licet, plane: MemoryControlPlane) -> None:
    task = {"id": "t1", "ownerId": "alice", "tags": ["a"]}
    licet.check("alice", "task:update", task)
    task["tags"].append("b")  # type: ignore[attr-defined]
    plane.wait_for(lambda: plane.decisions)
    assert plane.decisions[0]["request"]["resource"]["properties"]["tags"] == ["a"]


def test_check_many_answers_in_order(licet: Licet) -> None:
    answers = licet.check_many("alice", ["task:read", ("task:update", {"id": "1", "ownerId": "alice"}), ("task:delete", "1"), "nonsense"])
    assert [answer.allowed for answer in answers] == [True, True, False, False]
    assert answers[3].reason == "invalid_request"


def test_all_of_check_many_comes_from_one_revision(licet: Licet, plane: MemoryControlPlane, monkeypatch: pytest.MonkeyPatch) -> None:
    def decide_while_the_policy_changes(*arguments: Any) -> tuple[Decision, str]:
        licet.wait_ready(5, revision=plane.commit(("assignments", "a-alice", assign("a-alice", "admin", user="alice"))))
        return decide_in_tenant(*arguments)

    monkeypatch.setattr("licet._local.decide_in_tenant", decide_while_the_policy_changes)
    answers = licet.check_many("alice", ["task:delete", "task:delete"])
    assert [answer.revision for answer in answers] == [1, 1]
    assert not any(answers)
    assert licet.revision == 3


def test_a_question_may_name_its_tenant(licet: Licet, plane: MemoryControlPlane) -> None:
    acme = assign("a-acme", "admin", user="alice", tenant="acme")
    licet.wait_ready(5, revision=plane.commit(("tenants", "acme", {"id": "acme"}), ("assignments", "a-acme", acme)))
    assert licet.check("alice", "task:delete", {"id": "1", "ownerId": "bob"}, tenant="acme")
    assert licet.require("alice", "task:delete", tenant="acme")
    assert not licet.check("alice", "task:delete")
    assert licet.check("alice", "task:delete", tenant="gone").reason == "unknown_tenant"


def test_require_raises_with_the_decision(licet: Licet) -> None:
    assert licet.require("root", "task:delete", "t1").path is not None
    with pytest.raises(Forbidden) as refused:
        licet.require("alice", "task:delete", "t1")
    assert refused.value.permission == "task:delete"
    assert refused.value.decision.reason == "no_matching_grant"


def test_syncing_users_gives_the_revision_that_knows_them(licet: Licet, plane: MemoryControlPlane) -> None:
    assert licet.check("zoe", "task:read").reason == "unknown_subject"
    revision = licet.users.sync([{"id": "zoe", "name": "Zoe", "attributes": {"team": "red"}}, "yan", {"type": "service", "id": "bot"}])
    licet.wait_ready(5, revision=revision)
    assert licet.check("zoe", "task:read", at_least=revision)
    assert licet.check("service:bot", "task:read", at_least=revision)
    assert plane.users["zoe"] == {"enabled": True, "attributes": {"team": "red"}, "name": "Zoe"}
    licet.wait_ready(5, revision=licet.users.sync([{"id": "zoe", "enabled": False}]))
    assert licet.check("zoe", "task:read").reason == "disabled_subject"


def test_syncing_goes_in_batches_and_failures_are_raised(licet: Licet, plane: MemoryControlPlane) -> None:
    before = plane.revision
    assert licet.users.sync(f"u{number}" for number in range(2500)) == before + 3
    plane.down = True
    with pytest.raises(FetchError):
        licet.users.sync(["x"])
    with pytest.raises(ValueError, match="id"):
        licet.users.sync([{"name": "nobody"}])


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


def test_a_snapshot_file_starts_an_application_without_a_control_plane(plane: MemoryControlPlane, connect: Connect, tmp_path: Path) -> None:
    path = tmp_path / "state" / "policy.json"
    first = connect(snapshot_path=path)
    first.wait_ready(5)
    first.wait_ready(5, revision=plane.commit(("assignments", "a-alice", assign("a-alice", "admin", user="alice"))))
    first.close()
    assert path.stat().st_mode & 0o077 == 0
    plane.down = True
    second = connect(snapshot_path=path)
    assert second.ready
    assert second.check("alice", "task:delete")
    assert second.revision == 2
    assert second.age is not None
    assert second.age < 60
    assert list(path.parent.iterdir()) == [path]


def test_a_command_may_wait_for_more_than_its_snapshot_file(plane: MemoryControlPlane, connect: Connect, tmp_path: Path) -> None:
    path = tmp_path / "policy.json"
    first = connect(snapshot_path=path)
    first.wait_ready(5)
    first.close()
    plane.down = True
    plane.commit(("assignments", "a-alice", assign("a-alice", "admin", user="alice")))
    command = connect(snapshot_path=path)
    command.wait_ready(5)
    assert not command.check("alice", "task:delete")
    with pytest.raises(FetchError):
        command.wait_ready(0.2, fresh=True)
    plane.come_back()
    command.wait_ready(5, fresh=True)
    assert command.check("alice", "task:delete")


def test_a_snapshot_file_that_holds_the_newest_policy_is_said_to_at_once(connect: Connect, tmp_path: Path) -> None:
    first = connect(snapshot_path=tmp_path / "policy.json")
    first.wait_ready(5)
    first.close()
    connect(snapshot_path=tmp_path / "policy.json").wait_ready(5, fresh=True)


class OneAtATime(MemoryControlPlane):
    """Gives the events of a stream only when the test says so, but for the first one."""

    def __init__(self) -> None:
        super().__init__(task_policy())
        self.go_on = threading.Event()

    def open(self, path: str, **options: Any) -> Any:
        stream = super().open(path, **options)
        pieces = iter(stream)

        class Held:
            status, headers, close = stream.status, stream.headers, stream.close

            def __iter__(held) -> Iterator[bytes]:  # noqa: N805
                yield next(pieces)
                assert self.go_on.wait(10)
                yield from pieces

        return Held()


def test_one_change_of_several_that_were_missed_is_not_the_newest_policy(connect: Connect, tmp_path: Path) -> None:
    plane = OneAtATime()
    first = connect(fetcher=plane, snapshot_path=tmp_path / "policy.json")
    first.wait_ready(5)
    plane.go_on.set()
    first.close()
    plane.go_on.clear()
    plane.commit(("assignments", "a-alice", assign("a-alice", "admin", user="alice")))
    newest = plane.commit(("assignments", "a-alice", None))
    command = connect(fetcher=plane, snapshot_path=tmp_path / "policy.json")
    command.wait_ready(5, revision=newest - 1)
    with pytest.raises(FetchError):
        command.wait_ready(0.05, fresh=True)
    plane.go_on.set()
    command.wait_ready(5, fresh=True)
    assert command.revision == newest
    assert not command.check("alice", "task:delete")


def test_an_old_snapshot_file_is_as_old_as_it_is(plane: MemoryControlPlane, connect: Connect, tmp_path: Path) -> None:
    path = tmp_path / "policy.json"
    first = connect(snapshot_path=path)
    first.wait_ready(5)
    first.close()
    plane.down = True
    for clock in (time.time() - 3600, time.time() + 3600):
        os.utime(path, (clock, clock))
        licet = connect(snapshot_path=path, max_staleness=600)
        assert licet.check("root", "task:read").reason == "stale"


@pytest.mark.parametrize(
    "content",
    ["", "{", "[]", '{"origin": "http://licet.test", "snapshot": {}}', json.dumps({"origin": "http://other.test", "snapshot": FOREIGN})],
)
def test_a_bad_snapshot_file_is_said_and_not_used(
    plane: MemoryControlPlane, connect: Connect, tmp_path: Path, caplog: pytest.LogCaptureFixture, content: str
) -> None:
    path = tmp_path / "policy.json"
    path.write_text(content)
    plane.down = True
    licet = connect(snapshot_path=path)
    assert not licet.ready
    assert any("snapshot" in message or "JSON" in message or "policy" in message for message in caplog.messages)
    plane.come_back()
    licet.wait_ready(5)


def test_a_snapshot_file_that_cannot_be_written_stops_nothing(connect: Connect, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "file").write_text("in the way")
    licet = connect(snapshot_path=tmp_path / "file" / "policy.json")
    licet.wait_ready(5)
    assert licet.check("root", "task:read")


def test_the_key_is_in_no_representation(licet: Licet, plane: MemoryControlPlane, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    assert "secret" not in repr(vars(licet)) + repr(licet) + caplog.text


@pytest.mark.parametrize("questions", [None, 5, "task:nonsense"])
def test_what_is_no_list_of_questions_is_denied_once(licet: Licet, questions: Any) -> None:
    answers = licet.check_many("alice", questions)
    assert [answer.allowed for answer in answers] == [False]


def test_a_pair_of_a_question_may_be_a_list(licet: Licet) -> None:
    assert licet.check_many("alice", [["task:update", {"id": "1", "ownerId": "alice"}]])[0]  # type: ignore[list-item]


def test_a_limit_that_is_none_is_refused(licet: Licet) -> None:
    for limit in (-1, 1.5, "3", True):
        with pytest.raises(ValueError, match="limit"):
            licet.who_can("task:read", limit=limit)  # type: ignore[arg-type]
    assert licet.who_can("task:read", limit=0) == []


@pytest.mark.parametrize("mode", ["local", "remote"])
def test_a_name_that_licet_does_not_know_is_said_once(connect: Connect, plane: MemoryControlPlane, caplog: Any, mode: str) -> None:
    licet = connect(fetcher=plane, mode=mode)
    licet.wait_ready(5)
    for _ in range(3):
        assert licet.check("root", "task:raed").reason == "unknown_action"
        assert licet.check("root", "tsak:read").reason == "unknown_resource_type"
    lines = [record.getMessage() for record in caplog.records if record.levelno == logging.WARNING]
    assert [("`task:raed`" in line, "`tsak:read`" in line) for line in lines] == [(True, False), (False, True)]


def test_a_question_that_the_decision_point_does_not_take_says_nothing_about_others(connect: Connect, caplog: Any) -> None:
    problem = json_answer({"status": 400, "code": "invalid_request", "detail": "context.big is too large"}, status=400)
    licet = connect(mode="remote", fetcher=Odd(problem))
    for decision in [licet.check("root", "task:read"), *licet.check_many("root", ["task:read", "task:delete"])]:
        assert (decision.allowed, decision.reason) == (False, "invalid_request")
        assert "context.big is too large" in decision.message
    assert licet.trouble is None


@pytest.mark.parametrize(
    ("name", "value"), [("timeout", -1), ("timeout", 0), ("timeout", "5"), ("max_staleness", "30"), ("max_staleness", True)]
)
def test_seconds_that_are_none_are_an_error_of_the_settings(name: str, value: Any) -> None:
    with pytest.raises(ConfigError, match=f"LICET_{name.upper()}"):
        Licet("http://licet.test", "lct_test", **{name: value})


def test_an_address_without_a_scheme_is_told_so() -> None:
    with pytest.raises(ConfigError, match="http://"):
        Licet("localhost:4000", "lct_test")


def test_a_reason_that_is_no_text_is_passed_over(connect: Connect) -> None:
    licet = connect(mode="remote", fetcher=Odd(json_answer({"decision": True, "context": {"reason": []}})))
    assert licet.check("root", "task:read").reason == "allowed_by_grant"
