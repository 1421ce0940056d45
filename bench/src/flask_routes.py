"""Serves Flask routes with and without `@require` by waitress, as the examples do; prints the port when it is ready.

`/answer` does nothing but answer, `/page` reads a row from SQLite and renders a template. Behind each: `-role`, the same route with a
permission of a role, and `-owner`, with one that depends on the resource's owner.
"""

from __future__ import annotations

import logging
import signal
import sys
from tempfile import TemporaryDirectory
from typing import Any

from flask import Flask, g, render_template, request
from flask_sqlalchemy import SQLAlchemy
from jinja2 import DictLoader
from licet import Licet
from licet._fetcher import Response
from licet.flask import LicetFlask, require
from licet.testing import MemoryControlPlane, rows_of
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from waitress.server import create_server

POLICY = {
    "conditions": {"is-owner": "resource.properties.ownerId == subject.id"},
    "roles": {"user": {"grants": ["task:list", {"permission": "task:read", "when": "is-owner"}]}},
    "users": {f"user{number}": {} for number in range(1000)},
    "assignments": [{"group": "everyone", "role": "user"}],
}
PAGE = """<!doctype html><title>{{ task.title }}</title><h1>{{ task.title }}</h1>
<dl>{% for name in ("id", "title", "owner") %}<dt>{{ name }}</dt><dd>{{ task[name] }}</dd>{% endfor %}</dl><p>{{ user }}</p>"""
THING = {"id": "t1", "ownerId": "user7"}


class Taking(MemoryControlPlane):
    """A control plane that takes the decision log without reading it: in earnest that is done in another process."""

    def send(self, method: str, path: str, *, headers: Any, body: bytes | None, **options: Any) -> Response:
        if path == "/replica/v1/decisions":
            return Response(202, {}, b"")
        return super().send(method, path, headers=headers, body=body, **options)


class Base(DeclarativeBase):
    pass


db = SQLAlchemy(model_class=Base)


class Task(db.Model):  # type: ignore[name-defined, misc]
    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str]
    owner: Mapped[str]

    def __getitem__(self, name: str) -> Any:
        return getattr(self, name)

    def __licet__(self) -> dict[str, Any]:
        return {"id": self.id, "ownerId": self.owner}


def sign_in() -> None:
    """Find out who asks before each request, guarded or not, as applications do; the views and the guards read it."""
    g.user = request.headers.get("X-User")


def who() -> str | None:
    return g.user  # type: ignore[no-any-return]


def load_thing() -> dict[str, str]:
    return THING


def load_task() -> Task | None:
    return db.session.get(Task, 7)


def answer() -> dict[str, Any]:
    return {"user": who(), **load_thing()}


def page() -> str:
    task = g.get("licet_resource") or load_task()  # the row is read once, with and without
    return render_template("task.html", task=task, user=who())


def make_app(folder: str) -> Flask:
    app = Flask(__name__)
    app.config["SQLALCHEMY_DATABASE_URI"] = f"sqlite:///{folder}/tasks.sqlite3"
    app.jinja_loader = DictLoader({"task.html": PAGE})
    db.init_app(app)
    app.before_request(sign_in)
    plane = Taking(rows_of(POLICY))
    plane.streaming = False  # no heartbeats come, and so it polls
    licet = Licet("http://licet.test", "lct_bench", fetcher=plane, name="bench")
    licet.wait_ready()
    LicetFlask(app, client=licet, subject=who)
    for view, load in ((answer, load_thing), (page, load_task)):
        guards = {"": lambda view: view, "-role": require("task:list"), "-owner": require("task:read", resource=load)}
        for name, guard in guards.items():
            path = f"/{view.__name__}{name}"
            app.post(path, endpoint=path)(guard(view))
    with app.app_context():
        db.create_all()
        db.session.add_all(Task(id=number, title=f"Task {number}", owner=f"user{number}") for number in range(20))
        db.session.commit()
    return app


if __name__ == "__main__":
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    with TemporaryDirectory() as folder:
        server = create_server(make_app(folder), host="127.0.0.1", port=0, threads=4)
        print(server.effective_port, flush=True)
        server.run()
