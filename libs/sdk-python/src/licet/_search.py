"""Searches: who may do that, and with what.

Rules kept here, the same in every implementation of the engine:

- The candidates are the registered users of the type, the registered resources of the type, or the actions of the resource's type.
- Found is every candidate about which `decide` says yes, and no other: nothing here decides. Candidates are passed over only where no
  assignment that could count gives the permission.
- Results are in ascending order, by UTF-16 code unit. What is no request finds nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final

from licet._engine import decide, parse_user_key, tenant_of, user_key
from licet._rows import Assignment, id_order
from licet._snapshot import Snapshot
from licet._standing import Standing, counts, in_force, registered

ANY_ID: Final = "-"
"""Stands for the id that is searched for."""
_HOPELESS: Final = frozenset(("invalid_request", "unknown_resource_type", "unknown_action"))


def search_subjects(snapshot: Snapshot, request: Any, now: float) -> Iterator[str]:
    """Give the keys of the registered users of `request.subject.type` who may do that (AuthZEN 1.0, section 8.4).

    `subject.properties` are attributes that each of them is taken to have; they win over the stored ones.
    """
    probe = _with_id(request, "subject", ANY_ID)
    if decide(snapshot, probe, now).reason in _HOPELESS | {"unknown_tenant"}:
        return
    resource = request["resource"]
    roles = set(snapshot.roles.granting(f"{resource['type']}:{request['action']['name']}", "allow"))
    asked = Standing(tenant_of(snapshot, probe), f"{resource['type']}:{resource['id']}", now)

    def gives(assignments: Iterable[Assignment]) -> bool:
        return any(assignment.role in roles and counts(assignment, asked, "allow") for assignment in assignments)

    all_may = gives(snapshot.by_group.get("everyone") or ()) or gives(snapshot.by_group.get("anyone") or ())
    may = [
        row["id"]
        for row in snapshot.rows["users"].values()
        if row["enabled"] and (all_may or any(gives(assignments) for _, assignments in snapshot.holders(row["id"])))
    ]
    for key in sorted(may, key=id_order):
        subject_type, subject_id = parse_user_key(key)
        # A key that stands for no subject, such as `user:alice`, is none that a question could name.
        named = subject_type == request["subject"]["type"] and user_key(subject_type, subject_id) == key
        if named and decide(snapshot, _with_id(request, "subject", subject_id), now):
            yield key


def search_resources(snapshot: Snapshot, request: Any, now: float) -> Iterator[str]:
    """Give the ids of the registered resources of `request.resource.type` with which the subject may do that (section 8.5).

    `resource.properties` are attributes that each of them is taken to have, its tenant among them; they win over the stored ones.
    """
    if decide(snapshot, _with_id(request, "resource", ANY_ID), now).reason in _HOPELESS:
        return
    prefix = f"{request['resource']['type']}:"
    user, row = registered(snapshot, request["subject"])
    if row is not None and not row["enabled"]:
        return
    roles = set(snapshot.roles.granting(f"{prefix}{request['action']['name']}", "allow"))
    held = [item for _, items in snapshot.holders(user) for item in items if item.role in roles and in_force(item, now, "allow")]
    everywhere = any(assignment.resource is None for assignment in held)
    only_for = {assignment.resource for assignment in held}
    keys = (row["id"] for row in snapshot.rows["resources"].values() if row["id"].startswith(prefix))
    for found in sorted((key.removeprefix(prefix) for key in keys if everywhere or key in only_for), key=id_order):
        if decide(snapshot, _with_id(request, "resource", found), now):
            yield found


def search_actions(snapshot: Snapshot, request: Any, now: float) -> Iterator[str]:
    """Give the actions that the subject may do with `request.resource` (section 8.6)."""
    probe = {**request, "action": {"name": ANY_ID}} if isinstance(request, dict) else request
    if decide(snapshot, probe, now).reason == "invalid_request":
        return
    prefix = f"{request['resource']['type']}:"
    actions = [permission.removeprefix(prefix) for permission in snapshot.permissions if permission.startswith(prefix)]
    for action in sorted(actions, key=id_order):
        if decide(snapshot, {**request, "action": {"name": action}}, now):
            yield action


def _with_id(request: Any, member: str, name: str) -> Any:
    """Make the question about one candidate; what is no request stays as it is."""
    entity = request.get(member) if isinstance(request, dict) else None
    return {**request, member: {**entity, "id": name}} if isinstance(entity, dict) else request
