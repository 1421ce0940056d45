from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Blueprint, Flask, g, render_template_string
from flask.testing import FlaskClient
from flask_login import LoginManager, UserMixin, login_user

from conftest import QUICK, assign
from licet import ConfigError, Forbidden, Licet
from licet.flask import LicetFlask, authorize, can, guard, require
from licet.testing import MemoryControlPlane, from_policy

HTML = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
TASKS = {1: "alice", 2: "bob"}


class Task:
    def __init__(self, number: int, owner: str) -> None:
        self.id = number
        self.owner = owner

    def __licet__(self) -> dict[str, Any]:
        return {"id": self.id, "ownerId": self.owner}


def load_task(number: int) -> Task | None:
    return Task(number, TASKS[number]) if number in TASKS else None


def add_views(app: Flask) -> None:
    @app.get("/login/<name>")
    def login(name: str) -> str:
        person = UserMixin()
        person.id = name
        login_user(person)
        return "hello"

    @app.get("/plain")
    def plain() -> str:
        return "plain"

    @app.post("/tasks")
    @require("task:create")
    def create() -> str:
        return "created"

    @app.get("/tasks")
    @require("task:read")
    def index() -> str:
        return render_template_string("{% if can('task:delete') %}delete{% else %}look{% endif %}")

    @app.post("/tasks/<int:number>")
    @require("task:update", resource=load_task)
    def update(number: int) -> str:
        return f"{g.licet_resource.owner} {can('task:update', load_task(2))}"

    @app.get("/hidden/<int:number>")
    def hidden(number: int) -> str:
        authorize("task:update", load_task(number), hide=True)
        return "found"


@pytest.fixture
def app(licet: Licet) -> Flask:
    app = Flask(__name__)
    app.secret_key = "for the tests"
    manager = LoginManager(app)
    manager.login_view = "/login"

    @manager.user_loader  # type: ignore[untyped-decorator]
    def load_user(name: str) -> UserMixin:
        person = UserMixin()
        person.id = name
        return person

    LicetFlask(client=licet).init_app(app)
    add_views(app)
    admin = Blueprint("admin", __name__)
    guard(admin, "task:delete")
    admin.get("/admin")(lambda: "secret")
    app.register_blueprint(admin)
    return app


@pytest.fixture
def browser(app: Flask) -> FlaskClient:
    return app.test_client()


def sign_in(browser: FlaskClient, name: str) -> None:
    assert browser.get(f"/login/{name}").text == "hello"


def test_a_view_is_for_those_who_have_the_permission(browser: FlaskClient) -> None:
    sign_in(browser, "alice")
    assert browser.post("/tasks").status_code == 403
    sign_in(browser, "root")
    assert browser.post("/tasks").text == "created"


def test_a_loaded_resource_decides_and_is_handed_on(browser: FlaskClient) -> None:
    sign_in(browser, "alice")
    assert browser.post("/tasks/1").text == "alice False"
    assert browser.post("/tasks/2").status_code == 403
    assert browser.post("/tasks/3").status_code == 404


def test_a_hidden_resource_looks_as_if_it_were_not_there(browser: FlaskClient) -> None:
    sign_in(browser, "alice")
    assert browser.get("/hidden/1").text == "found"
    refused, missing = browser.get("/hidden/2"), browser.get("/no-such-page")
    assert refused.status_code == missing.status_code == 404
    assert refused.data == missing.data


def test_a_guard_holds_for_every_view_of_a_blueprint(browser: FlaskClient) -> None:
    sign_in(browser, "alice")
    assert browser.get("/admin").status_code == 403
    sign_in(browser, "root")
    assert browser.get("/admin").text == "secret"


def test_templates_show_what_works(browser: FlaskClient) -> None:
    sign_in(browser, "alice")
    assert browser.get("/tasks").text == "look"
    sign_in(browser, "root")
    assert browser.get("/tasks").text == "delete"


def test_an_edit_is_in_force_with_the_next_request(browser: FlaskClient, plane: MemoryControlPlane, licet: Licet) -> None:
    sign_in(browser, "alice")
    assert browser.get("/admin").status_code == 403
    licet.wait_ready(5, revision=plane.commit(("assignments", "a-new", assign("a-new", "admin", user="alice"))))
    assert browser.get("/admin").status_code == 200


def test_scripts_get_a_problem_document(browser: FlaskClient) -> None:
    sign_in(browser, "alice")
    answer = browser.post("/tasks")
    assert answer.content_type == "application/problem+json"
    assert answer.json == {
        "type": "urn:licet:error:forbidden",
        "title": "Not permitted",
        "status": 403,
        "code": "forbidden",
        "detail": "`task:create` is not permitted. None of your roles allows it.",
        "permission": "task:create",
        "reason": "no_matching_grant",
    }
    assert answer.headers["Cache-Control"] == "no-store"


def test_people_get_a_page_that_says_what_and_whom_to_ask(app: Flask, browser: FlaskClient) -> None:
    app.config["LICET_CONTACT"] = "<security@example.org>"
    sign_in(browser, "alice")
    answer = browser.post("/tasks", headers=HTML)
    assert answer.status_code == 403
    for words in ("create", "task:create", "no_matching_grant", "&lt;security@example.org&gt;", "revision 1"):
        assert words in answer.text


def test_nobody_is_sent_to_sign_in_and_scripts_get_401(browser: FlaskClient) -> None:
    page = browser.post("/tasks", headers=HTML)
    assert page.status_code == 302
    assert page.headers["Location"].startswith("/login")
    assert browser.post("/tasks").json["code"] == "unauthenticated"  # type: ignore[index]


