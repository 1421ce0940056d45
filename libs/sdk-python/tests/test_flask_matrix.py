from __future__ import annotations

import json
import pkgutil
import re
import subprocess
import sys
from pathlib import Path
from typing import Any, ClassVar

import pytest
from click.testing import Result
from flask import Blueprint, Flask
from flask.views import MethodView

from licet import Licet
from licet._flask_cli import commands
from licet.flask import LicetFlask, authorize, declares, guard, public, require
from licet.testing import MemoryControlPlane


def load_task(number: int) -> dict[str, Any]:
    return {"id": number}


class TaskView(MethodView):
    decorators: ClassVar = [require("task:read", resource=load_task, hide=True)]

    def get(self, number: int) -> str:
        return "read"

    @require("task:update", resource=load_task, context={"mfa": True})
    def put(self, number: int) -> str:
        return "updated"


def add_views(app: Flask) -> None:
    app.add_url_rule("/tasks/<int:number>", view_func=TaskView.as_view("task"))
    app.route("/tasks", methods=["GET", "POST"], endpoint="tasks")(declares("task:list", policy="only one's own")(lambda: "tasks"))
    app.get("/login", endpoint="login")(public("people sign in here")(lambda: "login"))
    admin = Blueprint("admin", __name__, url_prefix="/admin")
    guard(admin, "task:delete")
    admin.get("/", endpoint="index")(lambda: "admin")
    admin.get("/wipe", endpoint="wipe")(require("task:create")(lambda: "wiped"))
    app.register_blueprint(admin)


@pytest.fixture
def app(licet: Licet) -> Flask:
    app = Flask(__name__, static_folder="tests")
    LicetFlask(app, client=licet, subject=lambda: "root")
    add_views(app)
    return app


def run(app: Flask, *args: str) -> Result:
    return app.test_cli_runner().invoke(args=["licet", *args])


def test_the_matrix_tells_what_each_endpoint_needs(app: Flask) -> None:
    written = run(app, "matrix")
    assert written.exit_code == 0, written.output
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in written.output.splitlines() if line.startswith("| `")]
    assert rows == [
        ["`/admin/`", "GET", "`admin.index`", "`task:delete`", "", "403"],
        ["`/admin/wipe`", "GET", "`admin.wipe`", "`task:delete`", "", "403"],
        ["`/admin/wipe`", "GET", "`admin.wipe`", "`task:create`", "", "403"],
        ["`/login`", "GET", "`login`", "public", "people sign in here", ""],
        ["`/tasks`", "GET, POST", "`tasks`", "`task:list`", "only one's own", "403"],
        ["`/tasks/<int:number>`", "GET", "`task`", "`task:read`", "of what `load_task` gives", "404"],
        ["`/tasks/<int:number>`", "PUT", "`task`", "`task:read`", "of what `load_task` gives", "404"],
        ["`/tasks/<int:number>`", "PUT", "`task`", "`task:update`", "of what `load_task` gives, with `context.mfa`", "403"],
    ]


def test_the_matrix_is_there_for_programs(app: Flask) -> None:
    documents = json.loads(run(app, "matrix", "--json").output)
    assert documents[-1] == {
        "path": "/tasks/<int:number>",
        "methods": ["PUT"],
        "endpoint": "task",
        "needs": [
            {"permission": "task:read", "policy": "of what `load_task` gives", "refused": 404},
            {"permission": "task:update", "policy": "of what `load_task` gives, with `context.mfa`", "refused": 403},
        ],
        "public": None,
    }
    assert documents[2]["public"] == "people sign in here"


@pytest.mark.parametrize("form", [[], ["--json"]])
def test_a_document_that_is_out_of_date_fails_and_is_brought_up_to_date(app: Flask, tmp_path: Path, form: list[str]) -> None:
    path = tmp_path / "authorization"
    missing = run(app, "matrix", *form, "--check", str(path))
    assert missing.exit_code == 1
    assert "out of date" in missing.output
    assert run(app, "matrix", *form, "--write", str(path)).exit_code == 0
    assert run(app, "matrix", *form, "--check", str(path)).exit_code == 0
    app.get("/new")(require("task:read")(lambda: "new"))
    stale = run(app, "matrix", *form, "--check", str(path))
    assert stale.exit_code == 1
    assert "flask licet matrix --write" in stale.output
    assert "Traceback" not in stale.output


def test_the_matrix_lives_inside_a_document(app: Flask, tmp_path: Path) -> None:
    path = tmp_path / "authorization.md"
    path.write_text(f"# Who may do what\n\n{run(app, 'matrix').output}\nMore words.\n", encoding="utf-8")
    assert run(app, "matrix", "--check", str(path)).exit_code == 0
    app.get("/new")(require("task:read")(lambda: "new"))
    assert run(app, "matrix", "--check", str(path)).exit_code == 1
    run(app, "matrix", "--write", str(path))
    text = path.read_text(encoding="utf-8")
    assert text.startswith("# Who may do what\n")
    assert text.endswith("\nMore words.\n")
    assert run(app, "matrix", "--check", str(path)).exit_code == 0


