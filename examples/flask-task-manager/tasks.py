"""Tasks: pages, and the same as a small JSON API. Who may do what is nowhere in here: it is asked of Licet, and edited there."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, flash, g, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from werkzeug.exceptions import HTTPException

from licet.flask import authorize, declares, require, where
from models import Task, db

NEWEST = 500

tasks = Blueprint("tasks", __name__)
api = Blueprint("api", __name__, url_prefix="/api")


def load_task(task_id: int) -> Task | None:
    return db.session.get(Task, task_id)


def visible_tasks() -> list[Task]:
    """The newest tasks that the current user may read: their own, or all, as the policy says. One query, whatever that is."""
    readable = db.select(Task).where(where(Task, "task:read"))
    return list(db.session.scalars(readable.order_by(Task.done, Task.id.desc()).limit(NEWEST)))


@tasks.get("/tasks")
@require("task:list")
def index() -> ResponseReturnValue:
    return render_template("tasks.html", tasks=visible_tasks())


@tasks.route("/tasks/new", methods=["GET", "POST"])
@require("task:create")
def create() -> ResponseReturnValue:
    return save(Task(owner=current_user._get_current_object(), title="", details="", done=False), "Created")


@tasks.get("/tasks/<int:task_id>")
@require("task:read", resource=load_task)
def show(task_id: int) -> ResponseReturnValue:
    return render_template("task.html", task=g.licet_resource)


@tasks.route("/tasks/<int:task_id>/edit", methods=["GET", "POST"])
@require("task:update", resource=load_task)
def update(task_id: int) -> ResponseReturnValue:
    return save(g.licet_resource, "Saved")


@tasks.post("/tasks/<int:task_id>/delete")
@require("task:delete", resource=load_task)
def delete(task_id: int) -> ResponseReturnValue:
    remove(g.licet_resource)
    flash("Deleted.")
    return redirect(url_for("tasks.index"))


def save(task: Task, done: str) -> ResponseReturnValue:
    if request.method == "GET":
        return render_template("task_form.html", task=task, form=task)
    title, details = request.form.get("title", "").strip(), request.form.get("details", "").strip()
    if not 1 <= len(title) <= 120 or len(details) > 5000:
        error = "Please give the task a title of at most 120 letters, and at most 5,000 letters of details."
        return render_template("task_form.html", task=task, form=request.form, error=error), 422
    task.title, task.details, task.done = title, details, "done" in request.form
    db.session.add(task)
    db.session.commit()
    flash(f"{done} “{task.title}”.")
    return redirect(url_for("tasks.show", task_id=task.id))


def remove(task: Task) -> None:
    db.session.delete(task)
    db.session.commit()


@api.get("/tasks")
@declares("task:list")
def api_index() -> ResponseReturnValue:
    authorize("task:list")  # the other way to ask: inside a view or a service
    return jsonify([as_json(task) for task in visible_tasks()])


@api.delete("/tasks/<int:task_id>")
@require("task:delete", resource=load_task)
def api_delete(task_id: int) -> ResponseReturnValue:
    remove(g.licet_resource)
    return Response(status=204)


@api.errorhandler(404)
def api_problem(error: HTTPException) -> ResponseReturnValue:
    document = {"type": "about:blank", "title": error.name, "status": error.code, "detail": error.description}
    return jsonify(document), error.code or 500, {"Content-Type": "application/problem+json"}


def as_json(task: Task) -> dict[str, Any]:
    return {"id": task.id, "title": task.title, "details": task.details, "done": task.done, "owner": task.owner.username}
