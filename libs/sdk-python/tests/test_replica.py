from __future__ import annotations

import logging
from dataclasses import replace
from pathlib import Path

import pytest

from conftest import GRANT_DELETE, QUICK, Connect, changes_requests, held, snapshots_taken, task_policy, user
from licet import FetchError, Licet, SnapshotError
from licet._pace import steady_seconds
from licet._snapshot import to_document
from licet.testing import MemoryControlPlane


def test_before_a_policy_arrives_everything_is_denied(plane: MemoryControlPlane, connect: Connect) -> None:
    plane.down = True
    licet = connect()
    decision = licet.check("root", "task:read")
    assert not decision
    assert (decision.reason, decision.revision, decision.age) == ("not_ready", 0, None)
    assert not licet.ready
    with pytest.raises(FetchError, match="cannot reach"):
        licet.wait_ready(0.2)
    plane.come_back()
    licet.wait_ready(5)
    assert licet.check("root", "task:read")


def test_a_change_is_in_force_without_a_new_snapshot(plane: MemoryControlPlane, licet: Licet) -> None:
    assert not licet.check("alice", "task:delete")
    revision = plane.commit(("assignments", "a-alice", GRANT_DELETE))
    licet.wait_ready(5, revision=revision)
    assert licet.check("alice", "task:delete")
    assert snapshots_taken(plane) == 1


def test_it_reports_each_revision_that_it_applied(plane: MemoryControlPlane, licet: Licet) -> None:
    plane.wait_for(lambda: plane.statuses and plane.statuses[-1]["revision"] == 1)
    plane.commit(("users", "zoe", user("zoe")))
    plane.wait_for(lambda: plane.statuses[-1]["revision"] == 2)
    status = plane.statuses[-1]
    assert status["name"] == "tests"
    assert status["sdk"].startswith("python ")
    assert len({status["instance"] for status in plane.statuses}) == 1


def test_after_a_cut_it_resumes_from_its_own_revision(plane: MemoryControlPlane, licet: Licet) -> None:
    licet.wait_ready(5, revision=plane.commit(("users", "zoe", user("zoe"))))
    plane.wait_for(lambda: plane.streams == 1)
    plane.commit(("assignments", "a-alice", GRANT_DELETE), announce=False)
    plane.cut()
    licet.wait_ready(5, revision=3)
    assert licet.check("alice", "task:delete")
    assert changes_requests(plane) == ["1", "2"]
    assert snapshots_taken(plane) == 1


def test_a_gap_leads_to_a_new_snapshot(plane: MemoryControlPlane, licet: Licet) -> None:
    plane.wait_for(lambda: plane.streams == 1)
    plane.commit(("assignments", "a-alice", GRANT_DELETE), announce=False)
    assert licet.revision == 1
    plane.commit(("users", "zoe", user("zoe")))
    licet.wait_ready(5, revision=3)
    assert licet.check("alice", "task:delete")
    assert snapshots_taken(plane) == 2
    assert held(licet) == to_document(plane.snapshot)


def test_a_change_that_never_comes_is_noticed_by_the_heartbeat(plane: MemoryControlPlane, licet: Licet) -> None:
    plane.wait_for(lambda: plane.streams == 1)
    plane.commit(("assignments", "a-alice", GRANT_DELETE), announce=False)
    plane.heartbeat()
    plane.heartbeat()
    licet.wait_ready(5, revision=2)
    assert licet.check("alice", "task:delete")


def test_a_revision_that_is_gone_leads_to_a_new_snapshot(plane: MemoryControlPlane, licet: Licet) -> None:
    plane.wait_for(lambda: plane.streams == 1)
    plane.commit(("users", "zoe", user("zoe")), announce=False)
    plane.forget()
    plane.cut()
    licet.wait_ready(5, revision=2)
    assert snapshots_taken(plane) == 2


