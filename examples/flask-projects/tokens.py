"""Who asks, and in which organisation: a signed token that says who (RFC 6750), and the first part of the path."""

from __future__ import annotations

from flask import current_app, request
from itsdangerous import BadSignature, URLSafeTimedSerializer

LASTS = 8 * 60 * 60


def make_token(username: str) -> str:
    """A token that speaks for somebody for eight hours."""
    return _serializer().dumps(username)


def signed_in() -> str | None:
    """Whom the token of the request speaks for, and None where there is no good one."""
    given = request.authorization
    if given is None or given.type != "bearer" or not given.token:
        return None
    try:
        username = _serializer().loads(given.token, max_age=LASTS)
    except BadSignature:
        return None
    return username if isinstance(username, str) else None


def current_tenant() -> str | None:
    tenant: str | None = (request.view_args or {}).get("tenant")
    return tenant


def _serializer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(str(current_app.secret_key), salt="access-token")
