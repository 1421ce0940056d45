"""Answers questions from the copy of the policy in this process. Never waits on the network."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from licet._decision_log import DecisionLog
from licet._engine import DEFAULT_TENANT, decide_in_tenant, tenant_of
from licet._explain import explain
from licet._pace import now_ms
from licet._plan import filter_plan
from licet._replica import Replica
from licet._search import search_actions, search_resources, search_subjects
from licet._snapshot import Snapshot
from licet.decision import Decision, Explanation, FilterPlan, Reason
from licet.errors import FetchError

_SEARCHES: Final = {"subject": search_subjects, "resource": search_resources, "action": search_actions}


class Local:
    """A decision point over a replica. Without a policy, or with one that is too old, it refuses and says so."""

    def __init__(self, replica: Replica, log: DecisionLog | None, max_staleness: float | None) -> None:
        self._replica = replica
        self._log = log
        self._max_staleness = max_staleness

    def evaluate(self, request: dict[str, Any], at_least: int | None, log: bool) -> Decision:
        """Decide one question."""
        return self._decide(self._replica.snapshot, request, at_least, log)

    def evaluate_many(self, requests: Sequence[dict[str, Any]], at_least: int | None, log: bool) -> list[Decision]:
        """Decide several questions, all at one revision."""
        held = self._replica.snapshot
        return [self._decide(held, request, at_least, log) for request in requests]

    def explain(self, request: dict[str, Any], at_least: int | None) -> Explanation:
        """Explain the decision on a question."""
        held = self._replica.snapshot
        refusal = self._refusal(held, at_least)
        if held is None or refusal is not None:
            return Explanation.of(Decision(False, refusal or "not_ready", revision=held.revision if held else 0), DEFAULT_TENANT)
        explanation = explain(held, request, now_ms())
        explanation.decision.age = self._replica.age
        return explanation

    def filter_plan(self, request: Mapping[str, Any], at_least: int | None) -> FilterPlan:
        """Say for which rows something is allowed."""
        held = self._replica.snapshot
        refusal = self._refusal(held, at_least)
        if held is None or refusal is not None:
            return FilterPlan("never", held.revision if held else 0, refusal or "not_ready")
        return filter_plan(held, request, now_ms())

    def search(self, kind: str, request: Mapping[str, Any], at_least: int | None, limit: int | None) -> list[str]:
        """Search for subjects, resources or actions. Raises FetchError where there is no policy to search in."""
        held = self._replica.snapshot
        refusal = self._refusal(held, at_least)
        if held is None or refusal is not None:
            raise FetchError(f"there is no policy here that could be searched: {refusal or 'not_ready'}", code=refusal or "not_ready")
        found: Iterator[str] = _SEARCHES[kind](held, request, now_ms())
        return list(itertools.islice(found, limit))

    def _refusal(self, held: Snapshot | None, at_least: int | None) -> Reason | None:
        if held is None:
            return "not_ready"
        late = self._max_staleness is not None and self._replica.age > self._max_staleness
        return "stale" if late or (at_least is not None and held.revision < at_least) else None

    def _decide(self, held: Snapshot | None, request: dict[str, Any], at_least: int | None, log: bool) -> Decision:
        now = now_ms()
        refusal = None
        if held is None or at_least is not None or self._max_staleness is not None:
            refusal = self._refusal(held, at_least)
        if held is None:
            decision, tenant = Decision(False, "not_ready"), DEFAULT_TENANT
        else:
            if refusal is None:
                decision, tenant = decide_in_tenant(held, request, now)
            else:
                decision, tenant = Decision(False, refusal, None, (), held.revision), tenant_of(held, request)
            decision.age = self._replica.age
        if log and self._log is not None:
            self._log.add(now, request, tenant, decision)
        return decision
