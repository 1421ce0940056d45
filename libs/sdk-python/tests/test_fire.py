"""A control plane that misbehaves, on a real socket: no exception reaches the host, and no decision but that of the revision it claims."""

from __future__ import annotations

import gc
import logging
import socket
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import pytest

from conftest import GRANT_DELETE, KEY, task_policy, user
from faulty import FAULTS, JSON, PACE, Faulty, older
from licet import Licet
from licet._fetcher import Response
from licet._snapshot import Snapshot, to_document
from served import Served, served


@pytest.fixture
def plane() -> Faulty:
    return Faulty(task_policy())


@pytest.fixture
def server(plane: Faulty) -> Iterator[Served]:
    with served(plane) as server:
        yield server


def requests_until(plane: Faulty, count: int) -> None:
    """Wait until the replica met the fault a few times."""

    def met() -> int:
        return sum(method == "GET" for method, _, _ in plane.requests)

    enough = met() + count
    plane.wait_for(lambda: met() >= enough)


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_at_the_start_denies_everything_until_it_passes(plane: Faulty, server: Served, fault: str) -> None:
    plane.fault = FAULTS[fault]
    with Licet(server.url, KEY, pace=PACE, name="tests") as client:
        requests_until(plane, 3)
        decision = client.check("root", "task:read")
        assert (decision.allowed, decision.reason, decision.revision) == (False, "not_ready", 0)
        plane.heal()
        client.wait_ready(10)
        assert client.check("root", "task:read")


@pytest.mark.parametrize("fault", [*FAULTS, "an older revision"])
def test_a_fault_later_leaves_the_last_policy_in_force_until_it_passes(plane: Faulty, server: Served, fault: str) -> None:
    with Licet(server.url, KEY, pace=PACE, name="tests") as client:
        client.wait_ready(10)
        plane.wait_for(lambda: plane.streams == 1)
        plane.fault = FAULTS.get(fault, older)
        plane.commit(("assignments", "a-root", None), announce=False)
        plane.cut()
        requests_until(plane, 3)
        decision = client.check("root", "task:delete")
        assert (decision.allowed, decision.revision) == (True, 1)
        plane.heal()
        client.wait_ready(10, revision=2)
        decision = client.check("root", "task:delete")
        assert (decision.allowed, decision.revision) == (False, 2)


@pytest.mark.parametrize("fault", FAULTS)
def test_in_remote_mode_a_fault_denies_as_long_as_it_lasts(plane: Faulty, server: Served, fault: str) -> None:
    with Licet(server.url, KEY, mode="remote", name="tests") as client:
        assert client.check("root", "task:delete")
        plane.fault = FAULTS[fault]
        assert client.check("root", "task:delete").reason == "unreachable"
        assert [answer.reason for answer in client.check_many("root", ["task:delete", "task:read"])] == ["unreachable"] * 2
        assert client.filter_plan("root", "task:delete").kind == "never"
        assert not client.explain("root", "task:delete").decision
        plane.heal()
        assert client.check("root", "task:delete")


@contextmanager
def mute(port: int = 0) -> Iterator[socket.socket]:
    """A server that takes connections and says nothing, as a half-open connection does."""
    held = []

    def take(listening: socket.socket) -> None:
        with suppress(OSError):
            while True:
                held.append(listening.accept()[0])

    with socket.create_server(("127.0.0.1", port)) as listening:
        thread = threading.Thread(target=take, args=(listening,), daemon=True)
        thread.start()
        yield listening
        listening.shutdown(socket.SHUT_RDWR)
        thread.join()
    for connection in held:
        connection.close()


def test_a_server_that_says_nothing_holds_up_no_check(plane: Faulty) -> None:
    with mute() as listening:
        port = listening.getsockname()[1]
        client = Licet(f"http://127.0.0.1:{port}/base", KEY, pace=PACE, name="tests", timeout=0.2)
        assert client.check("root", "task:read").reason == "not_ready"
        assert not client.ready
    with served(plane, port):
        client.wait_ready(10)
        assert client.check("root", "task:read")
        client.close()


def test_a_server_that_starts_after_the_application_is_found(plane: Faulty) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with Licet(f"http://127.0.0.1:{port}/base", KEY, pace=PACE, name="tests") as client:
        assert client.check("root", "task:read").reason == "not_ready"
        with served(plane, port):
            client.wait_ready(10)
            assert client.check("root", "task:read")


