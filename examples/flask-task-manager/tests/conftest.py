from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from flask import Flask
from flask.testing import FlaskClient

from app import create_app
from licet import Licet
from licet.testing import MemoryControlPlane, rows_of

HERE = Path(__file__).parents[1]
POLICY: dict[str, Any] = yaml.safe_load((HERE / "policy.yaml").read_text(encoding="utf-8"))
PASSWORD = "a few plain words"
HTML = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


@pytest.fixture
def plane() -> MemoryControlPlane:
    """Licet in memory, with the policy of policy.yaml in force."""
    return MemoryControlPlane(rows_of(POLICY))


@pytest.fixture
def licet(plane: MemoryControlPlane) -> Iterator[Licet]:
    with Licet("http://licet.test", "lct_test", fetcher=plane, name="task-manager") as licet:
        licet.wait_ready(5)
        yield licet
        plane.cut()


@pytest.fixture
def app(licet: Licet, tmp_path: Path) -> Flask:
    app = create_app(client=licet, instance_path=str(tmp_path))
    app.testing = True
    return app


class Person:
    """Somebody in front of a browser."""

    def __init__(self, browser: FlaskClient) -> None:
        self.browser = browser

    def get(self, path: str) -> Any:
        return self.browser.get(path, headers=HTML)

    def post(self, path: str, **form: str) -> Any:
        """Send the form of a page, with the token that the page carries."""
        token = re.search(r'name="csrf_token" value="([^"]+)"', self.get("/login").text)
        assert token is not None
        return self.browser.post(path, data={"csrf_token": token[1], **form}, headers=HTML)


@pytest.fixture
def visit(app: Flask) -> Callable[[], Person]:
    return lambda: Person(app.test_client())


@pytest.fixture
def join(visit: Callable[[], Person]) -> Callable[[str], Person]:
    def sign_up(username: str) -> Person:
        person = visit()
        answer = person.post("/register", username=username, name=username.capitalize(), password=PASSWORD)
        assert answer.status_code == 302, answer.text
        return person

    return sign_up
