"""What a Flask application was bound to, and who asks in it."""

from __future__ import annotations

from collections.abc import Callable
from types import NoneType
from typing import Any, Final

from flask import Flask, current_app
from werkzeug.local import LocalProxy

from licet.client import Licet
from licet.errors import ConfigError

EXTENSION: Final = "licet"
ANONYMOUS: Final = {"type": "anonymous", "id": "anonymous"}
"""The subject of a question when nobody is signed in: what the group `anyone` may do."""


class Bound:
    """What an application was bound to. `who` gives whom the application takes for the one who asks, `tenant` the tenant or None."""

    __slots__ = ("client", "names_checked", "tenant", "who")

    def __init__(self, client: Licet, ask_who: Callable[[], Any] | None, tenant: Callable[[], str | None] | None) -> None:
        self.client = client
        self.who = ask_who or _current_user
        self.tenant: Callable[[], str | None] = tenant or NoneType
        self.names_checked = False

    @property
    def subject(self) -> Any:
        """Who asks in the current request."""
        return subject_of(self.who())


def subject_of(who: Any) -> Any:
    """Give the subject of a question: ANONYMOUS for nobody."""
    if isinstance(who, LocalProxy):  # such as `current_user`
        who = who._get_current_object()
    nobody = who is None or (isinstance(who, str) and not who) or getattr(who, "is_authenticated", True) is False
    return ANONYMOUS if nobody else who


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
