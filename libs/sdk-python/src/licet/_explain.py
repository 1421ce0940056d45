"""Explains a decision to people: which paths decide, or what is missing.

Rules kept here, the same in every implementation of the engine:

- The decision is what `decide` says. An explanation never says anything else.
- Every grant that the subject holds on the permission, by any assignment whatever its terms, is held against the question.
- Of a decision by a grant, those that decide alike are shown, by the shortest paths.
- Of a denial, the allows are shown with everything that keeps them from deciding: without these failures, all of them, they would.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

from licet._candidates import path_of
from licet._condition import Scope, compile_condition
from licet._engine import decide, is_request, tenant_of
from licet._operators import ConditionFault
from licet._roles import Grant
from licet._rows import Assignment
from licet._snapshot import Snapshot
from licet._standing import Standing, counts, failures_of, registered
from licet.decision import Decision, Explanation

EXPLANATION_LIMIT: Final = 20
"""How many paths, near misses and roles an explanation lists at most."""
_EXPLAINED: Final = frozenset(("allowed_by_grant", "denied_by_grant", "no_matching_grant", "unknown_subject", "disabled_subject"))


class _Held(NamedTuple):
    """A grant that the subject holds, whether it applies or not."""

    assignment: Assignment
    group: str | None
    grant: Grant

    def path(self) -> dict[str, Any]:
        return path_of(self.assignment, self.group, self.grant).as_dict()


class _Question(NamedTuple):
    snapshot: Snapshot
    permission: str
    asked: Standing
    user: str | None
    disabled: bool
    scope: Scope

    def held(self, effect: str) -> Iterator[_Held]:
        """Give all grants of this effect that the subject holds on the permission, in the order in which they are tried."""
        for group, assignments in self.snapshot.holders(self.user):
            for assignment in assignments:
                grants = self.snapshot.roles.grants(assignment.role, self.permission)
                for grant in grants.denies if effect == "deny" else grants.allows:
                    yield _Held(assignment, group, grant)

    def verdict(self, grant: Grant) -> bool | ConditionFault:
        return True if grant.evaluate is None else grant.evaluate(self.scope)


def explain(snapshot: Snapshot, request: Any, now: float) -> Explanation:
    """Explain what `decide` answers. Never raises; what cannot be explained has empty lists."""
    decision = decide(snapshot, request, now)
    tenant = tenant_of(snapshot, request) if is_request(request) else "default"
    if decision.reason not in _EXPLAINED:
        return Explanation.of(decision, tenant)
    try:
        return _explained(decision, _question(snapshot, request, tenant, now))
    except Exception:  # only values that JSON cannot carry lead here
        return Explanation.of(decision, tenant)


def _question(snapshot: Snapshot, request: Mapping[str, Any], tenant: str, now: float) -> _Question:
    resource = request["resource"]
    key = f"{resource['type']}:{resource['id']}"
    user, row = registered(snapshot, request["subject"])
    stored = snapshot.rows["resources"].get(key)
    scope = Scope(request, now, row["attributes"] if row else {}, stored["attributes"] if stored else {})
    permission = f"{resource['type']}:{request['action']['name']}"
    return _Question(snapshot, permission, Standing(tenant, key, now), user, row is not None and not row["enabled"], scope)


def _explained(decision: Decision, question: _Question) -> Explanation:
    denies = _applying(question, "deny")
    deciding = denies if decision.reason == "denied_by_grant" else _applying(question, "allow") if decision.allowed else []
    fewest = min((len(path["path"]["roles"]) for path in deciding), default=0)
    paths = [path for path in deciding if len(path["path"]["roles"]) == fewest]
    misses = [] if decision.allowed else _near_misses(question, denies[0]["path"] if denies else None)
    roles = [] if decision.allowed or misses else _giving_roles(question)
    return Explanation.of(decision, question.asked.tenant, paths, misses, roles, limit=EXPLANATION_LIMIT)


def _applying(question: _Question, effect: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for held in question.held(effect):
        if not counts(held.assignment, question.asked, effect):
            continue
        verdict = question.verdict(held.grant)
        error = verdict._asdict() if isinstance(verdict, ConditionFault) else None
        if verdict is True or (error is not None and effect == "deny"):
            found.append({"path": held.path(), "error": error})
    return found


def _near_misses(question: _Question, deny: Mapping[str, Any] | None) -> list[dict[str, Any]]:
    """Give the allows that do not decide, those first that lack least; equals stay in the order in which they are tried."""
    misses = [{"path": held.path(), "failures": _failures(held, question, deny)} for held in question.held("allow")]
    return sorted((miss for miss in misses if miss["failures"]), key=lambda miss: (len(miss["failures"]), len(miss["path"]["roles"])))


def _failures(held: _Held, question: _Question, deny: Mapping[str, Any] | None) -> list[dict[str, Any]]:
    failures: list[dict[str, Any]] = [{"code": "disabled_subject"}] if question.disabled else []
    failures += failures_of(held.assignment, question.asked)
    verdict = question.verdict(held.grant)
    if isinstance(verdict, ConditionFault):
        failures.append({"code": "condition_erred", "condition": held.grant.condition, **verdict._asdict()})
    elif not verdict:
        failures.append({"code": "condition_false", "condition": held.grant.condition, "operands": _false_operands(held.grant, question)})
    if deny is not None:
        failures.append({"code": "overridden_by_deny", "assignment": deny["assignment"], "grant": deny["grant"]})
    return failures


def _false_operands(grant: Grant, question: _Question) -> list[int]:
    row = question.snapshot.rows["conditions"].get(grant.condition or "")
    args = row["tree"]["args"] if row is not None and row["tree"]["op"] == "and" else ()
    return [index for index, arg in enumerate(args) if compile_condition(arg)(question.scope) is False]


def _giving_roles(question: _Question) -> list[dict[str, Any]]:
    """Give the roles that give the permission, unless a deny of their own takes it away again; the unconditional ones first."""
    roles = question.snapshot.roles
    found: list[dict[str, Any]] = []
    for role in roles.granting(question.permission, "allow"):
        denies, allows = roles.grants(role, question.permission)
        if all(deny.condition is not None for deny in denies):
            found.append({"role": role, "conditional": bool(denies) or all(allow.condition is not None for allow in allows)})
    return sorted(found, key=lambda role: bool(role["conditional"]))
