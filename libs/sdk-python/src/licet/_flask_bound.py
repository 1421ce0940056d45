"""What a Flask application was bound to, and who asks in it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from flask import Flask, current_app
from werkzeug.local import LocalProxy

from licet.client import Licet
from licet.errors import ConfigError

EXTENSION: Final = "licet"
ANONYMOUS: Final = {"type": "anonymous", "id": "anonymous"}
"""The subject of a question when nobody is signed in: what the group `anyone` may do."""


class Bound:
    """What an application was bound to."""

    __slots__ = ("_ask_who", "client", "names_checked", "tenant")

    def __init__(self, client: Licet, ask_who: Callable[[], Any] | None, tenant: Callable[[], str | None] | None) -> None:
        self.client = client
        self._ask_who = ask_who or _current_user
        self.tenant = tenant or _no_tenant
        self.names_checked = False

    @property
    def subject(self) -> Any:
        """Who asks in the current request."""
        subject = self._ask_who()
        if type(subject) is str and subject:  # the common case, without all that an object of a user is asked
            return subject
        if isinstance(subject, LocalProxy):  # such as `current_user`
            subject = subject._get_current_object()
        nobody = subject is None or (isinstance(subject, str) and not subject) or getattr(subject, "is_authenticated", True) is False
        return ANONYMOUS if nobody else subject


def bound_to(app: Flask) -> Bound:
    """Give what an application was bound to. Raises ConfigError where it was not."""
    bound: Bound | None = app.extensions.get(EXTENSION)
    if bound is None:
        raise ConfigError("this application has no Licet; call `LicetFlask().init_app(app)` when you make it")
    return bound


def _current_user() -> Any:
    if not hasattr(current_app, "login_manager"):
        raise ConfigError("Licet does not know who asks; set up Flask-Login, or pass `LicetFlask(subject=...)` a function")
    from flask_login import current_user  # noqa: PLC0415 -- optional

    return current_user._get_current_object() if current_user.is_authenticated else None


def _no_tenant() -> str | None:
    return None
