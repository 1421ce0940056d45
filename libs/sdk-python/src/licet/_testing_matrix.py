"""Proves who may do what with the endpoints of a Flask application, by asking every one of them as everybody.

Rules kept here:

- Every row of the matrix names the same people, and every endpoint that declares a permission has a row for each of its methods.
- Whoever is refused stays refused under every other spelling of the same request, and whoever is allowed something does nothing else
  by asking for another method in a header.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final, NamedTuple

if TYPE_CHECKING:
    from flask import Flask

Client = Callable[[str], Any]
Cases = Mapping[str, Mapping[str, int]]
_SPOOFED: Final = {"X-Original-URL": "/", "X-Rewrite-URL": "/", "X-Forwarded-For": "127.0.0.1", "X-Forwarded-Prefix": "/"}
_OVERRIDES: Final = ("X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override")
_MOVED: Final = (301, 307, 308)


class _Request(NamedTuple):
    method: str
    path: str
    sent: Mapping[str, Any]

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


def assert_matrix(client: Client, cases: Cases, bodies: Mapping[str, Mapping[str, Any]] | None = None) -> None:
    """Ask every request as everybody, and demand the status that the matrix says; then try to get round every refusal.

    - `client`: gives the test client of somebody, signed in. It is called anew for each request: let it make a new application
      where requests change what later ones find.
    - `cases`: for each request, such as `"PUT /items/1"`, the status that each person gets:
      `{"PUT /items/1": {"nobody": 401, "sally": 403, "walt": 200}}`.
    - `bodies`: what is sent with a request, as arguments of the test client: `{"PUT /items/1": {"json": {...}}}`.

    Raises AssertionError that names everything that is not as it should be.
    """
    matrix = [(_request(name, (bodies or {}).get(name, {})), statuses) for name, statuses in cases.items()]
    people = {person: None for _, statuses in matrix for person in statuses}
    found = [f"{request} says nothing of {person}" for request, statuses in matrix for person in people if person not in statuses]
    if people:
        found += _uncovered(client(next(iter(people))).application, [request for request, _ in matrix])
    for request, statuses in matrix:
        for person, expected in statuses.items():
            found += _asked(client, person, request, expected)
    assert not found, "\n" + "\n".join(found)  # noqa: S101 -- this is an assertion


def _request(name: str, sent: Mapping[str, Any]) -> _Request:
    method, _, path = name.partition(" ")
    if not path.startswith("/"):
        raise ValueError(f"a request is written `GET /path`; this is {name!r}")
    return _Request(method, path, sent)


def _uncovered(app: Flask, requests: list[_Request]) -> list[str]:
    from werkzeug.exceptions import HTTPException  # noqa: PLC0415 -- optional, like the next

    from licet._flask_declared import endpoints  # noqa: PLC0415

    adapter = app.url_map.bind("localhost")
    asked = set()
    for request in requests:
        try:
            rule, _ = adapter.match(request.path.partition("?")[0], method=request.method, return_rule=True)
        except HTTPException:
            continue
        asked.add((rule.rule, request.method))
    needed = [(endpoint, method) for endpoint in endpoints(app) if endpoint.needs for method in endpoint.methods]
    return [f"{method} {at.path} ({at.name}) is not in the matrix" for at, method in needed if (at.path, method) not in asked]


def _asked(client: Client, person: str, request: _Request, expected: int) -> Iterator[str]:
    status = _status(client, person, request)
    if status != expected:
        yield f"{request} as {person}: {status}, should be {expected}"
    elif expected in (401, 403, 404) or 300 <= expected < 400:
        for kind, other in _spellings(request):
            got = _status(client, person, other)
            if got < 400 and got != expected:
                yield f"{other} as {person} ({kind}): {got}, though {request} is refused with {expected}"
        for kind, plain, other in _disguises(request):
            before, got = _status(client, person, plain), _status(client, person, other)
            if before != got:
                yield f"{plain} as {person} ({kind}): {got}, and {before} without"


def _status(client: Client, person: str, request: _Request) -> int:
    """Give the status of an answer; of a redirect to another spelling of the path, that of where it leads."""
    browser = client(person)
    answer = browser.open(request.path, method=request.method, **request.sent)
    if answer.status_code in _MOVED:
        answer = browser.open(answer.headers["Location"], method=request.method, **request.sent)
    return int(answer.status_code)


def _spellings(request: _Request) -> Iterator[tuple[str, _Request]]:
    path, mark, query = request.path.partition("?")
    first = path[1:2]
    spelled = {
        "with a slash at the end": path.rstrip("/") + "/",
        "without a slash at the end": path.rstrip("/") or "/",
        "with two slashes": f"/{path}",
        "encoded": f"/%{ord(first or '/'):02x}{path[2:]}",
        "encoded slashes": "/" + path[1:].replace("/", "%2f"),
        "in capitals": path.upper(),
        "with a dot": f"/.{path}",
        "by a detour": f"/x/..{path}",
        "with a parameter": f"{path};x",
        "with a suffix": f"{path}.json",
        "with a blank": f"{path}%20",
    }
    for kind, other in spelled.items():
        if other != path:
            yield kind, request._replace(path=f"{other}{mark}{query}")
    yield "said to come from elsewhere", _with_headers(request, _SPOOFED)
    if request.method == "GET":
        yield "HEAD", request._replace(method="HEAD")


def _disguises(request: _Request) -> Iterator[tuple[str, _Request, _Request]]:
    """Give requests of other methods, plain and with the refused method asked for in another place."""
    if request.method in ("GET", "HEAD"):
        return
    for method in ("GET", "POST"):
        plain = request._replace(method=method)
        if method != request.method:
            yield "method in a header", plain, _with_headers(plain, dict.fromkeys(_OVERRIDES, request.method))
            sign = "&" if "?" in plain.path else "?"
            yield "method in the query", plain, plain._replace(path=f"{plain.path}{sign}_method={request.method}")


def _with_headers(request: _Request, headers: Mapping[str, str]) -> _Request:
    return request._replace(sent={**request.sent, "headers": {**dict(request.sent.get("headers", {})), **headers}})