def test_streams_that_end_at_once_lead_to_a_new_snapshot(plane: MemoryControlPlane, connect: Connect) -> None:
    class Ending(MemoryControlPlane):
        """One that cannot resume, and ends the stream instead of saying so."""

        def open(self, path, *, headers, **options):  # type: ignore[no-untyped-def]
            stream = super().open(path, headers=headers, **options)
            if headers["last-event-id"] == "1":
                stream._pieces.queue.clear()
                stream.put(None)
            return stream

    ending = Ending(task_policy())
    licet = connect(fetcher=ending)
    licet.wait_ready(5)
    licet.wait_ready(5, revision=ending.commit(("users", "zoe", user("zoe"))))


def test_a_change_that_comes_twice_is_applied_once(plane: MemoryControlPlane, licet: Licet) -> None:
    plane.wait_for(lambda: plane.streams == 1)
    revision = plane.commit(("assignments", "a-alice", GRANT_DELETE))
    plane.push(b'event: change\ndata: {"revision": 2, "ops": [{"kind": "assignments", "id": "a-alice", "row": null}]}\n\n')
    revision = plane.commit(("users", "zoe", user("zoe")))
    licet.wait_ready(5, revision=revision)
    assert licet.check("alice", "task:delete")
    assert snapshots_taken(plane) == 1


@pytest.mark.parametrize(
    "garbage",
    [
        b"event: change\ndata: nonsense\n\n",
        b"event: change\ndata: []\n\n",
        b'event: change\ndata: {"revision": 2, "ops": [{"kind": "users", "id": "x", "row": {}}]}\n\n',
        b'event: heartbeat\ndata: {"revision": "2"}\n\n',
        b"event: change\ndata: \xff\n\n",
    ],
)
def test_what_cannot_be_applied_is_refused_and_the_last_good_policy_stays(plane: MemoryControlPlane, licet: Licet, garbage: bytes) -> None:
    plane.wait_for(lambda: plane.streams == 1)
    plane.push(garbage)
    plane.wait_for(lambda: snapshots_taken(plane) == 2)
    assert licet.check("root", "task:delete")
    plane.wait_for(lambda: plane.streams == 1)
    licet.wait_ready(5, revision=plane.commit(("users", "zoe", user("zoe"))))


def test_it_never_goes_back_in_revision(plane: MemoryControlPlane, licet: Licet, caplog: pytest.LogCaptureFixture) -> None:
    licet.wait_ready(5, revision=plane.commit(("users", "zoe", user("zoe"))))
    plane.replace({"tenants": [{"id": "default"}]}, revision=1)
    plane.cut()
    plane.wait_for(lambda: snapshots_taken(plane) >= 3)
    assert licet.revision == 2
    assert licet.check("root", "task:delete")
    assert licet.trouble is not None
    assert "restored from a backup" in licet.trouble
    assert sum("restored from a backup" in message for message in caplog.messages) == 1
    plane.replace(task_policy(), revision=5)
    licet.wait_ready(5, revision=5)
    plane.wait_for(lambda: licet.trouble is None)


@pytest.mark.parametrize("streaming", [True, False])
def test_a_restored_backup_is_found_out_where_it_has_come_to_the_same_number_again(
    plane: MemoryControlPlane, connect: Connect, tmp_path: Path, streaming: bool
) -> None:
    plane.streaming = streaming
    file = tmp_path / "policy.json"
    licet = connect(snapshot_path=file)
    licet.wait_ready(5, revision=plane.commit(("assignments", "a-alice", GRANT_DELETE)))
    plane.go_down()
    plane.replace(task_policy(), revision=1)  # from before alice was given the role
    plane.commit(("users", "zoe", user("zoe")))
    assert plane.revision == licet.revision == 2
    assert licet.check("alice", "task:delete")
    plane.come_back()
    plane.wait_for(lambda: not licet.check("alice", "task:delete"))
    assert licet.revision == 2
    licet.close()
    assert not connect(snapshot_path=file).check("alice", "task:delete")


def test_a_missed_change_does_not_make_the_policy_younger_but_word_that_it_is_the_newest_does(
    plane: MemoryControlPlane, licet: Licet, monkeypatch: pytest.MonkeyPatch
) -> None:
    licet.wait_ready(5, revision=plane.commit(("groups", "g", {"id": "g"})))  # what the stream began with was read before
    monkeypatch.setattr("licet._replica.steady_seconds", lambda: steady_seconds() + 60)
    licet.wait_ready(5, revision=plane.commit(("groups", "h", {"id": "h"})))
    assert licet.check("alice", "task:read").age == pytest.approx(licet.age, abs=30)
    assert licet.age is not None
    assert licet.age > 60
    plane.heartbeat()
    plane.wait_for(lambda: licet.age is not None and licet.age < 60)


