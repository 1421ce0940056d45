"""Answers for all rows of a type at once which of them are allowed, as a condition that a database can filter by.

The answer is what `decide` says of each row: of a question with the row's id as `resource.id`, and its attributes as
`resource.properties`. Attributes and tenants that are stored with registered resources are not looked at.

Rules kept here, the same in every implementation of the engine. A row is allowed if one allow applies and no deny does; a grant applies

- if an assignment counts that leads to it: the row's tenant is the assignment's, and the row is the resource that it is for, if any;
- and if its condition says so of the row. An allow applies where the condition is true; a deny, unless it is false: both say what
  happens where the condition errs, and so does the plan, with `isTrue`.

All that does not differ from row to row is filled in.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple

from licet._condition import Scope, compile_condition
from licet._engine import DEFAULT_TENANT, decide, tenant_in
from licet._plan_condition import ALWAYS, NEVER, Tree, all_of, any_of, has_value, opposite_of
from licet._residual import Known, Reducer
from licet._rows import Assignment, id_order
from licet._search import ANY_ID
from licet._snapshot import Snapshot
from licet._standing import in_force, registered
from licet._values import is_instant
from licet.decision import FilterPlan

_ANY_TENANT: Final = "*"
_TENANT: Final[Tree] = {"op": "var", "path": ["resource", "properties", "tenant"]}
_ID: Final[Tree] = {"op": "var", "path": ["resource", "id"]}
_NAMES_TENANT: Final[Tree] = {"op": "isTrue", "args": [{"op": "ne", "args": [_TENANT, {"op": "lit", "value": None}]}]}
"""That a row names a tenant; otherwise it is in the one of the context, or in the default one."""
_INEXPRESSIBLE: Final[Tree] = {"op": "isTrue", "args": [{"op": "lit", "value": None}]}
"""Stands in a plan that is under way for a condition that cannot be written."""

Places = dict[str, set[str] | None]
"""Where assignments of one tenant, or of every tenant, count: for these resources; None for all."""


class _Asked(NamedTuple):
    snapshot: Snapshot
    request: Mapping[str, Any]
    now: float
    user: str | None
    fallback: str  # the tenant of rows that name none
    rows_name_tenant: bool
    says: Callable[[str | None, bool], Tree]  # that a condition has this value


def filter_plan(snapshot: Snapshot, request: Mapping[str, Any], now: float) -> FilterPlan:
    """Make the plan. Never raises; what is no request is `never`.

    `resource.properties` are attributes that every row is known to have. With a `tenant` among them the plan is about rows of that
    tenant alone, with None for the tenant about rows that name none; then the plan has no condition on the tenant.
    """
    try:
        return _plan(snapshot, request, now)
    except Exception:  # the plan would be too large, or holds a value that JSON cannot carry
        return FilterPlan("never", snapshot.revision, "not_expressible")


def _plan(snapshot: Snapshot, request: Mapping[str, Any], now: float) -> FilterPlan:
    def never(reason: str) -> FilterPlan:
        return FilterPlan("never", snapshot.revision, reason)

    if not isinstance(request, dict) or not isinstance(request.get("resource"), dict):
        return never("invalid_request")
    probe = {**request, "resource": {**request["resource"], "id": ANY_ID}}
    reason = decide(snapshot, probe, now).reason
    if reason in ("invalid_request", "unknown_resource_type", "unknown_action"):
        return never(reason)
    if not is_instant(now):
        return never("invalid_request")
    user, row = registered(snapshot, request["subject"])
    asked = _question(snapshot, probe, now, user, row["attributes"] if row else {})
    if not asked.rows_name_tenant and snapshot.rows["tenants"].get(asked.fallback) is None:
        return never("unknown_tenant")
    if row is not None and not row["enabled"]:
        return never("disabled_subject")
    denies = [any_of([opposite_of(held), asked.says(condition, False)]) for held, condition in _entries(asked, "deny")]
    not_denied = all_of(denies)
    if not_denied == NEVER:
        return never("denied_by_grant")
    allowed = any_of([all_of([held, asked.says(condition, True)]) for held, condition in _entries(asked, "allow")])
    condition = all_of([allowed, not_denied])
    if condition == NEVER:
        return never("unknown_subject" if row is None else "no_matching_grant")
    if condition == ALWAYS:
        return FilterPlan("always", snapshot.revision)
    return never("not_expressible") if _holds(condition, _INEXPRESSIBLE) else FilterPlan("conditional", snapshot.revision, None, condition)


def _question(snapshot: Snapshot, request: Mapping[str, Any], now: float, user: str | None, attributes: Mapping[str, Any]) -> _Asked:
    properties, context = request["resource"].get("properties") or {}, request.get("context") or {}
    reducer = Reducer(Scope(request, now, attributes, {}))

    def says(condition: str | None, value: bool) -> Tree:
        if condition is None:
            return ALWAYS if value else NEVER
        row = snapshot.rows["conditions"].get(condition)
        if row is None or not _is_readable(row["tree"]):
            return NEVER
        part = reducer.reduce(row["tree"])
        if isinstance(part, Known):
            return ALWAYS if part.value is value else NEVER
        return _INEXPRESSIBLE if part.tree is None else has_value(part.tree, value)

    named = tenant_in(properties)
    named = tenant_in(context) if named is None else named
    fallback = DEFAULT_TENANT if named is None else named
    return _Asked(snapshot, request, now, user, fallback, "tenant" not in properties, says)


def _is_readable(tree: Tree) -> bool:
    """Tell whether an engine can read the tree; one that it cannot read always errs."""
    try:
        compile_condition(tree)
    except ValueError:
        return False
    return True


def _entries(asked: _Asked, effect: str) -> list[tuple[Tree, str | None]]:
    """Give, for each condition of grants of this effect, for which rows the subject holds such a grant."""
    found: dict[str | None, Places] = {}
    resource_type = asked.request["resource"]["type"]
    permission = f"{resource_type}:{asked.request['action']['name']}"
    for _, assignments in asked.snapshot.holders(asked.user):
        for assignment in assignments:
            of_type = assignment.resource is None or assignment.resource.partition(":")[0] == resource_type
            if not of_type or not in_force(assignment, asked.now, effect):
                continue
            grants = asked.snapshot.roles.grants(assignment.role, permission)
            for grant in grants.denies if effect == "deny" else grants.allows:
                _add_place(found.setdefault(grant.condition, {}), assignment, asked)
    return [(_held_at(places, asked), condition) for condition, places in found.items()]


def _add_place(places: Places, assignment: Assignment, asked: _Asked) -> None:
    where = assignment.tenant or _ANY_TENANT
    if where != _ANY_TENANT:
        if asked.rows_name_tenant and asked.snapshot.rows["tenants"].get(where) is None:
            return
        if not asked.rows_name_tenant and where != asked.fallback:
            return
    if not asked.rows_name_tenant:
        where = _ANY_TENANT  # where the tenant is known, an assignment that counts in it counts everywhere
    ids = places.setdefault(where, set())
    if assignment.resource is None:
        places[where] = None
    elif ids is not None:
        ids.add(assignment.resource.partition(":")[2])


def _held_at(places: Places, asked: _Asked) -> Tree:
    counting: Places = {_ANY_TENANT: None} if places.get(_ANY_TENANT, ()) is None else places
    ordered = sorted(counting.items(), key=lambda place: id_order(place[0]))
    return any_of([all_of([_is_in_tenant(tenant, asked), ALWAYS if ids is None else _is_one_of(_ID, ids)]) for tenant, ids in ordered])


def _is_one_of(value: Tree, texts: set[str]) -> Tree:
    items: list[Tree] = [{"op": "lit", "value": text} for text in sorted(texts, key=id_order)]
    return {"op": "eq", "args": [value, items[0]]} if len(items) == 1 else {"op": "in", "args": [value, {"op": "list", "args": items}]}


def _is_in_tenant(tenant: str, asked: _Asked) -> Tree:
    """Say that a row is in this tenant, or for every tenant, in one that exists."""
    if not asked.rows_name_tenant:
        return ALWAYS
    there = {row["id"] for row in asked.snapshot.rows["tenants"].values()}
    by_default = asked.fallback in there if tenant == _ANY_TENANT else tenant == asked.fallback
    named = has_value(_is_one_of(_TENANT, there if tenant == _ANY_TENANT else {tenant}), True)
    return any_of([named, opposite_of(_NAMES_TENANT) if by_default else NEVER])


def _holds(condition: Tree, part: Tree) -> bool:
    if condition is part:
        return True
    return condition["op"] in ("and", "or") and any(_holds(arg, part) for arg in condition["args"])