def test_endpoints_that_say_nothing_are_listed_and_fail(app: Flask) -> None:
    assert run(app, "unguarded").exit_code == 0
    app.post("/forgotten")(lambda: "oh")
    # The wrong way round: the route is registered before it is guarded.
    require("task:read")(app.get("/turned", endpoint="turned")(lambda: "oh"))
    app.get("/inside", endpoint="inside")(lambda: str(authorize("task:read")))
    listed = run(app, "unguarded")
    assert listed.exit_code == 1
    for line in ("POST /forgotten", "GET /turned (turned)", "GET /inside (inside)"):
        assert line in listed.output
    assert "static" not in listed.output
    assert "**none**" in run(app, "matrix").output


def test_what_is_public_inside_a_guarded_blueprint_is_guarded(app: Flask, licet: Licet) -> None:
    admin = Blueprint("more", __name__)
    guard(admin, "task:delete")
    admin.get("/more", endpoint="more")(public("it says")(lambda: "more"))
    app = Flask(__name__)
    LicetFlask(app, client=licet, subject=lambda: "alice")
    app.register_blueprint(admin)
    assert app.test_client().get("/more").status_code == 403
    assert "| `task:delete` |" in run(app, "matrix").output


def test_the_matrix_needs_neither_licet_nor_a_key(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text(
        "from flask import Flask\n"
        "from licet.flask import LicetFlask, require\n"
        "app = Flask(__name__)\n"
        "licet = LicetFlask(app, subject=lambda: 'alice')\n"
        "app.get('/')(require('task:read')(lambda: 'hello'))\n",
        encoding="utf-8",
    )
    # As `flask` finds it where this package is installed.
    program = (
        "import sys, flask.cli; from licet._flask_cli import commands; group = flask.cli.FlaskGroup(load_dotenv=False); "
        "group.add_command(commands); group.main(['--app', 'app', *sys.argv[1:]])"
    )
    environment = {"PYTHONPATH": str(Path(__file__).parents[1] / "src"), "PATH": ""}

    def flask(*args: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-c", program, *args]
        return subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)

    assert "| `task:read` |" in flask("licet", "matrix").stdout
    unset = flask("licet", "declare")
    assert "Error: LICET_URL is not set" in unset.stderr
    assert "Traceback" not in unset.stderr
    refused = flask("routes")
    assert refused.returncode != 0
    assert "LICET_URL is not set" in refused.stderr


def test_what_flask_and_pytest_load_as_plugins_is_there() -> None:
    text = (Path(__file__).parents[1] / "pyproject.toml").read_text(encoding="utf-8")
    targets = dict(re.findall(r'^\[project\.entry-points\.(\S+?)\]\nlicet = "([^"]+)"', text, re.MULTILINE))
    assert targets.keys() == {'"flask.commands"', "pytest11"}
    assert pkgutil.resolve_name(targets['"flask.commands"']) is commands
    assert callable(pkgutil.resolve_name(f"{targets['pytest11']}:licet_policy"))


def test_declare_registers_what_is_new_and_tells_both_sides_of_the_drift(app: Flask, plane: MemoryControlPlane, licet: Licet) -> None:
    drifted = run(app, "declare", "--check")
    assert drifted.exit_code == 1
    assert "Licet does not know task:list (tasks)" in drifted.output
    assert plane.revision == 1
    assert run(app, "declare", "--yes").exit_code == 0
    licet.wait_ready(5, revision=plane.revision)
    assert licet.check("root", "task:list")
    agreed = run(app, "declare", "--check")
    assert agreed.exit_code == 0
    assert "Licet knows all 5 permissions" in agreed.output
    plane.commit(("permissions", "task:archive", {"id": "task:archive"}))
    beyond = run(app, "declare", "--check")
    assert beyond.exit_code == 1
    assert "no decorator names task:archive" in beyond.output
    assert run(app, "declare", "--check", "--also", "task:archive").exit_code == 0


def test_declare_asks_first_and_names_what_a_typo_may_mean(app: Flask, plane: MemoryControlPlane) -> None:
    app.get("/typo")(require("task:craete")(lambda: "oh"))
    declined = app.test_cli_runner().invoke(args=["licet", "declare"], input="n\n")
    assert "task:craete" in declined.output
    assert "did you mean `task:create`?" in declined.output
    assert plane.revision == 1


def test_declare_says_without_a_stack_trace_why_it_cannot(app: Flask, plane: MemoryControlPlane) -> None:
    plane.refuse = 403
    refused = run(app, "declare")
    assert refused.exit_code == 1
    assert "answered 403" in refused.output
    assert "Traceback" not in refused.output
