from __future__ import annotations

import secrets
from base64 import b64encode
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from flask import Flask, json
from flask.testing import FlaskClient

from accounts import add_account
from app import create_app
from licet import Licet
from licet.testing import MemoryControlPlane, rows_of
from models import Item, db

HERE = Path(__file__).parents[1]
POLICY: dict[str, Any] = yaml.safe_load((HERE / "policy.yaml").read_text(encoding="utf-8"))
SEED = json.loads((HERE / "seed.json").read_text(encoding="utf-8"))
# Besides the three of the seed: somebody without a role, somebody who was disabled, and somebody with a role elsewhere.
OTHERS = ("newcomer", "former", "elsewhere")


def policy_for_tests() -> dict[str, Any]:
    return {
        **POLICY,
        "tenants": {"branch": None},
        "users": {**POLICY["users"], "former": {"enabled": False}},
        "assignments": [
            *POLICY["assignments"],
            {"user": "former", "role": POLICY["assignments"][0]["role"]},
            {"user": "elsewhere", "role": POLICY["assignments"][0]["role"], "tenant": "branch"},
        ],
    }


@pytest.fixture
def plane() -> MemoryControlPlane:
    """Licet in memory, with policy.yaml in force."""
    return MemoryControlPlane(rows_of(policy_for_tests()))


@pytest.fixture
def licet(plane: MemoryControlPlane) -> Iterator[Licet]:
    with Licet("http://licet.test", "lct_test", fetcher=plane, name="inventory") as licet:
        licet.wait_ready(5)
        yield licet


@pytest.fixture
def app(licet: Licet, tmp_path: Path) -> Flask:
    # Real hashes take long on purpose.
    app = create_app(client=licet, instance_path=str(tmp_path), PASSWORD_METHOD="pbkdf2:sha256:1")
    app.testing = True
    return app


@pytest.fixture
def passwords(app: Flask, licet: Licet, plane: MemoryControlPlane) -> dict[str, str]:
    """The passwords of everybody, made for this test. `ghost` has an account that Licet was never told of."""
    made = {username: secrets.token_urlsafe(12) for username in (*SEED["accounts"], *OTHERS)}
    with app.app_context():
        for username, password in made.items():
            add_account(username, password)
        licet.wait_ready(5, revision=plane.revision)
        db.session.add_all(Item(name=name, record=record) for name, record in SEED["items"].items())
        db.session.commit()
    return made


SignIn = Callable[[str], FlaskClient]


@pytest.fixture
def sign_in(app: Flask, passwords: dict[str, str]) -> SignIn:
    def with_password(username: str) -> FlaskClient:
        browser = app.test_client()
        if username != "nobody":
            given = f"{username}:{passwords.get(username, 'wrong')}"
            browser.environ_base["HTTP_AUTHORIZATION"] = f"Basic {b64encode(given.encode()).decode()}"
        return browser

    return with_password