def test_a_slow_answer_holds_up_no_check(plane: Faulty, server: Served) -> None:
    go_on = threading.Event()

    def slow() -> Response:
        assert go_on.wait(10)
        return Response(500, JSON, b"{}")

    with Licet(server.url, KEY, pace=PACE, name="tests") as client:
        client.wait_ready(10)
        plane.wait_for(lambda: plane.streams == 1)
        plane.fault = slow
        plane.cut()
        requests_until(plane, 1)
        assert client.check("root", "task:delete")  # while the answer is still out
        go_on.set()
        plane.heal()
        client.wait_ready(10, revision=plane.commit(("users", "zoe", user("zoe"))))


def test_a_clock_that_is_set_back_makes_nothing_stale_and_keeps_what_has_ended(
    plane: Faulty, server: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    ended = {**GRANT_DELETE, "expiresAt": "2020-01-01T00:00:00.000Z"}
    with Licet(server.url, KEY, pace=PACE, name="tests", max_staleness=60) as client:
        client.wait_ready(10, revision=plane.commit(("assignments", "a-alice", ended)))
        assert not client.check("alice", "task:delete")
        monkeypatch.setattr("licet._local.now_ms", lambda: 1_700_000_000_000)
        assert client.check("root", "task:delete")
        assert not client.check("alice", "task:delete")
        assert client.age is not None
        assert 0 <= client.age < 60
        client.wait_ready(10, revision=plane.commit(("assignments", "a-alice", GRANT_DELETE)))
        assert client.check("alice", "task:delete")


@pytest.mark.parametrize("mode", ["local", "remote"])
@pytest.mark.parametrize(
    ("fault", "remedy"),
    [
        ("401", "check LICET_API_KEY"),
        ("403", "role `licet.application`"),
        ("404", "check LICET_URL"),
        ("a web page", "check LICET_URL"),
        ("unreachable", "check that Licet runs, and LICET_URL"),
    ],
)
def test_one_log_line_at_the_start_names_the_remedy(
    plane: Faulty, server: Served, caplog: pytest.LogCaptureFixture, mode: Any, fault: str, remedy: str
) -> None:
    plane.fault = FAULTS.get(fault)
    if fault == "unreachable":
        server.stop()
    with Licet(server.url, KEY, mode=mode, pace=PACE, name="tests") as client:
        for _ in range(5):
            assert not client.check("root", "task:read")
        if mode == "local":
            with pytest.raises(Exception, match=r"Licet|control plane"):
                client.wait_ready(0.3)
        lines = [record for record in caplog.records if record.levelno >= logging.WARNING]
        assert [remedy in record.getMessage() for record in lines] == [True]
        assert not any(record.exc_info for record in lines)


def test_two_hundred_threads_check_while_a_thousand_edits_arrive(plane: Faulty, server: Served) -> None:
    wrong: list[Any] = []
    done = threading.Event()

    def ask() -> None:
        before = 0
        try:
            while not done.is_set():
                decision = client.check("alice", "task:delete", log=False)
                # Every second revision takes away what the one before gave.
                if decision.allowed is not (decision.revision % 2 == 0) or decision.revision < before:
                    wrong.append(decision)
                before = decision.revision
                done.wait(0.001 * (before % 7))
        except Exception as error:
            wrong.append(error)

    interval = sys.getswitchinterval()
    with Licet(server.url, KEY, pace=PACE, name="tests", decision_log=False) as client:
        client.wait_ready(10)
        plane.wait_for(lambda: plane.streams == 1)
        threads = [threading.Thread(target=ask) for _ in range(200)]
        try:
            sys.setswitchinterval(0.000_01)
            for thread in threads:
                thread.start()
            for number in range(1000):
                plane.commit(("assignments", "a-alice", None if number % 2 else GRANT_DELETE))
            client.wait_ready(60, revision=plane.revision)
        finally:
            done.set()
            for thread in threads:
                thread.join()
            sys.setswitchinterval(interval)
        assert wrong == []
        assert client.revision == 1001
        held = client._replica.snapshot
        assert held is not None
        assert to_document(held) == to_document(plane.snapshot)
        gc.collect()
        alive = sum(isinstance(each, Snapshot) for each in gc.get_objects())
        assert alive <= 4, "snapshots of the past are still held"