def test_the_first_steps_in_the_readme_go_as_it_says(monkeypatch: pytest.MonkeyPatch) -> None:
    readme = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")
    program = readme.partition("## Five minutes, in Flask")[2].partition("```python\n")[2].partition("```")[0]
    policy = {
        "roles": {"user": {"grants": [{"permission": "task:delete", "when": "resource.properties.ownerId == subject.id"}]}},
        "assignments": [{"group": "everyone", "role": "user"}],
    }
    with from_policy(policy) as licet:
        monkeypatch.setattr("licet.flask.Licet", lambda **_: licet)
        names: dict[str, Any] = {"__name__": "app"}
        exec(compile(program, "README.md", "exec"), names)
        browser = names["app"].test_client()

        def delete(user: str) -> tuple[int, str]:
            answer = browser.post("/tasks/t1/delete", headers={"X-User": user} if user else {})
            return answer.status_code, answer.json["reason"] if answer.is_json else answer.text

        assert delete("alice") == (403, "unknown_subject")
        licet.users.sync(["alice", "bob"])
        assert [delete("alice"), delete("bob")] == [(200, "deleted t1\n"), (403, "no_matching_grant")]
        assert "Nobody is signed in" in browser.post("/tasks/t1/delete").json["detail"]


def test_nobody_is_sent_to_sign_in_whether_or_not_there_is_such_a_resource(browser: FlaskClient) -> None:
    there, missing = browser.post("/tasks/1"), browser.post("/tasks/3")
    assert there.status_code == missing.status_code == 401
    assert there.data == missing.data


def test_without_a_sign_in_page_nobody_gets_401(app: Flask, browser: FlaskClient) -> None:
    app.login_manager.login_view = None  # type: ignore[attr-defined]
    assert browser.post("/tasks", headers=HTML).status_code == 401


def test_nobody_may_what_anyone_may(browser: FlaskClient, plane: MemoryControlPlane, licet: Licet) -> None:
    licet.wait_ready(5, revision=plane.commit(("assignments", "a-any", assign("a-any", "user", group="anyone"))))
    assert browser.get("/tasks").text == "look"


def test_the_applications_own_handler_for_403_comes_first(app: Flask, browser: FlaskClient) -> None:
    app.register_error_handler(403, lambda error: (f"ours: {error.permission}", 403))
    sign_in(browser, "alice")
    assert browser.post("/tasks").text == "ours: task:create"


def test_a_refusal_inside_a_service_is_answered_alike(app: Flask, browser: FlaskClient, licet: Licet) -> None:
    app.get("/service")(lambda: str(licet.require("alice", "task:delete")))
    answer = browser.get("/service")
    assert answer.status_code == 403
    assert answer.json is not None
    assert answer.json["permission"] == "task:delete"
    with pytest.raises(Forbidden):
        licet.require("alice", "task:delete")


def test_before_the_policy_arrives_it_says_try_again(plane: MemoryControlPlane, connect: Callable[..., Licet]) -> None:
    plane.down = True
    app = Flask(__name__)
    LicetFlask(app, client=connect(), subject=lambda: "root")
    add_views(app)
    answer = app.test_client().post("/tasks")
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "5"
    assert answer.json is not None
    assert answer.json["reason"] == "not_ready"
    assert "try again" in app.test_client().post("/tasks", headers=HTML).text
    assert app.test_client().get("/hidden/1").status_code == 503  # not 404: it is not gone


def test_during_an_outage_answers_carry_revision_and_age(browser: FlaskClient, plane: MemoryControlPlane, licet: Licet) -> None:
    sign_in(browser, "root")
    assert "Licet-Replica" not in browser.get("/tasks").headers
    plane.wait_for(lambda: plane.streams == 1)
    plane.go_down()
    plane.wait_for(lambda: licet.trouble is not None)
    answer = browser.get("/tasks")
    assert answer.status_code == 200
    assert answer.headers["Licet-Replica"].startswith("revision=1, age=")
    assert "Licet-Replica" not in browser.get("/plain").headers


def test_a_refusal_is_logged(browser: FlaskClient, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "licet")
    sign_in(browser, "alice")
    browser.post("/tasks")
    assert any("refused task:create to alice: no_matching_grant" in message for message in caplog.messages)


def test_what_a_template_asks_is_not_in_the_decision_log(browser: FlaskClient, plane: MemoryControlPlane) -> None:
    sign_in(browser, "root")
    browser.get("/tasks")
    browser.get("/admin")
    plane.wait_for(lambda: len(plane.decisions) >= 2)
    assert [record["request"]["action"]["name"] for record in plane.decisions] == ["read", "delete"]


def test_without_flask_login_it_asks_who_the_subject_is(licet: Licet) -> None:
    app = Flask(__name__)
    app.testing = True
    LicetFlask(app, client=licet)
    add_views(app)
    with pytest.raises(ConfigError, match="subject"):
        app.test_client().post("/tasks")


def test_without_the_extension_it_says_what_to_do() -> None:
    app = Flask(__name__)
    app.testing = True
    add_views(app)
    with pytest.raises(ConfigError, match="init_app"):
        app.test_client().post("/tasks")


def test_the_client_is_at_hand_for_syncing_users(plane: MemoryControlPlane, connect: Callable[..., Licet]) -> None:
    extension = LicetFlask(subject=lambda: "zoe")
    app = Flask(__name__)
    extension.init_app(app, client=connect(pace=QUICK))
    with app.app_context():
        revision = extension.client.users.sync(["zoe"])
        extension.client.wait_ready(5, revision=revision)
        assert extension.client.check("zoe", "task:read", at_least=revision)
