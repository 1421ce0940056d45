"""The routes. Who may do what is nowhere in here: the service asks Licet, and the answers are edited there."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, abort, jsonify, request
from flask.typing import ResponseReturnValue

import service
from licet.flask import declares, guard
from models import Project
from service import licet
from tokens import signed_in

projects = Blueprint("projects", __name__, url_prefix="/<tenant>/projects")
CHANGEABLE = {"name": str, "private": bool}
# Whoever is not in an organisation does not learn that it is there.
guard(projects, "project:list", hide=True)

reads = declares("project:read", policy="public, or one's own", hide=True)


@projects.get("")
def index(tenant: str) -> ResponseReturnValue:
    return jsonify([as_json(project) for project in service.visible(tenant, licet.subject)])


@projects.post("")
@declares("project:create")
def create(tenant: str) -> ResponseReturnValue:
    body = fields("name", "private")
    if "name" not in body:
        abort(422, "A project needs a `name`.")
    return jsonify(as_json(service.create(tenant, licet.subject, str(signed_in()), **body))), 201


@projects.get("/<int:number>")
@reads
def show(tenant: str, number: int) -> ResponseReturnValue:
    return jsonify(as_json(service.find(tenant, number, licet.subject)))


@projects.patch("/<int:number>")
@reads
@declares("project:update", policy="the owner where `allow_owner_edits` says so; nobody while archived or locked")
def change(tenant: str, number: int) -> ResponseReturnValue:
    return jsonify(as_json(service.change(tenant, number, licet.subject, **fields("name", "private"))))


@projects.route("/<int:number>/archived", methods=["PUT", "DELETE"])
@reads
@declares("project:archive", policy="the owner where `allow_owner_edits` says so; nobody while locked")
def archived(tenant: str, number: int) -> ResponseReturnValue:
    return jsonify(as_json(service.set_archived(tenant, number, licet.subject, request.method == "PUT")))


@projects.route("/<int:number>/<any(locked, allow_owner_edits):what>", methods=["PUT", "DELETE"])
@reads
@declares("project:govern")
def govern(tenant: str, number: int, what: str) -> ResponseReturnValue:
    return jsonify(as_json(service.govern(tenant, number, licet.subject, **{what: request.method == "PUT"})))


@projects.delete("/<int:number>")
@reads
@declares("project:delete", policy="nobody while locked")
def delete(tenant: str, number: int) -> ResponseReturnValue:
    service.remove(tenant, number, licet.subject)
    return Response(status=204)


def fields(*names: str) -> dict[str, Any]:
    body = request.get_json()
    if not isinstance(body, dict):
        abort(422, "Send a JSON object.")
    for name, value in body.items():
        if name not in names:
            abort(422, f"`{name}` cannot be set here; {' and '.join(f'`{known}`' for known in names)} can.")
        if type(value) is not CHANGEABLE[name] or value == "" or len(str(value)) > 100:
            abort(422, f"`{name}` is not valid.")
    return body


def as_json(project: Project) -> dict[str, Any]:
    members = ("id", "owner", "name", "private", "archived", "locked", "allow_owner_edits")
    return {member: getattr(project, member) for member in members}