def test_an_outage_keeps_answering_says_so_once_and_catches_up(
    plane: MemoryControlPlane, licet: Licet, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "licet")
    plane.wait_for(lambda: plane.streams == 1)
    plane.go_down()
    plane.wait_for(lambda: licet.trouble is not None)
    tries = len(changes_requests(plane))
    plane.wait_for(lambda: len(changes_requests(plane)) >= tries + 3)
    decision = licet.check("root", "task:delete")
    assert decision
    assert decision.age is not None
    assert decision.age > 0
    plane.commit(("assignments", "a-root", None))
    plane.come_back()
    licet.wait_ready(5, revision=2)
    assert not licet.check("root", "task:delete")
    plane.wait_for(lambda: any("following the control plane again" in message for message in caplog.messages))
    assert licet.trouble is None
    assert sum("cannot reach" in message for message in caplog.messages) == 1
    assert sum("following the control plane again" in message for message in caplog.messages) == 1


def test_past_max_staleness_it_denies(plane: MemoryControlPlane, connect: Connect) -> None:
    licet = connect(max_staleness=0.2)
    licet.wait_ready(5)
    assert licet.check("root", "task:delete")
    plane.go_down()
    plane.wait_for(lambda: not licet.check("root", "task:delete"))
    assert licet.check("root", "task:delete").reason == "stale"
    plane.come_back()
    plane.wait_for(lambda: plane.streams == 1)
    plane.heartbeat()
    plane.wait_for(lambda: licet.check("root", "task:delete"))


def test_a_revision_asked_for_that_has_not_arrived_is_stale(plane: MemoryControlPlane, licet: Licet) -> None:
    assert licet.check("root", "task:delete", at_least=1)
    assert licet.check("root", "task:delete", at_least=2).reason == "stale"
    licet.wait_ready(5, revision=plane.commit(("users", "zoe", user("zoe"))))
    assert licet.check("root", "task:delete", at_least=2)


@pytest.mark.parametrize("status", [401, 403])
def test_a_refused_key_is_said_plainly_and_not_hammered(
    plane: MemoryControlPlane, connect: Connect, caplog: pytest.LogCaptureFixture, status: int
) -> None:
    plane.refuse = status
    licet = connect(pace=replace(QUICK, refused=1000.0))
    with pytest.raises(FetchError, match=str(status)):
        licet.wait_ready(0.3)
    assert snapshots_taken(plane) == 1
    assert any("check LICET_API_KEY" in message for message in caplog.messages)


def test_bad_data_at_the_start_is_told_from_no_data(plane: MemoryControlPlane, connect: Connect) -> None:
    class Nonsense(MemoryControlPlane):
        def _route(self, method, route, path, document):  # type: ignore[no-untyped-def]
            answer = super()._route(method, route, path, document)
            return answer._replace(body=b'{"format": 7}') if route == "/replica/v1/snapshot" else answer

    with pytest.raises(SnapshotError, match="format"):
        connect(fetcher=Nonsense()).wait_ready(0.3)


def test_close_ends_the_thread_and_keeps_answering(plane: MemoryControlPlane, licet: Licet) -> None:
    plane.wait_for(lambda: plane.streams == 1)
    licet.close()
    thread = licet._replica._thread
    assert thread is not None
    assert not thread.is_alive()
    assert licet.check("root", "task:delete")
    licet.close()


def test_many_changes_while_checking_from_many_threads(plane: MemoryControlPlane, licet: Licet) -> None:
    plane.wait_for(lambda: plane.streams == 1)
    for number in range(300):
        plane.commit(("assignments", "a-alice", GRANT_DELETE if number % 2 else None), ("users", f"u{number}", user(f"u{number}")))
        licet.check("alice", "task:delete")
    licet.wait_ready(10, revision=plane.revision)
    assert held(licet) == to_document(plane.snapshot)
