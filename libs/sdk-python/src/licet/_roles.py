"""Roles with what they inherit, indexed by permission.

Rules kept here:

- Roles are walked breadth-first from the assigned one, inherited roles in ascending id, each role once. Those that do not
  exist grant nothing and inherit nothing.
- The grants of a role come in ascending id.
- `*:action` and `*:*` match no reserved resource type (one that begins with `licet.`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple

from licet._condition import Scope, compile_condition
from licet._operators import ConditionFault
from licet._rows import Row, id_order
from licet._table import Table

RESERVED_PREFIX: Final = "licet."
_ROLE_KINDS: Final = ("roles", "grants", "role-inherits", "conditions")

Condition = Callable[[Scope], bool | ConditionFault]


class Grant(NamedTuple):
    """A grant as a role holds it or inherits it: `roles` leads from the assigned role to the one that holds it."""

    id: str
    roles: tuple[str, ...]
    permission: str
    effect: str
    condition: str | None
    evaluate: Condition | None


class Grants(NamedTuple):
    """The grants of a role on one permission, in the order in which they are tried."""

    denies: tuple[Grant, ...]
    allows: tuple[Grant, ...]


NO_GRANTS: Final = Grants((), ())


def _missing(_: Scope) -> ConditionFault:
    """Stand in for a condition that does not exist: it errs, so that an allow does not apply and a deny does."""
    return ConditionFault("missing_attribute", "condition")


class RoleBook:
    """What roles grant. Answers are computed once for a (role, permission) pair and kept: they depend on nothing else."""

    __slots__ = ("_conditions", "_grants_of", "_inherits_of", "_known", "_paths", "_roles")

    def __init__(
        self,
        roles: Table[Row],
        conditions: Mapping[str, Condition],
        grants_of: Mapping[str, list[Row]],
        inherits_of: Mapping[str, list[Row]],
    ) -> None:
        self._roles = roles
        self._conditions = conditions
        self._grants_of = grants_of
        self._inherits_of = inherits_of
        # By permission and role. Invariant: at most roles x permissions entries, since only declared permissions are ever asked for.
        self._known: dict[str, dict[str, Grants]] = {}
        self._paths: dict[str, list[tuple[str, ...]]] = {}

    @classmethod
    def of(cls, rows: Mapping[str, Table[Row]]) -> RoleBook:
        """Make the book of a policy."""
        return cls(
            rows["roles"],
            _by_id(rows["conditions"]),
            _by_role(rows["grants"], "id"),
            _by_role(rows["role-inherits"], "inherits"),
        )

    def changed(self, rows: Mapping[str, Table[Row]], changes: Mapping[str, Any]) -> RoleBook:
        """Make the book for the rows after a change: this one, where the change does not concern roles."""
        if not any(kind in changes for kind in _ROLE_KINDS):
            return self
        return RoleBook(
            rows["roles"],
            _by_id(rows["conditions"]) if "conditions" in changes else self._conditions,
            _by_role(rows["grants"], "id") if "grants" in changes else self._grants_of,
            _by_role(rows["role-inherits"], "inherits") if "role-inherits" in changes else self._inherits_of,
        )

    def grants(self, role: str, permission: str) -> Grants:
        """Give the grants on `permission` that an assignment of `role` brings."""
        known = self.known(permission)
        found = known.get(role)
        if found is None:
            found = known[role] = self._collect(role, permission)
        return found

    def known(self, permission: str) -> dict[str, Grants]:
        """Give what is known already of the grants on `permission`, by role: a shortcut for many roles in a row."""
        return self._known.setdefault(permission, {})

    def granting(self, permission: str, effect: str) -> list[str]:
        """Give the roles that grant or deny `permission`, of their own or by what they inherit, in ascending order."""
        side = Grants._fields.index("denies" if effect == "deny" else "allows")
        return sorted((row["id"] for row in self._roles.values() if self.grants(row["id"], permission)[side]), key=id_order)

    def _collect(self, role: str, permission: str) -> Grants:
        patterns = _patterns(permission)
        denies: list[Grant] = []
        allows: list[Grant] = []
        for path in self._walk(role):
            for row in self._grants_of.get(path[-1], ()):
                if row["permission"] in patterns:
                    (denies if row["effect"] == "deny" else allows).append(self._grant(row, path))
        return Grants(tuple(denies), tuple(allows)) if denies or allows else NO_GRANTS

    def _walk(self, role: str) -> list[tuple[str, ...]]:
        found = self._paths.get(role)
        if found is None:
            found = self._paths[role] = self._walked(role)
        return found

    def _walked(self, role: str) -> list[tuple[str, ...]]:
        seen = {role}
        paths: list[tuple[str, ...]] = [(role,)] if self._roles.get(role) is not None else []
        for path in paths:
            for row in self._inherits_of.get(path[-1], ()):
                inherited = row["inherits"]
                if inherited not in seen and self._roles.get(inherited) is not None:
                    seen.add(inherited)
                    paths.append((*path, inherited))
        return paths

    def _grant(self, row: Row, path: tuple[str, ...]) -> Grant:
        name = row["condition"]
        evaluate = None if name is None else self._conditions.get(name, _missing)
        return Grant(row["id"], path, row["permission"], row["effect"], name, evaluate)


def _patterns(permission: str) -> frozenset[str]:
    resource_type, _, action = permission.partition(":")
    own = (permission, f"{resource_type}:*")
    return frozenset(own if resource_type.startswith(RESERVED_PREFIX) else (*own, f"*:{action}", "*:*"))


def _by_id(table: Table[Row]) -> dict[str, Condition]:
    return {row["id"]: _compiled(row) for row in table.values()}


def _by_role(table: Table[Row], order: str) -> dict[str, list[Row]]:
    by_role: dict[str, list[Row]] = {}
    for row in table.values():
        by_role.setdefault(row["role"], []).append(row)
    for rows in by_role.values():
        rows.sort(key=lambda row: id_order(row[order]))
    return by_role


def _compiled(row: Row) -> Condition:
    try:
        return compile_condition(row["tree"])
    except ValueError:
        return _unreadable


def _unreadable(_: Scope) -> ConditionFault:
    """Stand in for a tree that this version cannot read."""
    return ConditionFault("type_mismatch", "condition")
