from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any, ClassVar

import pytest
from flask import Blueprint, Flask, g, request
from flask.testing import FlaskClient
from flask.views import MethodView, View

from conftest import allow
from licet import Forbidden, Licet
from licet.flask import LicetFlask, authorize, decision_made, permission_refused, require
from licet.testing import MemoryControlPlane


def load_task(number: int) -> dict[str, Any] | None:
    owner = {1: "alice", 2: "bob"}.get(number)
    return owner and {"id": number, "ownerId": owner}  # type: ignore[return-value]


class TaskView(MethodView):
    decorators: ClassVar = [require("task:read")]

    def get(self, number: int) -> str:
        return "read"

    @require("task:update", resource=load_task)
    def put(self, number: int) -> str:
        return f"updated {g.licet_resource['id']}"


@require("task:delete")
class WipeView(View):
    methods: ClassVar = ["POST"]

    def dispatch_request(self) -> str:
        return "wiped"


@pytest.fixture
def extension(licet: Licet) -> LicetFlask:
    return LicetFlask(client=licet, subject=lambda: request.headers.get("X-User"))


@pytest.fixture
def app(extension: LicetFlask) -> Flask:
    app = Flask(__name__)
    app.testing = True
    extension.init_app(app)
    app.add_url_rule("/tasks/<int:number>", view_func=TaskView.as_view("task"))
    app.add_url_rule("/wipe", view_func=WipeView.as_view("wipe"))
    outer, inner = Blueprint("outer", __name__), Blueprint("inner", __name__)

    @outer.before_request
    @require("task:update", resource=load_task, hide=True)
    def only_for_the_owner() -> None:
        return None

    inner.get("/inner/<int:number>")(lambda number: f"inner {g.licet_decision.reason}")
    outer.register_blueprint(inner)
    app.register_blueprint(outer)
    return app


@pytest.fixture
def ask(app: Flask) -> Callable[[str, str, str], Any]:
    browser: FlaskClient = app.test_client()
    return lambda method, path, who: browser.open(path, method=method, headers={"X-User": who} if who else {})


Ask = Callable[[str, str, str], Any]


def test_the_decorators_of_a_class_based_view_hold_for_each_method(ask: Ask) -> None:
    assert ask("GET", "/tasks/1", "alice").text == "read"
    assert ask("GET", "/tasks/1", "zoe").status_code == 403
    assert ask("PUT", "/tasks/1", "zoe").status_code == 403


def test_a_method_of_a_view_may_need_more_and_of_its_resource(ask: Ask) -> None:
    assert ask("PUT", "/tasks/1", "alice").text == "updated 1"
    assert ask("PUT", "/tasks/2", "alice").status_code == 403
    assert ask("PUT", "/tasks/3", "alice").status_code == 404
    assert ask("HEAD", "/tasks/1", "zoe").status_code == 403


def test_a_whole_class_may_be_decorated(ask: Ask) -> None:
    assert ask("POST", "/wipe", "alice").status_code == 403
    assert ask("POST", "/wipe", "root").text == "wiped"


def test_a_blueprint_is_guarded_before_each_request_with_what_the_path_names(ask: Ask) -> None:
    assert ask("GET", "/inner/1", "alice").text == "inner allowed_by_grant"
    assert ask("GET", "/inner/2", "alice").status_code == 404
    assert ask("GET", "/inner/3", "alice").status_code == 404
    assert ask("GET", "/inner/2", "root").text == "inner allowed_by_grant"


def test_what_is_hidden_looks_the_same_as_what_is_missing(ask: Ask) -> None:
    assert ask("GET", "/inner/2", "alice").data == ask("GET", "/inner/3", "alice").data


def test_signals_tell_of_decisions_and_of_refusals(app: Flask, ask: Ask) -> None:
    made: list[tuple[str, Any, bool]] = []
    refused: list[str] = []

    def on_decision(sender: Flask, **sent: Any) -> None:
        assert sender is app
        made.append((sent["permission"], sent["subject"], bool(sent["decision"])))

    def on_refusal(sender: Flask, **sent: Any) -> None:
        refused.append(f"{sent['permission']} of {sent['resource']['id']}")

    with decision_made.connected_to(on_decision), permission_refused.connected_to(on_refusal, app):
        ask("PUT", "/tasks/1", "alice")
        ask("PUT", "/tasks/2", "alice")
    ask("PUT", "/tasks/2", "alice")
    assert made == [
        ("task:read", "alice", True),
        ("task:update", "alice", True),
        ("task:read", "alice", True),
        ("task:update", "alice", False),
    ]
    assert refused == ["task:update of 2"]


def test_the_context_may_be_that_of_the_request(app: Flask, ask: Ask, plane: MemoryControlPlane, licet: Licet) -> None:
    tree = {"op": "eq", "args": [{"op": "var", "path": ["context", "method"]}, {"op": "lit", "value": "PATCH"}]}
    grant = allow("g-create", "user", "task:create", "is-patch")
    licet.wait_ready(5, revision=plane.commit(("conditions", "is-patch", {"id": "is-patch", "tree": tree}), ("grants", "g-create", grant)))
    guarded = require("task:create", context=lambda: {"method": request.method})(lambda: "made")
    app.add_url_rule("/made", view_func=guarded, endpoint="made", methods=["POST", "PATCH"])
    assert ask("PATCH", "/made", "alice").text == "made"
    assert ask("POST", "/made", "alice").status_code == 403


def test_a_service_is_guarded_alike_from_a_view_and_from_a_command_line(app: Flask, ask: Ask, extension: LicetFlask) -> None:
    def close(task: dict[str, Any], by: Any) -> str:
        extension.client.require(by, "task:update", task)
        return f"closed {task['id']}"

    app.post("/close/<int:number>", endpoint="close")(lambda number: close(load_task(number) or {}, extension.subject))
    assert ask("POST", "/close/1", "alice").text == "closed 1"
    assert ask("POST", "/close/2", "alice").json["permission"] == "task:update"
    assert ask("POST", "/close/2", "").status_code == 403
    with app.app_context():
        assert close({"id": 2, "ownerId": "bob"}, "bob") == "closed 2"
        with pytest.raises(Forbidden, match="task:update"):
            close({"id": 2, "ownerId": "bob"}, "alice")


def test_a_typo_in_a_decorator_is_one_clear_line_and_a_denial(app: Flask, ask: Ask, caplog: pytest.LogCaptureFixture) -> None:
    app.get("/typo")(require("task:raed")(lambda: "read"))
    for _ in range(3):
        answer = ask("GET", "/typo", "root")
        assert answer.status_code == 403
        assert answer.json["reason"] == "unknown_action"
    lines = [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING]
    assert len(lines) == 1
    for words in ("`task:raed`", "did you mean `task:read`?", "flask licet declare"):
        assert words in lines[0]


def test_names_that_licet_knows_make_no_noise(ask: Ask, caplog: pytest.LogCaptureFixture) -> None:
    ask("GET", "/tasks/1", "alice")
    assert [record for record in caplog.records if record.levelno >= logging.WARNING] == []


def test_nobody_signed_in_is_anonymous_to_a_service(app: Flask, extension: LicetFlask) -> None:
    with app.test_request_context():
        assert extension.subject == {"type": "anonymous", "id": "anonymous"}
        with pytest.raises(Forbidden):
            authorize("task:read")
