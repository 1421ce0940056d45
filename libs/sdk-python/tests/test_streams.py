"""What a replica does when streaming does not work as it should."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from conftest import GRANT_DELETE, QUICK, Connect, changes_requests, snapshots_taken, task_policy, user
from licet.errors import FetchError
from licet.testing import MemoryControlPlane


def test_where_no_stream_is_given_it_polls(plane: MemoryControlPlane, connect: Connect) -> None:
    plane.streaming = False
    licet = connect()
    licet.wait_ready(5)
    licet.wait_ready(5, revision=plane.commit(("assignments", "a-alice", GRANT_DELETE)))
    assert licet.check("alice", "task:delete")
    plane.commit(("users", "zoe", user("zoe")))
    plane.forget()
    licet.wait_ready(5, revision=3)


def test_where_no_further_stream_is_given_by_its_key_it_polls(connect: Connect) -> None:
    class Full(MemoryControlPlane):
        def open(self, path: str, **options: Any) -> Any:
            raise FetchError("50 streams of changes are open with this key", status=429)

    full = Full(task_policy())
    licet = connect(fetcher=full)
    licet.wait_ready(5)
    licet.wait_ready(5, revision=full.commit(("assignments", "a-alice", GRANT_DELETE)))
    assert licet.check("alice", "task:delete")


def test_a_page_with_a_gap_leads_to_a_new_snapshot(connect: Connect) -> None:
    class Forgetful(MemoryControlPlane):
        def _page(self, since, at=None):  # type: ignore[no-untyped-def]
            return super()._page(self.revision)

    forgetful = Forgetful(task_policy())
    forgetful.streaming = False
    licet = connect(fetcher=forgetful)
    licet.wait_ready(5)
    licet.wait_ready(5, revision=forgetful.commit(("users", "zoe", user("zoe"))))


def test_an_error_of_its_own_does_not_end_the_replica(connect: Connect, caplog: pytest.LogCaptureFixture) -> None:
    class Broken(MemoryControlPlane):
        def _route(self, method, route, path, document):  # type: ignore[no-untyped-def]
            if route == "/replica/v1/snapshot" and snapshots_taken(self) < 3:
                raise RuntimeError("a mistake in the program")
            return super()._route(method, route, path, document)

    connect(fetcher=Broken(task_policy())).wait_ready(5)
    assert "a mistake in the program" in caplog.text


def test_a_stream_that_stays_silent_is_dead_and_polling_takes_its_place(plane: MemoryControlPlane, connect: Connect) -> None:
    class Buffering(MemoryControlPlane):
        """A proxy that holds back every event."""

        def push(self, piece: bytes) -> None:
            pass

        def open(self, path: str, **options: Any) -> Any:
            stream = super().open(path, **options)
            while not stream._pieces.empty():
                stream._pieces.get()
            return stream

    silent = Buffering(task_policy())
    licet = connect(fetcher=silent, pace=replace(QUICK, silence=0.05))
    licet.wait_ready(5)
    silent.wait_for(lambda: silent.streams == 1)
    licet.wait_ready(5, revision=silent.commit(("users", "zoe", user("zoe"))))
    polls = lambda: [path for _, path, headers in silent.requests if "changes" in path and "last-event-id" not in headers]  # noqa: E731
    silent.wait_for(polls)
    licet.wait_ready(5, revision=silent.commit(("users", "yan", user("yan"))))


def test_a_stream_that_falls_silent_after_events_is_opened_again(plane: MemoryControlPlane, connect: Connect) -> None:
    licet = connect(pace=replace(QUICK, silence=0.1))
    licet.wait_ready(5)
    for _ in range(4):
        opened = len(changes_requests(plane))
        plane.wait_for(lambda: plane.streams == 1)
        plane.heartbeat()
        plane.wait_for(lambda opened=opened: len(changes_requests(plane)) > opened)  # type: ignore[misc]
    assert all(since == "1" for since in changes_requests(plane))  # streams, never polls
