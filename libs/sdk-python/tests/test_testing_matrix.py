from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask, Response, request
from flask.testing import FlaskClient

from licet import Licet
from licet.flask import LicetFlask, public, require
from licet.testing import assert_matrix

POLICY: dict[str, Any] = {
    "resourceTypes": {"task": {"actions": ["read", "update", "delete"]}},
    "conditions": {"is-owner": "resource.properties.ownerId == subject.id"},
    "roles": {
        "viewer": {"grants": ["task:read", {"permission": "task:update", "when": "is-owner"}]},
        "admin": {"inherits": ["viewer"], "grants": ["task:*"]},
    },
    "users": {"dora": {"enabled": False}},
    "assignments": [
        {"user": "alice", "role": "viewer"},
        {"user": "root", "role": "admin"},
        {"user": "dora", "role": "admin"},
    ],
}
CASES = {
    "GET /tasks/1": {"nobody": 401, "ghost": 403, "dora": 403, "alice": 200, "root": 200},
    "PUT /tasks/1": {"nobody": 401, "ghost": 403, "dora": 403, "alice": 200, "root": 200},
    "PUT /tasks/2": {"nobody": 401, "ghost": 403, "dora": 403, "alice": 403, "root": 200},
    "DELETE /tasks/1": {"nobody": 401, "ghost": 403, "dora": 403, "alice": 403, "root": 204},
}


def load_task(number: int) -> dict[str, Any]:
    return {"id": number, "ownerId": "alice" if number == 1 else "bob"}


@pytest.fixture
def app(licet_policy: Callable[..., Licet]) -> Flask:
    app = Flask(__name__)
    LicetFlask(app, client=licet_policy(POLICY), subject=lambda: request.headers.get("X-User"))
    app.get("/", endpoint="home")(public("the front page")(lambda: "home"))
    app.get("/tasks/<int:number>", endpoint="show")(require("task:read")(lambda number: "shown"))
    app.put("/tasks/<int:number>", endpoint="update")(require("task:update", resource=load_task)(lambda number: "updated"))
    app.delete("/tasks/<int:number>", endpoint="delete")(require("task:delete")(lambda number: ("", 204)))
    return app


@pytest.fixture
def client(app: Flask) -> Callable[[str], FlaskClient]:
    def sign_in(person: str) -> FlaskClient:
        browser = app.test_client()
        if person != "nobody":
            browser.environ_base["HTTP_X_USER"] = person
        return browser

    return sign_in


Client = Callable[[str], FlaskClient]


def faults(client: Client, cases: dict[str, dict[str, int]]) -> str:
    with pytest.raises(AssertionError) as raised:
        assert_matrix(client, cases)
    return str(raised.value)


def test_a_matrix_that_is_true_passes(client: Client) -> None:
    assert_matrix(client, CASES)


def test_a_wrong_cell_is_named(client: Client) -> None:
    said = faults(client, {**CASES, "PUT /tasks/2": {**CASES["PUT /tasks/2"], "alice": 200, "root": 403}})
    assert "PUT /tasks/2 as alice: 403, should be 200" in said
    assert "PUT /tasks/2 as root: 200, should be 403" in said


def test_an_endpoint_that_is_left_out_is_named(client: Client) -> None:
    left = {name: row for name, row in CASES.items() if not name.startswith("DELETE")}
    assert "DELETE /tasks/<int:number> (delete) is not in the matrix" in faults(client, left)


def test_a_person_who_is_left_out_is_named(client: Client) -> None:
    row = {person: status for person, status in CASES["GET /tasks/1"].items() if person != "dora"}
    assert "GET /tasks/1 says nothing of dora" in faults(client, {**CASES, "GET /tasks/1": row})


def test_another_spelling_that_is_let_in_is_found(app: Flask, client: Client) -> None:
    app.delete("/tasks/<int:number>/", endpoint="again")(lambda number: ("", 204))
    assert "DELETE /tasks/1/ as alice (with a slash at the end): 204" in faults(client, CASES)


def test_an_encoded_path_that_is_let_in_is_found(app: Flask, client: Client) -> None:
    guard = "/tasks/1"

    @app.before_request
    def only_the_plain_spelling() -> Response | None:
        # The mistake: what is protected is compared as it was sent.
        raw = request.environ["REQUEST_URI"].partition("?")[0]
        return Response("no", 403) if raw == guard and request.method == "GET" and not request.headers.get("X-User") else None

    app.view_functions["show"] = lambda number: "shown"
    said = faults(client, {"GET /tasks/1": {"nobody": 403}, **{name: row for name, row in CASES.items() if name != "GET /tasks/1"}})
    assert "as nobody (encoded): 200, though GET /tasks/1 is refused with 403" in said


def test_a_method_that_is_overridden_past_the_guard_is_found(app: Flask, client: Client) -> None:
    def override(environ: dict[str, Any], start: Any) -> Any:
        environ["REQUEST_METHOD"] = environ.get("HTTP_X_HTTP_METHOD_OVERRIDE", environ["REQUEST_METHOD"])
        return wrapped(environ, start)

    wrapped = app.wsgi_app
    app.wsgi_app = override  # type: ignore[assignment, method-assign]
    assert "GET /tasks/1 as alice (method in a header)" in faults(client, CASES)


def test_a_request_is_written_with_its_method(client: Client) -> None:
    with pytest.raises(ValueError, match="GET /path"):
        assert_matrix(client, {"/tasks/1": {"nobody": 401}})
