"""Makes the rows of a snapshot of a policy as a policy file writes it, for tests of applications.

It reads the same members as `licet apply`, and refuses those that it does not know. It does not judge a policy as the control plane does.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from licet._engine import decide, parse_user_key, user_key
from licet._rows import KINDS
from licet._snapshot import create_snapshot
from licet._testing_condition import read_condition
from licet._values import parse_timestamp

Policy = Mapping[str, Any]
Rows = dict[str, list[dict[str, Any]]]
_SECTIONS: Final = {
    "licet": (),
    "tenants": ("name", "description"),
    "resourceTypes": ("description", "actions", "attributes"),
    "conditions": ("expression", "description"),
    "roles": ("name", "description", "inherits", "grants"),
    "groups": ("name", "description", "members"),
    "users": ("type", "name", "enabled", "attributes"),
    "resources": ("type", "id", "tenant", "attributes"),
    "assignments": ("user", "group", "role", "tenant", "resource", "from", "until", "reason"),
    "tests": ("name", "ask", "expect", "reason"),
}
_BUILT_IN: Final = {"tenants": ("default", "*"), "groups": ("everyone", "anyone")}
_ROOTS: Final = ("subject.", "action.", "resource.", "context.", "now ")


def rows_of(policy: Policy, users: Iterable[str] = ()) -> Rows:
    """Give the rows of a policy, by kind.

    - `policy`: as in a policy file: `resourceTypes`, `conditions`, `roles`, `assignments` and so on. Without `resourceTypes`, those
      that the grants name are there.
    - `users`: user keys that count as registered, besides those that the policy names.

    Raises ValueError, which names the place, for an unknown member, an unknown name, or a condition that cannot be read.
    """
    _check_members(policy)
    maker = _Maker(policy)
    maker.add_all(users)
    return maker.rows


def snapshot_document(rows: Mapping[str, Sequence[Mapping[str, Any]]], revision: int = 1) -> dict[str, Any]:
    """Make a snapshot document of rows by kind; kinds that are left out are empty."""
    return {"format": 1, "revision": revision, "rows": {kind: [dict(row) for row in rows.get(kind, ())] for kind in KINDS}}


def failed_tests(policy: Policy) -> list[str]:
    """Run the `tests` of a policy file, as `licet test` does; give what went otherwise, a line for each.

    A subject written as a name is a registered user; one written in full is known only if the policy names it.
    """
    tests = policy.get("tests", ())
    users = [test["ask"]["subject"] for test in tests if isinstance(test["ask"]["subject"], str)]
    snapshot = create_snapshot(snapshot_document(rows_of(policy, users)))
    failed = []
    for test in tests:
        ask = dict(test["ask"])
        if isinstance(ask["subject"], str):
            ask["subject"] = dict(zip(("type", "id"), parse_user_key(ask["subject"]), strict=True))
        if isinstance(ask["action"], str):
            ask["action"] = {"name": ask["action"]}
        now = parse_timestamp(_time(ask.pop("now", None)) or "")
        decision = decide(snapshot, ask, now.ms if now is not None else time.time() * 1000)
        if (test["expect"] == "allow") is not decision.allowed or test.get("reason", decision.reason) != decision.reason:
            failed.append(f"{test['name']}: {'allow' if decision else 'deny'} ({decision.reason})")
    return failed


def _check_members(policy: Policy) -> None:
    for section, content in policy.items():
        if section not in _SECTIONS:
            raise ValueError(f"a policy has no `{section}`; it may have {', '.join(_SECTIONS)}")
        entries = content.items() if isinstance(content, Mapping) else enumerate(content) if isinstance(content, list) else ()
        for key, entry in entries:
            for member in entry if isinstance(entry, Mapping) else ():
                if member not in _SECTIONS[section]:
                    raise ValueError(f"{section}.{key} has no `{member}`; it may have {', '.join(_SECTIONS[section])}")


class _Maker:
    def __init__(self, policy: Policy) -> None:
        self._policy = policy
        self._conditions: dict[str, dict[str, Any]] = {}
        self.rows: Rows = {}

    def add_all(self, users: Iterable[str]) -> None:
        self._keys("tenants", "default")
        self._keys("groups", "everyone", "anyone")
        for name, entry in self._section("conditions"):
            self._condition(name, entry["expression"] if isinstance(entry, Mapping) else entry)
        for role, entry in self._section("roles"):
            self._add("roles", role)
            for other in entry.get("inherits", ()):
                self._add("role-inherits", f"{role} > {other}", role=role, inherits=self._known("roles", other, f"roles.{role}.inherits"))
            for index, grant in enumerate(entry.get("grants", ())):
                self._grant(role, f"roles.{role}.grants[{index}]", grant)
        self.rows["conditions"] = list(self._conditions.values())
        self._types()
        self._people(users)
        for entry in self._policy.get("resources", ()):
            key = f"{entry['type']}:{entry['id']}"
            self._add("resources", key, tenant=entry.get("tenant"), attributes=entry.get("attributes", {}))

    def _section(self, name: str) -> list[tuple[str, Any]]:
        content = self._policy.get(name) or {}
        if not isinstance(content, Mapping):
            raise ValueError(f"{name} must be a mapping of names, such as {{{'alice'!r}: {{}}}}, not a {type(content).__name__}")
        return [(key, {} if entry is None else entry) for key, entry in content.items()]

    def _add(self, kind: str, name: str, **members: Any) -> None:
        self.rows.setdefault(kind, []).append({"id": name, **members})

    def _keys(self, section: str, *built_in: str) -> None:
        for name in dict.fromkeys((*built_in, *(key for key, _ in self._section(section)))):
            self._add(section, name)

    def _known(self, section: str, name: str, place: str) -> str:
        if name not in (self._policy.get(section) or {}) and name not in _BUILT_IN.get(section, ()):
            raise ValueError(f"{place}: there is no `{name}` in {section}")
        return name

    def _condition(self, name: str, text: str) -> None:
        try:
            self._conditions[name] = {"id": name, "tree": read_condition(text)}
        except ValueError as error:
            raise ValueError(f"conditions.{name}: {error}") from None

    def _grant(self, role: str, place: str, grant: Any) -> None:
        entry: Mapping[str, Any] = {"permission": grant} if isinstance(grant, str) else grant
        when = entry.get("when")
        if when is not None and when not in self._conditions:
            if not any(root in f"{when} " for root in _ROOTS):
                raise ValueError(f"{place}: there is no condition `{when}`")
            self._condition(when, when)
        row = {"role": role, "permission": entry["permission"], "effect": entry.get("effect", "allow"), "condition": when}
        self._add("grants", place, **row)

    def _types(self) -> None:
        granted = {grant["permission"] for grant in self.rows.get("grants", ())}
        named = {permission: permission.partition(":") for permission in sorted(granted)}
        types = self._policy.get("resourceTypes")
        if types is None:
            types = {kind: {} for kind, _, _ in named.values() if kind != "*"}
            for kind, _, action in named.values():
                if "*" not in (kind, action):
                    types[kind].setdefault("actions", []).append(action)
        for name, entry in types.items():
            self._add("resource-types", name, attributes=(entry or {}).get("attributes", {}))
            for action in (entry or {}).get("actions", ()):
                self._add("permissions", f"{name}:{action}")
        known = {row["id"] for row in self.rows.get("permissions", ())}
        for permission, (kind, _, action) in named.items():
            if "*" not in (kind, action) and permission not in known:
                raise ValueError(f"resourceTypes has no `{permission}`, which is granted")

    def _people(self, users: Iterable[str]) -> None:
        known: dict[str, dict[str, Any]] = {}
        for name, entry in self._section("users"):
            known[self._user(name)] = {"enabled": entry.get("enabled", True), "attributes": entry.get("attributes", {})}
        others = [self._user(user) for user in users]
        for group, entry in self._section("groups"):
            for member in entry.get("members", ()):
                self._add("group-members", f"{group} > {member}", group=group, user=self._user(member))
                others.append(self._user(member))
        for index, entry in enumerate(self._policy.get("assignments", ())):
            others += self._assignment(f"assignments[{index}]", entry)
        for name in others:
            known.setdefault(name, {"enabled": True, "attributes": {}})
        for name, members in known.items():
            self._add("users", name, **members)

    def _user(self, name: str) -> str:
        kind = (dict(self._section("users")).get(name) or {}).get("type")
        return user_key(kind, name) if kind else user_key(*parse_user_key(name))

    def _assignment(self, place: str, entry: Mapping[str, Any]) -> list[str]:
        user = None if entry.get("user") is None else self._user(entry["user"])
        if (user is None) == (entry.get("group") is None):
            raise ValueError(f"{place}: name either a `user` or a `group`")
        group = None if entry.get("group") is None else self._known("groups", entry["group"], place)
        row = {
            "user": user,
            "group": group,
            "role": self._known("roles", entry["role"], place),
            "tenant": self._known("tenants", entry.get("tenant", "default"), place),
            "resource": entry.get("resource"),
            "startsAt": _time(entry.get("from")),
            "expiresAt": _time(entry.get("until")),
        }
        self._add("assignments", place, **row)
        return [user] if user else []


def _time(value: Any) -> str | None:
    """Give a time as text: readers of YAML make a datetime of what is written without quotes."""
    return value.isoformat() if isinstance(value, datetime) else value
