"""The Flask extension: permissions for views, services and templates.

    licet = LicetFlask()

    def create_app():
        app = Flask(__name__)
        licet.init_app(app)
        ...

    @app.post("/tasks/<int:task_id>/delete")
    @require("task:delete", resource=load_task)
    def delete_task(task_id): ...

Settings are read from `app.config`, else from the environment: LICET_URL and LICET_API_KEY (needed), LICET_MODE (`local` or
`remote`), LICET_NAME, LICET_MAX_STALENESS, LICET_SNAPSHOT_PATH, LICET_DECISION_LOG, LICET_TIMEOUT, and LICET_CONTACT (whom the
page for refusals names).

Whom a question is about is Flask-Login's `current_user`, unless `LicetFlask(subject=...)` says otherwise.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, Final, TypeVar, cast

from flask import Blueprint, Flask, Response, abort, current_app, g, request

from licet._flask_refusal import NotPermitted, Undecided, logger, refusal_response
from licet._question import name_of
from licet.client import Licet
from licet.decision import UNDECIDED, Decision
from licet.errors import ConfigError, Forbidden

__all__ = ["ANONYMOUS", "LicetFlask", "NotPermitted", "Undecided", "authorize", "can", "guard", "require"]

View = TypeVar("View", bound=Callable[..., Any])
ANONYMOUS: Final = {"type": "anonymous", "id": "anonymous"}
"""The subject of a question when nobody is signed in: what the group `anyone` may do."""
_EXTENSION: Final = "licet"
Bound = tuple[Licet, Callable[[], Any], Callable[[], "str | None"]]


class LicetFlask:
    """Binds a Licet to Flask applications.

    - `app`: an application to bind at once; otherwise call `init_app`.
    - `client`: a Licet to use in place of one made of the settings, for instance in tests.
    - `subject`: a function that gives the subject of the request (as `Licet.check` takes it), or None for nobody.
    - `tenant`: a function that gives the tenant of the request, or None for the one that `Licet.check` takes by itself.
    """

    def __init__(
        self,
        app: Flask | None = None,
        *,
        client: Licet | None = None,
        subject: Callable[[], Any] | None = None,
        tenant: Callable[[], str | None] | None = None,
    ) -> None:
        self._client = client
        self._asker = (subject or _current_user, tenant or _no_tenant)
        if app is not None:
            self.init_app(app)

    def init_app(self, app: Flask, *, client: Licet | None = None) -> None:
        """Bind to an application. Raises ConfigError where a setting is missing or not valid."""
        chosen = client or self._client or Licet(**_settings(app.config))
        app.config.setdefault("LICET_CONTACT", os.environ.get("LICET_CONTACT", ""))
        app.extensions[_EXTENSION] = (chosen, *self._asker)
        app.register_blueprint(Blueprint("_licet", __name__, template_folder="templates"))
        app.register_error_handler(Forbidden, refusal_response)
        app.after_request(_tell_outage)
        app.context_processor(lambda: {"can": can})

    @property
    def client(self) -> Licet:
        """The Licet of the current application."""
        return _bound()[0]


def authorize(permission: str, resource: Any = None, *, context: Mapping[str, Any] | None = None, hide: bool = False) -> Decision:
    """Go on only if the current user has `permission` on `resource`, which is anything that `Licet.check` takes.

    Raises NotPermitted (403; 401 for nobody), Undecided (503, where Licet cannot tell) or, with `hide`, NotFound (404), so that
    a stranger does not learn that the resource exists.
    """
    subject, decision = _ask(permission, resource, context, log=True)
    if decision:
        return decision
    logger.info("refused %s to %s: %s", permission, name_of(subject), decision.reason)
    if decision.reason in UNDECIDED:
        raise Undecided(permission, decision)
    if hide:
        abort(404)
    raise NotPermitted(permission, decision, anonymous=subject is ANONYMOUS)


def can(permission: str, resource: Any = None, *, context: Mapping[str, Any] | None = None) -> bool:
    """Whether the current user has `permission` on `resource`: for templates, to show only what works.

    It protects nothing, and so it is not logged.
    """
    return _ask(permission, resource, context, log=False)[1].allowed


def require(
    permission: str, resource: Any = None, *, context: Mapping[str, Any] | None = None, hide: bool = False
) -> Callable[[View], View]:
    """Let only those call a view who have `permission`.

    `resource` may be a function: it is called with the view's arguments and gives the resource, or None for 404. What it gave
    is in `g.licet_resource`. See `authorize` for the rest.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> Any:
            authorize(permission, _loaded(resource, kwargs), context=context, hide=hide)
            return current_app.ensure_sync(view)(*args, **kwargs)

        return cast("View", guarded)

    return decorate


