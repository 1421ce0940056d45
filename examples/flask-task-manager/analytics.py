"""The page with the numbers."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from sqlalchemy import case, func

from licet.flask import guard
from models import Task, User, db

analytics = Blueprint("analytics", __name__)
guard(analytics, "analytics:read")


@analytics.get("/analytics")
def index() -> ResponseReturnValue:
    done = func.coalesce(func.sum(case((Task.done, 1), else_=0)), 0)
    rows = db.session.execute(
        db.select(User.name, User.username, func.count(Task.id), done)
        .outerjoin(Task)
        .group_by(User.id)
        .order_by(func.count(Task.id).desc(), User.username)
    ).all()
    total, finished = sum(row[2] for row in rows), sum(row[3] for row in rows)
    return render_template("analytics.html", rows=rows, total=total, finished=finished)
