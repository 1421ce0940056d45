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

`flask licet matrix`, `unguarded` and `declare` read the decorators: see `licet._flask_cli`.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from functools import wraps
from inspect import iscoroutinefunction
from typing import Any, NoReturn, TypeVar, cast

from blinker import Namespace
from flask import Blueprint, Flask, Request, Response, abort, current_app, g, request
from flask.ctx import AppContext
from flask.globals import app_ctx
from flask.views import View as ClassBasedView

from licet._flask_bound import ANONYMOUS, EXTENSION, Bound, bound_to, subject_of
from licet._flask_can import can_view
from licet._flask_cli import commands
from licet._flask_declared import Need, guards, mark, mark_public
from licet._flask_names import warn_of_open_views, warn_of_unknown_names
from licet._flask_offline import only_decorators_are_read, speechless_client
from licet._flask_refusal import NotPermitted, SignInNeeded, Undecided, logger, refusal_response, refusal_text
from licet._flask_settings import settings
from licet._question import name_of
from licet.client import Licet
from licet.decision import UNDECIDED, Decision
from licet.errors import Forbidden

__all__ = [
    "ANONYMOUS",
    "LicetFlask",
    "NotPermitted",
    "Undecided",
    "authorize",
    "can",
    "can_view",
    "decision_made",
    "declares",
    "guard",
    "permission_refused",
    "public",
    "refusal_text",
    "require",
    "where",
]

View = TypeVar("View", bound=Callable[..., Any])
Context = Mapping[str, Any] | Callable[[], Mapping[str, Any]]
"""Attributes of the situation, or a function that gives those of the request."""
# What Flask's proxies stand for: each use of a proxy takes longer than all else that a guard does in Flask.
_current: Callable[[], AppContext] = app_ctx._get_current_object  # type: ignore[attr-defined]
_asked: Callable[[], Request] = request._get_current_object  # type: ignore[attr-defined]
_signals = Namespace()
decision_made = _signals.signal("licet-decision-made")
"""Sent by the application, with `permission`, `resource`, `subject` and `decision`, for every decision that protects something."""
permission_refused = _signals.signal("licet-permission-refused")
"""Sent likewise, only where the answer is no."""


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
        self._asker = (subject, tenant)
        self._made: dict[str, Licet] = {}
        if app is not None:
            self.init_app(app)

    def init_app(self, app: Flask, *, client: Licet | None = None) -> None:
        """Bind to an application. Raises ConfigError where a setting is missing or not valid."""
        chosen = client or self._client or (speechless_client() if only_decorators_are_read() else self._made_of(settings(app.config)))
        app.config.setdefault("LICET_CONTACT", os.environ.get("LICET_CONTACT", ""))
        app.extensions[EXTENSION] = Bound(chosen, *self._asker)
        app.register_blueprint(Blueprint("_licet", __name__, template_folder="templates"))
        app.register_error_handler(Forbidden, refusal_response)
        app.after_request(_tell_outage)
        app.context_processor(lambda: {"can": can})
        app.cli.add_command(commands)

    def _made_of(self, found: dict[str, Any]) -> Licet:
        """Make a Licet, or give the one of these settings: a factory that makes many applications needs one replica."""
        key = repr(sorted(found.items()))
        made = self._made.get(key)
        if made is None or made.closed:
            made = self._made[key] = Licet(**found)
        return made

    @property
    def client(self) -> Licet:
        """The Licet of the current application: for services, jobs and command lines, which ask `client.require(...)`."""
        return bound_to(current_app).client

    @property
    def subject(self) -> Any:
        """Who asks in the current request, ANONYMOUS for nobody: to hand on to a service."""
        return bound_to(current_app).subject


def authorize(permission: str, resource: Any = None, *, context: Context | None = None, hide: bool = False) -> Decision:
    """Go on only if the current user has `permission` on `resource`, which is anything that `Licet.check` takes.

    Raises NotPermitted (403; 401 for nobody), Undecided (503, where Licet cannot tell) or, with `hide`, NotFound (404), so that
    a stranger does not learn that the resource exists. The decision is in `g.licet_decision`.
    """
    return _authorize(_current(), permission, resource, context, hide=hide)


def _authorize(current: AppContext, permission: str, resource: Any, context: Context | None, *, hide: bool) -> Decision:
    subject, decision = _ask(current, permission, resource, context, log=True)
    current.g.licet_decision = decision
    if decision_made.receivers:
        _send(decision_made, permission, resource, subject, decision)
    if decision.allowed:
        return decision
    logger.info("refused %s to %s: %s", permission, name_of(subject), decision.reason)
    if permission_refused.receivers:
        _send(permission_refused, permission, resource, subject, decision)
    if decision.reason in UNDECIDED:
        raise Undecided(permission, decision)
    if hide:
        abort(404)
    raise SignInNeeded(permission, decision) if subject is ANONYMOUS else NotPermitted(permission, decision)