def guard(
    target: Flask | Blueprint,
    permission: str,
    resource: Any = None,
    *,
    context: Mapping[str, Any] | None = None,
    hide: bool = False,
) -> None:
    """Let only those call the views of a blueprint (or of a whole application) who have `permission`. See `require`."""

    def before() -> None:
        authorize(permission, _loaded(resource, request.view_args or {}), context=context, hide=hide)

    target.before_request(before)


def _loaded(resource: Any, arguments: Mapping[str, Any]) -> Any:
    if not callable(resource) or hasattr(resource, "__licet__"):
        return resource
    found = resource(**arguments)
    if found is None:
        abort(404)
    g.licet_resource = found
    return found


def _ask(permission: str, resource: Any, context: Mapping[str, Any] | None, *, log: bool) -> tuple[Any, Decision]:
    client, subject_of_request, tenant_of_request = _bound()
    subject = subject_of_request()
    if subject is None:
        subject = ANONYMOUS
    g.licet_asked = True
    return subject, client.check(subject, permission, resource, context, tenant=tenant_of_request(), log=log)


def _bound() -> Bound:
    bound = current_app.extensions.get(_EXTENSION)
    if bound is None:
        raise ConfigError("this application has no Licet; call `LicetFlask().init_app(app)` when you make it")
    return cast("Bound", bound)


def _current_user() -> Any:
    if not hasattr(current_app, "login_manager"):
        raise ConfigError("Licet does not know who asks; set up Flask-Login, or pass `LicetFlask(subject=...)` a function")
    from flask_login import current_user  # noqa: PLC0415 -- optional

    return current_user._get_current_object() if current_user.is_authenticated else None


def _no_tenant() -> str | None:
    return None


def _tell_outage(response: Response) -> Response:
    """Say how old the policy is that answered, when the control plane is away."""
    client = _bound()[0]
    age = client.age
    if g.get("licet_asked") and client.trouble is not None and age is not None:
        response.headers["Licet-Replica"] = f"revision={client.revision}, age={age:.0f}"
    return response


def _settings(config: Mapping[str, Any]) -> dict[str, Any]:
    def read(name: str) -> Any:
        value = config.get(name)
        return os.environ.get(name) if value is None else value

    settings: dict[str, Any] = {"url": read("LICET_URL"), "api_key": read("LICET_API_KEY"), "name": read("LICET_NAME")}
    if read("LICET_MODE"):
        settings["mode"] = read("LICET_MODE")
    if read("LICET_SNAPSHOT_PATH"):
        settings["snapshot_path"] = read("LICET_SNAPSHOT_PATH")
    for name, option in (("LICET_MAX_STALENESS", "max_staleness"), ("LICET_TIMEOUT", "timeout")):
        if read(name) not in (None, ""):
            settings[option] = _seconds(name, read(name))
    if read("LICET_DECISION_LOG") not in (None, ""):
        settings["decision_log"] = _switch("LICET_DECISION_LOG", read("LICET_DECISION_LOG"))
    return settings


def _seconds(name: str, value: Any) -> float:
    try:
        return float(value)
    except (TypeError, ValueError):
        raise ConfigError(f"{name} is {value!r}; it must be a number of seconds") from None


def _switch(name: str, value: Any) -> bool:
    text = str(value).strip().lower()
    if text in ("1", "true", "yes", "on"):
        return True
    if text in ("0", "false", "no", "off"):
        return False
    raise ConfigError(f"{name} is {value!r}; it must be `true` or `false`")
