"""The items. Who may do what with them is nowhere in here: it is asked of Licet, and edited there."""

from __future__ import annotations

import re
from typing import Any

from flask import Blueprint, Response, abort, g, jsonify, request, url_for
from flask.typing import ResponseReturnValue

from licet.flask import require
from models import Item, db

NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")

items = Blueprint("items", __name__, url_prefix="/items")


def load_item(name: str) -> Item | None:
    return db.session.get(Item, name)


@items.get("")
@require("item:list")
def index() -> ResponseReturnValue:
    return jsonify([as_json(item) for item in db.session.scalars(db.select(Item).order_by(Item.name))])


@items.post("")
@require("item:create")
def create() -> ResponseReturnValue:
    body = request.get_json()
    name = body.get("name") if isinstance(body, dict) else None
    if not isinstance(name, str) or NAME.fullmatch(name) is None:
        abort(422, "`name` must have 1 to 64 small letters, digits, dots, dashes or underscores, beginning with a letter or digit.")
    if load_item(name) is not None:
        abort(409, f"There is an item `{name}` already; change it with PUT.")
    item = Item(name=name, record=a_record(body.get("record")))
    db.session.add(item)
    db.session.commit()
    return jsonify(as_json(item)), 201, {"Location": url_for("items.show", name=name)}


@items.get("/<name>")
@require("item:read", resource=load_item)
def show(name: str) -> ResponseReturnValue:
    return jsonify(as_json(g.licet_resource))


@items.put("/<name>")
@require("item:update", resource=load_item)
def update(name: str) -> ResponseReturnValue:
    g.licet_resource.record = a_record(request.get_json())
    db.session.commit()
    return jsonify(as_json(g.licet_resource))


@items.delete("/<name>")
@require("item:delete", resource=load_item)
def delete(name: str) -> ResponseReturnValue:
    db.session.delete(g.licet_resource)
    db.session.commit()
    return Response(status=204)


def a_record(record: Any) -> dict[str, Any]:
    if not isinstance(record, dict):
        abort(422, 'A record is a JSON object, such as {"kind": "tool", "quantity": 3}.')
    return record


def as_json(item: Item) -> dict[str, Any]:
    return {"name": item.name, "record": item.record}
