"""Decides. A pure function of snapshot, request and time: no clock, no network, no exceptions.

Rules kept here, the same in every implementation:

- A request of the wrong shape, an unknown type, action or tenant, and a disabled user are denied.
- The user's own assignments come first, then the groups' in ascending id, then `everyone`, then `anyone`.
- Any deny that applies wins over every allow; without an allow the answer is a denial.
- A condition that errs never opens: an allow that errs does not apply, a deny that errs does. Both are named.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from licet._condition import Scope
from licet._operators import ConditionFault
from licet._roles import NO_GRANTS, Grant, Grants
from licet._rows import Assignment, Row
from licet._snapshot import Snapshot
from licet.decision import Decision, DecisionError, Path, Reason

DEFAULT_TENANT: Final = "default"
_ENTITY_ID: Final = re.compile(r"[^\x00-\x1f\x7f]{1,256}")
_EMPTY: Final[dict[str, Any]] = {}

Active = tuple[Assignment, str | None, Grants]


def user_key(subject_type: str, subject_id: str) -> str:
    """Name the user that AuthZEN names by (type, id): `alice` for type `user`, `service:bob` for any other."""
    return subject_id if subject_type == "user" and ":" not in subject_id else f"{subject_type}:{subject_id}"


def parse_user_key(key: str) -> tuple[str, str]:
    """Give the AuthZEN type and id of a user key; the inverse of `user_key`."""
    subject_type, colon, subject_id = key.partition(":")
    return (subject_type, subject_id) if colon else ("user", key)


def decide(snapshot: Snapshot, request: Any, now: float) -> Decision:
    """Answer an AuthZEN evaluation request (Authorization API 1.0, section 6) at `now`, milliseconds since the epoch.

    Never raises.
    """
    try:
        return _decide(snapshot, request, now)
    except Exception:  # only values that JSON cannot carry lead here
        return Decision(False, "invalid_request", revision=snapshot.revision)


def _decide(snapshot: Snapshot, request: Any, now: float) -> Decision:
    if not is_request(request):
        return Decision(False, "invalid_request", revision=snapshot.revision)
    subject, resource = request["subject"], request["resource"]
    resource_type = resource["type"]
    permission = f"{resource_type}:{request['action']['name']}"
    if permission not in snapshot.permissions:
        known = snapshot.rows["resource-types"].get(resource_type) is not None
        return Decision(False, "unknown_action" if known else "unknown_resource_type", revision=snapshot.revision)
    resource_key = f"{resource_type}:{resource['id']}"
    registered = snapshot.rows["resources"].get(resource_key)
    tenant = _tenant(request, registered)
    if snapshot.rows["tenants"].get(tenant) is None:
        return Decision(False, "unknown_tenant", revision=snapshot.revision)
    subject_type = subject["type"]
    key = user_key(subject_type, subject["id"])
    # A type with a colon names nobody: `a:b` with the id `c` must not pass for `a` with the id `b:c`.
    user = None if ":" in subject_type else snapshot.rows["users"].get(key)
    if user is not None and not user["enabled"]:
        return Decision(False, "disabled_subject", revision=snapshot.revision)
    active = _active(snapshot, None if user is None else key, (tenant, resource_key, permission), now)
    otherwise: Reason = "unknown_subject" if user is None else "no_matching_grant"
    if not active:
        return Decision(False, otherwise, revision=snapshot.revision)
    stored = {
        "subject": _EMPTY if user is None else user["attributes"],
        "resource": _EMPTY if registered is None else registered["attributes"],
    }
    return _determine(snapshot.revision, active, Scope(request, now, stored), otherwise)


def tenant_of(snapshot: Snapshot, request: Mapping[str, Any]) -> str:
    """Give the tenant that a valid request is about."""
    resource = request["resource"]
    return _tenant(request, snapshot.rows["resources"].get(f"{resource['type']}:{resource['id']}"))


def _tenant(request: Mapping[str, Any], registered: Row | None) -> str:
    properties = request["resource"].get("properties")
    named = properties.get("tenant") if properties else None
    if isinstance(named, str) and named:
        return named
    if registered is not None and registered["tenant"] is not None:
        return str(registered["tenant"])
    context = request.get("context")
    named = context.get("tenant") if context else None
    return named if isinstance(named, str) and named else DEFAULT_TENANT


def is_request(request: Any) -> bool:
    """Tell whether a value is an AuthZEN evaluation request. Members that the standard does not name are ignored."""
    if not isinstance(request, dict) or not isinstance(request.get("context", _EMPTY), dict):
        return False
    return _is_named(request.get("action"), "name") and _is_entity(request.get("subject")) and _is_entity(request.get("resource"))


def _is_named(value: Any, member: str) -> bool:
    """Tell whether a value is a map with a text that names it, and with a map of properties if any."""
    if not isinstance(value, dict) or not isinstance(value.get("properties", _EMPTY), dict):
        return False
    name = value.get(member)
    return isinstance(name, str) and name != ""


def _is_entity(entity: Any) -> bool:
    if not _is_named(entity, "type"):
        return False
    name = entity.get("id")
    if not isinstance(name, str):
        return False
    if name.isascii() and name.isprintable():
        return 0 < len(name) <= 256
    return _ENTITY_ID.fullmatch(name) is not None and len(name.encode("utf-16-le", "surrogatepass")) <= 512


def _active(snapshot: Snapshot, user: str | None, about: tuple[str, str, str], now: float) -> list[Active]:
    """Give the assignments in force, in the order in which they are tried, each with its grants on the permission."""
    tenant, resource, permission = about
    known = snapshot.roles.known(permission)
    active: list[Active] = []
    for holder, assignments in snapshot.holders(user):
        for assignment in assignments:
            _, role, of_tenant, of_resource, starts, expires = assignment
            if (of_tenant is None or of_tenant == tenant) and (of_resource is None or of_resource == resource) and starts <= now < expires:
                grants = known.get(role) or snapshot.roles.grants(role, permission)
                if grants is not NO_GRANTS:
                    active.append((assignment, holder, grants))
    return active


def _determine(revision: int, active: list[Active], scope: Scope, otherwise: Reason) -> Decision:
    for assignment, group, grants in active:
        for grant in grants.denies:
            result = True if grant.evaluate is None else grant.evaluate(scope)
            if result is not False:
                errors = () if result is True else (_error(grant, result),)
                return Decision(False, "denied_by_grant", path_of(assignment, group, grant), errors, revision)
    met: dict[str, DecisionError] = {}
    for assignment, group, grants in active:
        for grant in grants.allows:
            result = True if grant.evaluate is None else grant.evaluate(scope)
            if result is True:
                path = path_of(assignment, group, grant)
                return Decision(True, "allowed_by_grant", path, tuple(met.values()), revision)
            if result is not False and grant.id not in met:
                met[grant.id] = _error(grant, result)
    return Decision(False, otherwise, None, tuple(met.values()), revision)


def path_of(assignment: Assignment, group: str | None, grant: Grant) -> Path:
    """Give the path from an assignment, made to the user or to `group`, to a grant."""
    return Path(assignment.id, group, grant.roles, grant.id, grant.permission, grant.effect, grant.condition)


def _error(grant: Grant, fault: ConditionFault) -> DecisionError:
    return DecisionError(grant.id, grant.condition or "", fault.error, fault.at)
