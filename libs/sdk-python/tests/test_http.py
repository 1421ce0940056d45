"""The real fetcher against a real server on a socket."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import replace

import pytest

from conftest import KEY, QUICK, assign, user
from licet import ConfigError, FetchError, Licet
from licet._fetcher import SilenceError, base_url
from licet._http import HttpFetcher
from licet.testing import MemoryControlPlane
from served import Served, served


@pytest.fixture
def server(plane: MemoryControlPlane) -> Iterator[Served]:
    with served(plane) as server:
        yield server


@pytest.fixture
def licet(server: Served) -> Iterator[Licet]:
    with Licet(server.url, KEY, pace=QUICK, name="tests") as licet:
        licet.wait_ready(5)
        yield licet


def test_changes_arrive_over_a_stream(plane: MemoryControlPlane, licet: Licet, server: Served) -> None:
    plane.wait_for(lambda: plane.streams == 1)
    for number in range(20):
        licet.wait_ready(5, revision=plane.commit(("users", f"u{number}", user(f"u{number}"))))
    licet.wait_ready(5, revision=plane.commit(("assignments", "a-alice", assign("a-alice", "admin", user="alice"))))
    assert licet.check("alice", "task:delete")
    plane.wait_for(lambda: plane.statuses and plane.statuses[-1]["revision"] == plane.revision)
    plane.wait_for(lambda: plane.decisions)
    assert [path.partition("&at=")[0] for path, _ in server.seen] == ["/base/replica/v1/snapshot", "/base/replica/v1/changes?since=1"]
    assert all(headers["authorization"] == f"Bearer {KEY}" for _, headers in server.seen)


def test_close_does_not_wait_for_the_next_byte(plane: MemoryControlPlane, server: Served) -> None:
    licet = Licet(server.url, KEY, pace=replace(QUICK, silence=60.0), name="tests")
    licet.wait_ready(5)
    plane.wait_for(lambda: plane.streams == 1)
    begun = time.monotonic()
    licet.close()
    assert time.monotonic() - begun < 2
    thread = licet._replica._thread
    assert thread is not None
    assert not thread.is_alive()


def test_a_server_that_dies_and_comes_back_is_caught_up_with(plane: MemoryControlPlane) -> None:
    with served(plane) as first:
        port = first.server_port
        licet = Licet(first.url, KEY, pace=QUICK, name="tests")
        licet.wait_ready(5)
        plane.wait_for(lambda: plane.streams == 1)
    plane.wait_for(lambda: licet.trouble is not None)
    assert licet.check("root", "task:delete")
    plane.commit(("assignments", "a-root", None))
    with served(plane, port):
        licet.wait_ready(5, revision=2)
        assert not licet.check("root", "task:delete")
        licet.close()


def test_a_redirect_is_not_followed_and_the_key_stays_here(plane: MemoryControlPlane, server: Served) -> None:
    with served(MemoryControlPlane()) as elsewhere:
        server.redirect = elsewhere.url.removesuffix("/base")
        with Licet(server.url, KEY, pace=QUICK, name="tests") as licet:
            with pytest.raises(FetchError, match="redirect"):
                licet.wait_ready(0.3)
            assert licet.check("root", "task:read").reason == "not_ready"
        assert elsewhere.seen == []


def test_remote_mode_over_a_socket(plane: MemoryControlPlane, server: Served) -> None:
    with Licet(server.url, KEY, mode="remote", name="tests") as licet:
        assert licet.check("root", "task:delete")
        assert not licet.check("alice", "task:delete")
    assert all("/access/v1/" in path for _, path, _ in plane.requests)


def test_an_answer_that_is_too_large_is_cut_off_while_it_is_read(plane: MemoryControlPlane, server: Served) -> None:
    plane.replace({"users": [user(f"u{number}") for number in range(5000)]}, revision=1)  # compresses about fifty times
    fetcher = HttpFetcher(server.url, KEY, 5.0)
    with pytest.raises(FetchError, match="larger than 100000 bytes"):
        fetcher.send("GET", "/replica/v1/snapshot", headers={}, body=None, limit=100_000)
    assert fetcher.send("GET", "/replica/v1/snapshot", headers={}, body=None, limit=10_000_000).status == 200
    fetcher.close()


def test_a_connection_that_the_server_closed_is_opened_again(plane: MemoryControlPlane, server: Served) -> None:
    fetcher = HttpFetcher(server.url, KEY, 5.0)
    for _ in range(3):
        assert fetcher.send("GET", "/replica/v1/snapshot", headers={}, body=None).status == 200
        for connection in server.connections:
            connection.close()
    fetcher.close()


def test_a_request_that_meets_a_closing_connection_is_sent_again() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            for answers in (1, 1):  # to the second request on a connection there is no answer
                connection = listening.accept()[0]
                for _ in range(answers):
                    connection.recv(65_536)
                    connection.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}")
                connection.recv(65_536)
                connection.close()

        threading.Thread(target=serve, daemon=True).start()
        fetcher = HttpFetcher(f"http://127.0.0.1:{listening.getsockname()[1]}", KEY, 5.0)
        assert [fetcher.send("GET", "/", headers={}, body=None).status for _ in range(2)] == [200, 200]
        fetcher.close()


def test_a_server_that_accepts_and_says_nothing_is_given_up() -> None:
    with socket.create_server(("127.0.0.1", 0)) as mute:
        url = f"http://127.0.0.1:{mute.getsockname()[1]}"
        fetcher = HttpFetcher(url, KEY, 0.2)
        begun = time.monotonic()
        with pytest.raises(FetchError, match="cannot reach"):
            fetcher.send("GET", "/", headers={}, body=None)
        assert time.monotonic() - begun < 3
        fetcher.close()


def test_a_stream_without_a_byte_is_silent(plane: MemoryControlPlane, server: Served) -> None:
    fetcher = HttpFetcher(server.url, KEY, 5.0)
    stream = fetcher.open("/replica/v1/changes?since=1", headers={"accept": "text/event-stream"}, silence=1.0, tick=0.2)
    begun = time.monotonic()
    with pytest.raises(SilenceError):
        list(stream)
    assert time.monotonic() - begun < 5
    fetcher.close()


def test_a_stream_can_be_closed_from_another_thread(plane: MemoryControlPlane, server: Served) -> None:
    fetcher = HttpFetcher(server.url, KEY, 5.0)
    stream = fetcher.open("/replica/v1/changes?since=1", headers={"accept": "text/event-stream"}, silence=60.0, tick=60.0)
    ended = threading.Event()

    def read() -> None:
        try:
            list(stream)
        except FetchError:
            pass
        finally:
            ended.set()

    threading.Thread(target=read, daemon=True).start()
    plane.wait_for(lambda: plane.streams == 1)
    stream.stop()
    assert ended.wait(5)
    fetcher.close()


@pytest.mark.parametrize(
    "url",
    ["", "licet.example.org", "ftp://licet", "http://", "http://user:pass@licet", "http://licet/?x=1", "http://licet/#x", "http://[::"],
)
def test_a_url_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(ConfigError, match="LICET_URL"):
        base_url(url)


def test_a_url_keeps_its_path() -> None:
    assert base_url(" https://Example.org/licet/ ") == "https://example.org/licet"


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("http://licet.example.com", True),
        ("http://8.8.8.8:4000", True),
        ("http://[2606:4700::1111]:4000", True),
        ("https://licet.example.com", False),
        *[
            (f"http://{host}:4000", False)
            for host in ("localhost", "licet", "127.0.0.1", "10.1.2.3", "192.168.0.9", "[::1]", "[fd00::1]", "licet.prod.svc.cluster.local")
        ],
    ],
)
def test_who_sends_the_key_unencrypted_beyond_its_own_network_is_told_once(
    url: str, told: bool, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("licet._fetcher._warned", set())
    for _ in range(2):
        HttpFetcher(url, KEY, 1.0).close()
    assert [message for message in caplog.messages if "unencrypted" in message and "LICET_URL" in message] == caplog.messages
    assert len(caplog.messages) == int(told)
    assert KEY not in caplog.text
