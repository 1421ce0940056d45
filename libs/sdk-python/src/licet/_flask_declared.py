"""What the endpoints of an application need, read from the decorators of their views.

`require`, `declares` and `public` leave a mark on what they decorate. An endpoint needs what its view is marked with (for a
class-based view: the class and the method), and what the application and its blueprints run before each request is marked with.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import Any, Final, NamedTuple, TypeVar
from weakref import WeakSet

from flask import Flask
from werkzeug.routing import Rule

Marked = TypeVar("Marked")
_NEEDS: Final = "__licet_needs__"
_PUBLIC: Final = "__licet_public__"
_guarded: WeakSet[Any] = WeakSet()
_ALL_METHODS: Final = ("DELETE", "GET", "PATCH", "POST", "PUT")


class Need(NamedTuple):
    """A permission that an endpoint asks for. `policy` says what the answer depends on besides; a refusal is 404 with `hide`."""

    permission: str
    policy: str = ""
    hide: bool = False

    @classmethod
    def of(cls, permission: str, resource: Any, context: Any, *, hide: bool) -> Need:
        """Give the need that `require` states."""
        asked = []
        if callable(resource) and not hasattr(resource, "__licet__"):
            asked.append(f"of what {_name_of(resource)} gives")
        if callable(context):
            asked.append(f"with what {_name_of(context)} gives")
        elif context is not None:
            asked.append("with " + ", ".join(f"`context.{member}`" for member in sorted(context)))
        return cls(permission, ", ".join(asked), hide)


class Endpoint(NamedTuple):
    """An endpoint, for those of its methods that need the same. `public` is why it is open to everybody."""

    name: str
    path: str
    methods: tuple[str, ...]
    needs: tuple[Need, ...]
    public: str


def guards(view: Any) -> None:
    """Note that a guard stands before a function: whoever registers the function itself goes around it."""
    with suppress(TypeError):  # what cannot be referred to weakly is no function
        _guarded.add(view)


def open_views(app: Flask) -> list[str]:
    """Give the endpoints whose view is a function that has a guard elsewhere: the decorators stand in the wrong order."""
    return sorted(name for name, view in app.view_functions.items() if getattr(view, "__hash__", None) and view in _guarded)


def mark(view: Marked, need: Need) -> Marked:
    """Note on a view that it needs something, before what is noted on it already."""
    setattr(view, _NEEDS, (need, *_needs_of(view)))
    return view


def mark_public(view: Marked, reason: str) -> Marked:
    """Note on a view that it is open to everybody."""
    setattr(view, _PUBLIC, reason)
    return view


def endpoints(app: Flask) -> list[Endpoint]:
    """Give the endpoints of an application but those of static files, in the order of their paths."""
    found = [endpoint for rule in app.url_map.iter_rules() if not _is_static(app, rule) for endpoint in _of_rule(app, rule)]
    return sorted(found, key=lambda endpoint: (endpoint.path, endpoint.methods, endpoint.name))


def _of_rule(app: Flask, rule: Rule) -> Iterator[Endpoint]:
    view = app.view_functions.get(rule.endpoint)
    if view is None or rule.redirect_to is not None:
        return
    before = tuple(need for function in _run_before(app, rule.endpoint) for need in _needs_of(function))
    by_needs: dict[tuple[tuple[Need, ...], str], list[str]] = {}
    for method in _methods(rule):
        parts = (view, *_of_class(view, method))
        needs = before + tuple(need for part in parts for need in _needs_of(part))
        reasons = [reason for part in parts if (reason := getattr(part, _PUBLIC, ""))]
        by_needs.setdefault((needs, "" if needs or not reasons else reasons[0]), []).append(method)
    for (needs, reason), methods in by_needs.items():
        yield Endpoint(rule.endpoint, rule.rule, tuple(methods), tuple(dict.fromkeys(needs)), reason)


def _run_before(app: Flask, endpoint: str) -> Iterator[Any]:
    """Give what runs before a request to an endpoint, as `Flask.preprocess_request` finds it."""
    names: list[str | None] = [None]
    blueprint = endpoint.rpartition(".")[0]
    parts = blueprint.split(".") if blueprint else []
    names += [".".join(parts[: count + 1]) for count in range(len(parts))]
    for name in names:
        yield from app.before_request_funcs.get(name, ())


def _of_class(view: Any, method: str) -> Iterator[Any]:
    """Give the functions of a class-based view that answer a method."""
    view_class = getattr(view, "view_class", None)
    if view_class is not None:
        yield view_class.dispatch_request
        yield getattr(view_class, method.lower(), None)


def _methods(rule: Rule) -> list[str]:
    methods = set(rule.methods or _ALL_METHODS)
    if "GET" in methods:
        methods.discard("HEAD")
    if getattr(rule, "provide_automatic_options", True):
        methods.discard("OPTIONS")
    return sorted(methods)


def _is_static(app: Flask, rule: Rule) -> bool:
    blueprint, _, name = rule.endpoint.rpartition(".")
    owner = app.blueprints.get(blueprint) if blueprint else app
    return name == "static" and owner is not None and owner.has_static_folder and rule.arguments == {"filename"}


def _name_of(function: Any) -> str:
    name = getattr(function, "__name__", type(function).__name__)
    return "a function" if name == "<lambda>" else f"`{name}`"


def _needs_of(function: Any) -> tuple[Need, ...]:
    return getattr(function, _NEEDS, ())
