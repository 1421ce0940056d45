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
from licet import Decision, FetchError, Forbidden, Licet
from licet._engine import decide_in_tenant
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
            status, headers, stop, close = stream.status, stream.headers, stream.stop, stream.close

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
