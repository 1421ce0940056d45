"""Where and when a question is asked, and what keeps an assignment from counting there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from licet._engine import user_key
from licet._rows import Assignment
from licet._snapshot import Snapshot
from licet._values import instant_text, is_instant


class Standing(NamedTuple):
    """Tenant, resource (`type:id`) and time of a question."""

    tenant: str
    resource: str
    now: float


def subject_key(subject: Mapping[str, Any]) -> str | None:
    """Give the key under which a subject is looked up; None for a type with a colon, which names nobody."""
    return None if ":" in subject["type"] else user_key(subject["type"], subject["id"])


def registered(snapshot: Snapshot, subject: Mapping[str, Any]) -> tuple[str | None, dict[str, Any] | None]:
    """Give key and row of a subject that is a registered user; None and None for any other."""
    key = subject_key(subject)
    row = None if key is None else snapshot.rows["users"].get(key)
    return (None, None) if row is None else (key, row)


def in_force(assignment: Assignment, now: float, effect: str) -> bool:
    """Tell whether an assignment is in force for grants of this effect: from its beginning up to, and without, its end.

    A limit that cannot be read is kept for allows and by no deny: the mistake never opens.
    """
    _, _, _, _, starts, expires = assignment
    return starts <= now < expires if effect == "allow" else not (now < starts or now >= expires)


def counts(assignment: Assignment, asked: Standing, effect: str) -> bool:
    """Tell whether an assignment counts here and now for grants of this effect."""
    if assignment.tenant not in (None, asked.tenant) or assignment.resource not in (None, asked.resource):
        return False
    return in_force(assignment, asked.now, effect)


def failures_of(assignment: Assignment, asked: Standing) -> list[dict[str, Any]]:
    """Give what keeps an assignment from counting, as the contract's AllowFailure; nothing where it counts for allows."""
    failures: list[dict[str, Any]] = []
    if assignment.tenant not in (None, asked.tenant):
        failures.append({"code": "other_tenant", "tenant": assignment.tenant})
    if assignment.resource not in (None, asked.resource):
        failures.append({"code": "other_resource", "resource": assignment.resource})
    if not assignment.starts <= asked.now:
        failures.append({"code": "not_yet_in_force", "startsAt": _instant(assignment.starts)})
    if not asked.now < assignment.expires:
        failures.append({"code": "no_longer_in_force", "expiresAt": _instant(assignment.expires)})
    return failures


def _instant(ms: float) -> str | None:
    """Write a time; one that could not be read stands as an infinite one."""
    return instant_text(ms) if is_instant(ms) else None
