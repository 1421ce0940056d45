from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from flask import Flask, json
from flask.testing import FlaskClient

from app import create_app
from licet import Licet
from licet.testing import MemoryControlPlane, rows_of
from models import Project, db
from tokens import make_token

HERE = Path(__file__).parents[1]
POLICY: dict[str, Any] = yaml.safe_load((HERE / "policy.yaml").read_text(encoding="utf-8"))
SEED = json.loads((HERE / "seed.json").read_text(encoding="utf-8"))
# One project for each rule, all of ann's but the last.
PROJECTS: dict[int, dict[str, Any]] = {
    1: {"name": "public"},
    2: {"name": "private", "private": True},
    3: {"name": "archived", "archived": True},
    4: {"name": "locked", "locked": True},
    5: {"name": "owner may not edit", "allow_owner_edits": False},
    6: {"name": "elsewhere", "tenant": "globex", "owner": "gus"},
}


@pytest.fixture
def plane() -> MemoryControlPlane:
    """Licet in memory, with policy.yaml in force, and somebody who was disabled."""
    former = {**POLICY["users"], "former": {"enabled": False}}
    given = [*POLICY["assignments"], {**POLICY["assignments"][2], "user": "former"}]
    return MemoryControlPlane(rows_of({**POLICY, "users": former, "assignments": given}, ["newcomer"]))


@pytest.fixture
def licet(plane: MemoryControlPlane) -> Iterator[Licet]:
    with Licet("http://licet.test", "lct_test", fetcher=plane, name="projects") as licet:
        licet.wait_ready(5)
        yield licet


@pytest.fixture
def app(licet: Licet, tmp_path: Path) -> Flask:
    app = create_app(client=licet, instance_path=str(tmp_path), SQLALCHEMY_DATABASE_URI="sqlite://")
    app.testing = True
    fill(app)
    return app


def fill(app: Flask) -> None:
    """Make the projects anew, whatever was done with them."""
    with app.app_context():
        db.session.execute(db.delete(Project))
        usual = {"tenant": "acme", "owner": "ann", "private": False, "archived": False, "locked": False, "allow_owner_edits": True}
        db.session.add_all(Project(id=number, **{**usual, **row}) for number, row in PROJECTS.items())
        db.session.commit()


SignIn = Callable[[str], FlaskClient]


@pytest.fixture
def sign_in(app: Flask) -> SignIn:
    tokens: dict[str, str] = {}

    def with_token(username: str) -> FlaskClient:
        browser = app.test_client()
        with app.app_context():
            given = tokens.setdefault(username, make_token(username))
        if username != "nobody":
            browser.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {given}"
        return browser

    return with_token
