"""Decides. A pure function of snapshot, request and time: no clock, no network, no exceptions.

Rules kept here, the same in every implementation:

- A request of the wrong shape, an unknown type, action or tenant, and a disabled user are denied.
- The user's own assignments come first, then the groups' in ascending id, then `everyone`, then `anyone`.
- Any deny that applies wins over every allow; without an allow the answer is a denial.
- A condition that errs never opens: an allow that errs does not apply, a deny that errs does. Both are named.
- Nor does a time that cannot be read: it keeps the allows of an assignment out of force, and does not limit its denies.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from licet._candidates import Candidates, Terms, candidates_of
from licet._condition import Scope
from licet._operators import ConditionFault
from licet._rows import Row
from licet._snapshot import Snapshot
from licet.decision import Decision, DecisionError, Path, Reason

DEFAULT_TENANT: Final = "default"
_ENTITY_ID: Final = re.compile(r"[^\x00-\x1f\x7f]{1,256}")
_EMPTY: Final[dict[str, Any]] = {}


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
        if is_request(request):
            return decide_in_tenant(snapshot, request, now)[0]
    except Exception:  # noqa: S110 -- only values that JSON cannot carry lead here
        pass
    return Decision(False, "invalid_request", None, (), snapshot.revision)


def decide_in_tenant(snapshot: Snapshot, request: Mapping[str, Any], now: float) -> tuple[Decision, str]:
    """Answer as `decide` does what is known to be a request, and give the tenant that it is about."""
    subject, resource = request["subject"], request["resource"]
    subject_type, key = subject["type"], subject["id"]
    if subject_type != "user" or ":" in key:
        # A type with a colon names nobody: `a:b` with the id `c` must not pass for `a` with the id `b:c`.
        key = None if ":" in subject_type else f"{subject_type}:{key}"
    resource_type = resource["type"]
    permission = f"{resource_type}:{request['action']['name']}"
    resource_key = f"{resource_type}:{resource['id']}"
    registered = snapshot.resource(resource_key)
    tenant = DEFAULT_TENANT
    properties = resource.get("properties")
    if (properties and "tenant" in properties) or registered is not None or "context" in request:
        tenant = _tenant(request, registered)
    candidates = snapshot.candidates.get((key, permission, tenant)) if key is not None else None
    otherwise: Reason = "no_matching_grant"
    if candidates is None:
        user = snapshot.user(key) if key is not None else None
        refusal = _refusal(snapshot, user, permission, tenant)
        if refusal is not None:
            return Decision(False, refusal, None, (), snapshot.revision), tenant
        candidates = candidates_of(snapshot, user, permission, tenant)
        otherwise = "unknown_subject" if user is None else otherwise
    if candidates.sure is not None:
        return Decision(True, "allowed_by_grant", candidates.sure, (), snapshot.revision), tenant
    stored = _EMPTY if registered is None else registered["attributes"]
    return _determine(snapshot.revision, candidates, request, now, resource_key, stored, otherwise), tenant


def _refusal(snapshot: Snapshot, user: Row | None, permission: str, tenant: str) -> Reason | None:
    """Give why no grant can count; None where one may."""
    if permission not in snapshot.permissions:
        known = snapshot.rows["resource-types"].get(permission.partition(":")[0]) is not None
        return "unknown_action" if known else "unknown_resource_type"
    if snapshot.tenant(tenant) is None:
        return "unknown_tenant"
    return "disabled_subject" if user is not None and not user["enabled"] else None


def tenant_of(snapshot: Snapshot, request: Mapping[str, Any]) -> str:
    """Give the tenant that a valid request is about."""
    resource = request["resource"]
    return _tenant(request, snapshot.resource(f"{resource['type']}:{resource['id']}"))


def _tenant(request: Mapping[str, Any], registered: Row | None) -> str:
    named = tenant_in(request["resource"].get("properties"))
    if named is not None:
        return named
    if registered is not None and registered["tenant"] is not None:
        return str(registered["tenant"])
    named = tenant_in(request.get("context"))
    return DEFAULT_TENANT if named is None else named


def tenant_in(members: Mapping[str, Any] | None) -> str | None:
    """Give the tenant that attributes name; None where they name none.

    What is there and is no text, as the number of an organisation, is `""`, which no tenant is called: to pass it over would put one
    customer's resource into the tenant of nobody in particular.
    """
    named = members.get("tenant") if members else None
    return named if named is None or isinstance(named, str) else ""


def is_request(request: Any) -> bool:
    """Tell whether a value is an AuthZEN evaluation request. Members that the standard does not name are ignored."""
    if not isinstance(request, dict) or not isinstance(request.get("context", _EMPTY), dict):
        return False
    action = request.get("action")
    if not isinstance(action, dict) or not isinstance(action.get("properties", _EMPTY), dict):
        return False
    name = action.get("name")
    return isinstance(name, str) and name != "" and _is_entity(request.get("subject")) and _is_entity(request.get("resource"))


def _is_entity(entity: Any) -> bool:
    if not isinstance(entity, dict) or not isinstance(entity.get("properties", _EMPTY), dict):
        return False
    of_type, name = entity.get("type"), entity.get("id")
    return isinstance(of_type, str) and of_type != "" and isinstance(name, str) and is_id(name)


def is_id(name: str) -> bool:
    """Tell whether a text may be the id of a subject or a resource: 1 to 256 UTF-16 code units without control characters."""
    if name.isascii() and name.isprintable():
        return 0 < len(name) <= 256
    return _ENTITY_ID.fullmatch(name) is not None and len(name.encode("utf-16-le", "surrogatepass")) <= 512


def _determine(
    revision: int,
    candidates: Candidates,
    request: Mapping[str, Any],
    now: float,
    resource: str,
    stored: Mapping[str, Any],
    otherwise: Reason,
) -> Decision:
    """Decide by the candidates. `resource` is the key of the resource, `stored` its attributes if it is registered."""
    denies, allows, attributes, _ = candidates
    scope: Scope | None = None  # made for the first condition
    for terms, evaluate, path in denies:
        if terms is None or _counts_to_deny(terms, now, resource):
            result: bool | ConditionFault = True
            if evaluate is not None:
                scope = scope or Scope(request, now, attributes, stored)
                result = evaluate(scope)
            if result is not False:
                return Decision(False, "denied_by_grant", path, () if result is True else (_error(path, result),), revision)
    met: dict[str, DecisionError] = {}
    for terms, evaluate, path in allows:
        if terms is None or _counts(terms, now, resource):
            result = True
            if evaluate is not None:
                scope = scope or Scope(request, now, attributes, stored)
                result = evaluate(scope)
            if result is True:
                return Decision(True, "allowed_by_grant", path, tuple(met.values()), revision)
            if result is not False and path.grant not in met:
                met[path.grant] = _error(path, result)
    return Decision(False, otherwise, None, tuple(met.values()), revision)


def _counts(terms: Terms, now: float, resource: str) -> bool:
    of_resource, starts, expires = terms
    return (of_resource is None or of_resource == resource) and starts <= now < expires


def _counts_to_deny(terms: Terms, now: float, resource: str) -> bool:
    """Tell the same for a deny, which a limit that cannot be read (NaN) keeps in force."""
    of_resource, starts, expires = terms
    return (of_resource is None or of_resource == resource) and not (now < starts or now >= expires)


def _error(path: Path, fault: ConditionFault) -> DecisionError:
    return DecisionError(path.grant, path.condition or "", fault.error, fault.at)
