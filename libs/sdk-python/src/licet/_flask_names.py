"""Tells permissions apart that the policy does not know: a typo in a decorator, or a policy that is not in force yet."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

from flask import Flask

from licet._flask_declared import endpoints, open_views
from licet._flask_refusal import logger
from licet.client import Licet


def declared(app: Flask) -> dict[str, list[str]]:
    """Give the permissions that the decorators of an application name, in order, each with its endpoints."""
    found: dict[str, list[str]] = {}
    for endpoint in endpoints(app):
        for need in endpoint.needs:
            places = found.setdefault(need.permission, [])
            if endpoint.name not in places:
                places.append(endpoint.name)
    return dict(sorted(found.items()))


def suggestion(permission: str, known: Iterable[str]) -> str:
    """Say which known permission may have been meant, or nothing."""
    meant = get_close_matches(permission, known, n=1, cutoff=0.8)
    return f", did you mean `{meant[0]}`?" if meant else ""


def warn_of_unknown_names(app: Flask, client: Licet) -> None:
    """Log one line that names the permissions in decorators that the policy at hand does not know, and the remedy."""
    snapshot = client._replica.snapshot
    if snapshot is None:
        return
    unknown = {name: places for name, places in declared(app).items() if name not in snapshot.permissions}
    if unknown:
        client._told.update(unknown)
        words = "; ".join(f"`{name}` ({', '.join(at)}{suggestion(name, snapshot.permissions)})" for name, at in unknown.items())
        logger.warning("Licet does not know, and so denies, %s: mend the decorator, or register it with `flask licet declare`", words)


def warn_of_open_views(app: Flask) -> None:
    """Log one line that names the views which are registered without their guard, and the remedy."""
    found = open_views(app)
    if found:
        logger.error("open to everybody, since `@require` stands above the route: %s; put it below, next to the function", ", ".join(found))
