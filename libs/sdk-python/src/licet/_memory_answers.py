"""What the decision point and the assignment routes of a control plane in memory answer, see `licet.testing`."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from typing import Any, Final

from licet._engine import decide, parse_user_key
from licet._explain import explain
from licet._pace import now_ms
from licet._plan import filter_plan
from licet._search import search_actions, search_resources, search_subjects
from licet._snapshot import Snapshot

Op = tuple[str, str, Mapping[str, Any] | None]

_SEARCHES: Final = {"subject": search_subjects, "resource": search_resources, "action": search_actions}
_HOLDS: Final = ("user", "group", "role", "tenant", "resource")


def answer(snapshot: Snapshot, route: str, document: Mapping[str, Any]) -> dict[str, Any] | None:
    """Answer a question to the decision point; None where the route is none of its."""
    at = now_ms()
    if route == "/access/v1/evaluation":
        return _evaluation(snapshot, document, at)
    if route == "/access/v1/evaluations":
        return {"evaluations": [_evaluation(snapshot, item, at) for item in document["evaluations"]]}
    if route == "/licet/v1/explain":
        return explain(snapshot, document, at).as_dict()
    if route == "/licet/v1/plan":
        return filter_plan(snapshot, document, at).as_dict()
    if route.startswith("/access/v1/search/"):
        return _search(snapshot, route.rpartition("/")[2], document, at)
    return None


def _evaluation(snapshot: Snapshot, request: Any, now: float) -> dict[str, Any]:
    said = decide(snapshot, request, now).as_dict()
    return {"decision": said.pop("decision"), "context": said}


def _search(snapshot: Snapshot, kind: str, document: Mapping[str, Any], now: float) -> dict[str, Any]:
    page = document.get("page", {})
    start, limit = int(page.get("token") or 0), page.get("limit", 1000)
    found = list(itertools.islice(_SEARCHES[kind](snapshot, document, now), start, start + limit + 1))
    results: list[dict[str, str]] = []
    for name in found[:limit]:
        if kind == "action":
            results.append({"name": name})
        elif kind == "resource":
            results.append({"type": document["resource"]["type"], "id": name})
        else:
            results.append(dict(zip(("type", "id"), parse_user_key(name), strict=True)))
    return {"page": {"next_token": str(start + limit) if len(found) > limit else ""}, "results": results}


def assigned(snapshot: Snapshot, document: Mapping[str, Any]) -> list[Op]:
    """Give the change that makes an assignment; nothing where it is there already."""
    row = {**_terms(document), "startsAt": document.get("startsAt"), "expiresAt": document.get("expiresAt")}
    if any(row.items() <= held.items() for held in snapshot.rows["assignments"].values()):
        return []
    name = f"assigned-{snapshot.revision}"
    return [("assignments", name, {"id": name, **row})]


def revoked(snapshot: Snapshot, document: Mapping[str, Any]) -> list[Op]:
    """Give the change that revokes all assignments on these terms."""
    terms = _terms(document)
    return [("assignments", held["id"], None) for held in snapshot.rows["assignments"].values() if terms.items() <= held.items()]


def _terms(document: Mapping[str, Any]) -> dict[str, Any]:
    return {name: document.get(name, "default" if name == "tenant" else None) for name in _HOLDS}
