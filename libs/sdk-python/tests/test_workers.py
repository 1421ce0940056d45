"""Workers of a real server that were forked after the application was loaded."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest

import licet
from conftest import KEY
from licet.testing import MemoryControlPlane
from served import served

APPLICATION = """
import licet
from licet import Licet

licet = Licet({url!r}, {key!r}, name="preloaded")
licet.wait_ready(10)
assert licet.check("root", "task:delete")


def app(environ, start_response):
    if environ["QUERY_STRING"]:
        licet.wait_ready(5, revision=int(environ["QUERY_STRING"]))
    decision = licet.check("root", "task:delete")
    start_response("200 OK", [("content-type", "text/plain")])
    return [f"{{os.getpid()}} {{decision.allowed}} {{decision.revision}}".encode()]
"""


FORKED = """
import os, threading
from licet import Licet

licet = Licet({url!r}, {key!r}, name="forked")
licet.wait_ready(10)
assert licet.check("root", "task:delete")
child = os.fork()
if child == 0:
    try:
        licet._replica.wait(2, 20)  # and asks nothing
        print(licet.check("root", "task:delete").allowed, licet.revision, threading.active_count(), flush=True)
    finally:
        os._exit(0)
os.waitpid(child, 0)
licet.wait_ready(10, revision=2)
print(licet.check("root", "task:delete").allowed, licet.revision)
"""
FORKED_IN_SECRET = """
import ctypes, os, sys
from licet import Licet

licet = Licet({url!r}, {key!r}, mode={mode!r}, name="forked")
licet.wait_ready(10)
assert licet.check("root", "task:delete")
if ctypes.PyDLL(None).fork() == 0:
    try:
        print(licet.check("root", "task:delete").reason, licet.ready, flush=True)
    finally:
        os._exit(0)
os.wait()
assert licet.check("root", "task:delete")
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork")
def test_a_forked_process_follows_by_itself_before_it_asks_anything(plane: MemoryControlPlane) -> None:
    with served(plane) as server:
        program = FORKED.format(url=server.url, key=KEY)
        environment = {**os.environ, "PYTHONPATH": str(Path(licet.__file__).parents[1])}
        command = [sys.executable, "-W", "ignore::DeprecationWarning", "-c", program]
        with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as forked:
            plane.wait_for(lambda: len({status["instance"] for status in plane.statuses}) == 2, 20)
            plane.commit(("assignments", "a-root", None))
            said, complaints = forked.communicate(timeout=60)
    assert (said.splitlines(), complaints) == (["False 2 2", "False 2"], "")  # with one thread beside the one that asks


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork")
@pytest.mark.parametrize(("mode", "answer"), [("local", "not_ready False"), ("remote", "allowed_by_grant True")])
def test_a_process_that_was_forked_behind_pythons_back_denies_and_says_why(plane: MemoryControlPlane, mode: str, answer: str) -> None:
    with served(plane) as server:
        program = FORKED_IN_SECRET.format(url=server.url, key=KEY, mode=mode)
        environment = {**os.environ, "PYTHONPATH": str(Path(licet.__file__).parents[1])}
        done = _run_anew_where_it_hangs([sys.executable, "-c", program], environment)
    assert (done.returncode, done.stdout.strip()) == (0, answer), done.stderr
    assert ("--lazy-apps" in done.stderr) == (mode == "local")


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork")
def test_workers_of_gunicorn_that_were_forked_after_loading_follow_by_themselves(plane: MemoryControlPlane, tmp_path: Path) -> None:
    with served(plane) as server:
        (tmp_path / "application.py").write_text("import os\n" + APPLICATION.format(url=server.url, key=KEY))
        address = tmp_path / "socket"
        settings = [
            "--preload",
            "--workers=2",
            f"--bind=unix:{address}",
            f"--chdir={tmp_path}",
            "--log-level=warning",
            "--no-control-socket",
        ]
        command = [sys.executable, "-m", "gunicorn", *settings, "application:app"]
        environment = {**os.environ, "PYTHONPATH": str(Path(licet.__file__).parents[1])}
        with subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True) as gunicorn:
            try:
                plane.wait_for(lambda: {status["name"] for status in plane.statuses} and address.exists(), 20)
                assert _asked(address, "", 2) == {"True 1"}
                revision = plane.commit(("assignments", "a-root", None))
                assert _asked(address, str(revision), 2) == {"False 2"}
            finally:
                gunicorn.terminate()
                assert gunicorn.stderr is not None
                said = gunicorn.stderr.read()
        assert "Traceback" not in said


def _run_anew_where_it_hangs(command: list[str], environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Run a program that forks behind Python's back: the child may hang at a lock of Python itself that another thread held just then."""
    for _ in range(3):
        with suppress(subprocess.TimeoutExpired):
            return subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=20)
    raise AssertionError("it hung three times")


def _asked(address: Path, revision: str, workers: int) -> set[str]:
    """Ask until so many workers have answered; give what they said."""
    answers: dict[str, str] = {}
    until = time.monotonic() + 30
    while time.monotonic() < until:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(20)
            connection.connect(str(address))
            connection.sendall(f"GET /?{revision} HTTP/1.0\r\n\r\n".encode())
            body = b"".join(iter(lambda: connection.recv(65_536), b"")).decode().partition("\r\n\r\n")[2]
        pid, _, answer = body.partition(" ")
        answers[pid] = answer
        if len(answers) == workers:
            return set(answers.values())
    raise AssertionError(answers)
