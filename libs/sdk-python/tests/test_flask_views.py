from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any, ClassVar

import pytest
from flask import Blueprint, Flask, g, request, session
from flask.testing import FlaskClient
from flask.views import MethodView, View
from flask_login import AnonymousUserMixin
from werkzeug.local import LocalProxy

from conftest import allow
from licet import Forbidden, Licet
from licet._flask_bound import Bound
from licet._flask_offline import _Nobody as Away
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
    assert ask("POST", "/close/2", "").status_code == 401
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


@pytest.mark.parametrize("nobody", [lambda: "", lambda: LocalProxy(lambda: None), lambda: LocalProxy(AnonymousUserMixin)])
def test_whoever_is_not_signed_in_is_nobody_however_the_application_says_it(licet: Licet, nobody: Callable[[], Any]) -> None:
    app = Flask(__name__)
    LicetFlask(app, client=licet, subject=nobody)
    app.get("/")(require("task:read")(lambda: "read"))
    assert app.test_client().get("/").status_code == 401


def test_a_proxy_of_somebody_is_that_somebody(licet: Licet) -> None:
    app = Flask(__name__)
    LicetFlask(app, client=licet, subject=lambda: LocalProxy(lambda: {"id": "alice"}))
    app.get("/")(require("task:read")(lambda: "read"))
    assert app.test_client().get("/").status_code == 200


@pytest.mark.parametrize("has_page_for_401", [False, True])
def test_an_own_page_for_403_does_not_stand_in_for_the_sign_in(app: Flask, ask: Ask, has_page_for_401: bool) -> None:
    app.register_error_handler(403, lambda error: ("own 403", 403))
    if has_page_for_401:
        app.register_error_handler(401, lambda error: ("own 401", 401))
    assert ask("POST", "/wipe", "alice").text == "own 403"
    answer = ask("GET", "/tasks/1", "")
    assert (answer.status_code, answer.text == "own 401") == (401, has_page_for_401)


def test_nobody_is_told_to_sign_in_by_a_service_too(app: Flask, extension: LicetFlask, ask: Ask) -> None:
    app.get("/service", endpoint="service")(lambda: str(extension.client.require(extension.subject, "task:read")))
    assert ask("GET", "/service", "").status_code == 401


@pytest.mark.parametrize("outage", [False, True])
def test_what_is_hidden_answers_as_what_is_not_there(
    app: Flask, licet: Licet, plane: MemoryControlPlane, ask: Ask, monkeypatch: pytest.MonkeyPatch, outage: bool
) -> None:
    def who() -> Any:
        return session.get("user", request.headers.get("X-User"))

    app.secret_key = "for this test"
    app.extensions["licet"] = Bound(licet, who, None)
    if outage:
        monkeypatch.setattr(type(licet), "trouble", "the control plane is away")
    there, not_there = (ask("GET", f"/inner/{number}", "zoe") for number in (2, 9))
    assert there.status_code == not_there.status_code == 404
    assert (there.data, there.headers.to_wsgi_list()) == (not_there.data, not_there.headers.to_wsgi_list())
    assert ("Licet-Replica" in there.headers) is outage


def test_where_licet_cannot_tell_what_is_hidden_answers_as_what_is_not_there(connect: Callable[..., Licet]) -> None:
    app = Flask(__name__)
    LicetFlask(app, client=connect(fetcher=Away()), subject=lambda: "zoe")
    app.get("/<int:number>")(require("task:update", resource=load_task, hide=True)(lambda number: "read"))
    assert [app.test_client().get(f"/{number}").status_code for number in (2, 9)] == [503, 503]


def test_a_loader_may_be_a_coroutine(app: Flask, ask: Ask) -> None:
    async def load(number: int) -> dict[str, Any] | None:
        return load_task(number)

    app.get("/later/<int:number>", endpoint="later")(require("task:update", resource=load)(lambda number: "updated"))
    assert [ask("GET", f"/later/{number}", "alice").status_code for number in (1, 2, 9)] == [200, 403, 404]


def test_a_guard_above_the_route_is_said_with_the_first_question(app: Flask, ask: Ask, caplog: pytest.LogCaptureFixture) -> None:
    require("task:delete")(app.get("/open", endpoint="open")(lambda: "open to everybody"))
    ask("GET", "/tasks/1", "alice")
    lines = [record.getMessage() for record in caplog.records if record.levelno == logging.ERROR]
    assert len(lines) == 1
    assert "open" in lines[0]
    assert "@require" in lines[0]


def test_a_factory_that_makes_many_applications_makes_one_replica() -> None:
    extension = LicetFlask(subject=lambda: "alice")
    clients = []
    for name in ("one", "one", "two"):
        app = Flask(__name__)
        app.config.update(LICET_URL="http://127.0.0.1:9", LICET_API_KEY="lct_test", LICET_NAME=name)
        extension.init_app(app)
        with app.app_context():
            clients.append(extension.client)
    assert clients[0] is clients[1] is not clients[2]
    clients[0].close()
    again = Flask(__name__)
    again.config.update(LICET_URL="http://127.0.0.1:9", LICET_API_KEY="lct_test", LICET_NAME="one")
    extension.init_app(again)
    with again.app_context():
        assert not extension.client.closed
        extension.client.close()
    clients[2].close()
