"""What is uploaded goes beside the policy that is followed, in the same thread, and neither waits for the other."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace

import pytest
import trustme

from conftest import GRANT_DELETE, KEY, QUICK, task_policy, user
from faulty import Faulty
from licet import FetchError, Licet
from licet._fetcher import Response
from licet._http import HttpFetcher
from licet.testing import MemoryControlPlane
from served import Served, served

OTHERS = {"accept": "application/json", "content-type": "application/json"}


@pytest.fixture
def plane() -> Slow:
    return Slow()


@pytest.fixture
def server(plane: Slow) -> Iterator[Served]:
    with served(plane) as server:
        yield server
        server.taking.set()
        plane.go_on.set()


class Slow(Faulty):
    """A control plane that answers the routes in `held` only once `go_on` is set."""

    def __init__(self) -> None:
        super().__init__(task_policy())
        self.held: set[str] = set()
        self.go_on = threading.Event()

    def send(self, method: str, path: str, **options: object) -> Response:
        if path in self.held:
            with self._changed:
                self.requests.append((method, path, {"held": "yes"}))
                self._changed.notify_all()
            assert self.go_on.wait(10)
        return super().send(method, path, **options)

    def holds(self) -> bool:
        return any("held" in headers for _, _, headers in self.requests)


def threads_of_licet() -> list[str]:
    return [thread.name for thread in threading.enumerate() if "licet" in thread.name]


def test_one_thread_follows_reports_and_uploads(plane: Slow, server: Served) -> None:
    with Licet(server.url, KEY, pace=QUICK, name="tests") as licet:
        licet.wait_ready(5)
        licet.check("alice", "task:read")
        licet.wait_ready(5, revision=plane.commit(("users", "zoe", user("zoe"))))
        plane.wait_for(lambda: plane.decisions and plane.statuses and plane.statuses[-1]["revision"] == 2)
        assert threads_of_licet() == ["licet"]
    assert threads_of_licet() == []


@pytest.mark.parametrize("route", ["status", "decisions"])
def test_an_answer_that_does_not_come_holds_up_no_edit(plane: Slow, server: Served, route: str) -> None:
    plane.held = {f"/replica/v1/{route}"}
    with Licet(server.url, KEY, pace=QUICK, name="tests") as licet:
        licet.wait_ready(5)
        licet.check("alice", "task:delete")
        plane.wait_for(plane.holds)
        for number in range(20):
            licet.wait_ready(5, revision=plane.commit(("users", f"u{number}", user(f"u{number}"))))
        licet.wait_ready(5, revision=plane.commit(("assignments", "a-alice", GRANT_DELETE)))
        assert licet.check("alice", "task:delete")
        assert plane.decisions == []
        plane.go_on.set()
        plane.wait_for(lambda: len(plane.decisions) == 2 and plane.statuses[-1]["revision"] == plane.revision)


def test_an_upload_of_which_no_byte_is_taken_holds_up_no_edit(plane: Slow, server: Served) -> None:
    with Licet(server.url, KEY, pace=replace(QUICK, upload=0.2), name="tests") as licet:
        licet.wait_ready(5)
        plane.wait_for(lambda: plane.statuses)
        server.taking.clear()
        for number in range(450):  # several times what the buffers between the two take
            licet.check("alice", "task:read", {"id": str(number), "text": "x" * 16_000})
        revision = plane.commit(("assignments", "a-alice", GRANT_DELETE))
        licet.wait_ready(5, revision=revision)
        assert plane.decisions == []
        licet.wait_ready(5, revision=plane.commit(("assignments", "a-alice", None)))
        server.taking.set()
        plane.wait_for(lambda: len(plane.decisions) == 450)
    assert [record["request"]["resource"]["id"] for record in plane.decisions] == [str(number) for number in range(450)]


def test_what_is_not_answered_in_time_is_uploaded_again_under_the_same_ids(plane: Slow, server: Served) -> None:
    plane.held = {"/replica/v1/decisions"}
    with Licet(server.url, KEY, pace=QUICK, name="tests", timeout=0.3) as licet:
        licet.wait_ready(5)
        licet.check("alice", "task:read")
        plane.wait_for(lambda: sum("held" in headers for _, _, headers in plane.requests) >= 2)
        plane.go_on.set()
        plane.wait_for(lambda: len(plane.decisions) >= 2)
    assert len({record["id"] for record in plane.decisions}) == 1


def test_a_connection_that_was_closed_meanwhile_is_opened_again(server: Served) -> None:
    fetcher = HttpFetcher(server.url, KEY, 5.0)
    for _ in range(3):
        answer = fetcher.begin("/replica/v1/status", headers=OTHERS, body=b'{"revision": 1}').answer(5)
        assert answer is not None
        assert answer.status == 204
        for connection in server.connections:
            with suppress(OSError):
                connection.shutdown(2)
    fetcher.close()


def test_exchanges_that_follow_one_another_share_a_connection(server: Served) -> None:
    fetcher = HttpFetcher(server.url, KEY, 5.0)
    for _ in range(5):
        assert fetcher.begin("/replica/v1/status", headers=OTHERS, body=b"{}").answer(5) is not None
    assert len(server.connections) == 1
    fetcher.close()


def test_a_redirect_of_an_upload_is_not_followed(plane: Slow, server: Served) -> None:
    plane.fault = lambda: Response(307, {"location": "http://127.0.0.1:1/"}, b"")
    fetcher = HttpFetcher(server.url, KEY, 5.0)
    with pytest.raises(FetchError, match="redirect"):
        fetcher.begin("/replica/v1/status", headers=OTHERS, body=b"{}").answer(5)
    fetcher.close()


def test_everything_goes_over_tls_where_the_address_says_so(plane: MemoryControlPlane, monkeypatch: pytest.MonkeyPatch) -> None:
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    with authority.cert_pem.tempfile() as certificate, served(plane, tls=context) as server:
        with Licet(server.url, KEY, pace=QUICK, name="tests") as stranger, pytest.raises(FetchError, match="certificate verify failed"):
            stranger.wait_ready(0.3)
        monkeypatch.setenv("SSL_CERT_FILE", certificate)
        with Licet(server.url, KEY, pace=QUICK, name="tests") as licet:
            licet.wait_ready(5)
            for number in range(100):
                licet.check("alice", "task:read", {"id": str(number), "text": "x" * 16_000})
            large = ("users", "zoe", user("zoe", text="x" * 100_000))
            licet.wait_ready(5, revision=plane.commit(("assignments", "a-alice", GRANT_DELETE), large))
            plane.wait_for(lambda: len(plane.decisions) == 100 and plane.statuses[-1]["revision"] == 2)