def can(permission: str, resource: Any = None, *, context: Context | None = None) -> bool:
    """Whether the current user has `permission` on `resource`: for templates, to show only what works.

    It protects nothing, and so it is not logged.
    """
    current = _current()
    current.g.licet_asked = True
    return _ask(current, permission, resource, context, log=False)[1].allowed


def where(model: type[Any], permission: str, *, context: Context | None = None) -> Any:
    """Give the WHERE clause of the rows of an SQLAlchemy model on which the current user has `permission`: one query for a list.

    See `licet.sqlalchemy.where`, which raises NotExpressible.
    """
    from licet.sqlalchemy import where as rows_where  # noqa: PLC0415 -- optional

    bound = bound_to(current_app)
    situation = context() if callable(context) else context
    return rows_where(model, permission, subject=bound.subject, client=bound.client, context=situation, tenant=bound.tenant())


def require(permission: str, resource: Any = None, *, context: Context | None = None, hide: bool = False) -> Callable[[View], View]:
    """Let only those call a view who have `permission`.

    It decorates a view, a method of a MethodView, a whole class-based view (or stands in its `decorators`), and a function that
    a blueprint runs `before_request`. `resource` may be a function: it is called with the view's arguments and gives the
    resource, or None for 404. What it gave is in `g.licet_resource`. See `authorize` for the rest.
    """
    need = Need.of(permission, resource, context, hide=hide)

    def decorate(view: View) -> View:
        if isinstance(view, type) and issubclass(view, ClassBasedView):
            view.decorators = [*view.decorators, decorate]
            return cast("View", view)

        is_async = iscoroutinefunction(view)
        is_loader = callable(resource) and not hasattr(resource, "__licet__")
        is_async_loader = is_loader and iscoroutinefunction(resource)  # here, once: to find that out takes longer than to decide
        guards(view)

        @wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> Any:
            current, found = _current(), resource
            if is_loader:
                load = current_app.ensure_sync(resource) if is_async_loader else resource
                found = load(**(kwargs or _asked().view_args or {}))
                if found is None:
                    _missing(current, permission, context, hide=hide)
                current.g.licet_resource = found
            _authorize(current, permission, found, context, hide=hide)
            return current_app.ensure_sync(view)(*args, **kwargs) if is_async else view(*args, **kwargs)

        return cast("View", mark(guarded, need))

    return decorate


def guard(
    target: Flask | Blueprint,
    permission: str,
    resource: Any = None,
    *,
    context: Context | None = None,
    hide: bool = False,
) -> None:
    """Let only those call the views of a blueprint (or of a whole application) who have `permission`. See `require`."""
    target.before_request(require(permission, resource, context=context, hide=hide)(_go_on))


def declares(permission: str, *, policy: str = "", hide: bool = False) -> Callable[[View], View]:
    """Say which permission a view asks for by itself, through `authorize` or a service, so that `flask licet matrix` knows.

    It protects nothing. `policy` says in words what the answer depends on besides, and `hide` that a refusal is a 404.
    """
    return lambda view: mark(view, Need(permission, policy, hide))


def public(reason: str) -> Callable[[View], View]:
    """Say that a view is for everybody on purpose, and why, so that `flask licet unguarded` does not list it."""
    return lambda view: mark_public(view, reason)


def _go_on() -> None:
    """Answer nothing: the request goes on to its view."""


def _missing(current: AppContext, permission: str, context: Context | None, *, hide: bool) -> NoReturn:
    """Answer that there is no such resource; but whoever is not signed in is told to, as if there were one.

    With `hide` the same is asked as of one that is there: the answers differ in nothing, not in a header, nor where Licet cannot tell.
    """
    if hide or bound_to(current.app).subject is ANONYMOUS:
        _authorize(current, permission, None, context, hide=hide)
    abort(404)


def _ask(current: AppContext, permission: str, resource: Any, context: Context | None, *, log: bool) -> tuple[Any, Decision]:
    """Give who asks, and the decision."""
    bound = bound_to(current.app)
    if not bound.names_checked and bound.client.ready:
        bound.names_checked = True
        warn_of_unknown_names(current.app, bound.client)
        warn_of_open_views(current.app)
    subject = bound.who()
    if type(subject) is not str or not subject:  # a user's id is what it is
        subject = subject_of(subject)
    situation = context() if callable(context) else context
    return subject, bound.client.check(subject, permission, resource, situation, tenant=bound.tenant(), log=log)


def _send(signal: Any, permission: str, resource: Any, subject: Any, decision: Decision) -> None:
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    signal.send(app, permission=permission, resource=resource, subject=subject, decision=decision)


def _tell_outage(response: Response) -> Response:
    """Say how old the policy is that answered, when the control plane is away."""
    client = bound_to(current_app).client
    if client.trouble is not None and ("licet_decision" in g or "licet_asked" in g) and (age := client.age) is not None:
        response.headers["Licet-Replica"] = f"revision={client.revision}, age={age:.0f}"
    return response
