"""A control plane that misbehaves."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from conftest import QUICK, task_policy
from licet._fetcher import Response
from licet.testing import MemoryControlPlane, snapshot_document

HTML = {"content-type": "text/html"}
JSON = {"content-type": "application/json"}
PACE = replace(QUICK, refused=0.05, silence=1.0)


class Faulty(MemoryControlPlane):
    """A control plane that answers everything with `fault`, while there is one."""

    fault: Callable[[], Response] | None = None

    def send(self, method: str, path: str, **options: Any) -> Response:
        fault = self.fault
        if fault is None:
            return super().send(method, path, **options)
        with self._changed:
            self.requests.append((method, path, {}))
            self._changed.notify_all()
        return fault()

    def open(self, path: str, **options: Any) -> Any:
        self.streaming = self.fault is None
        return super().open(path, **options)

    def heal(self) -> None:
        self.fault = None


def older() -> Response:
    return Response(200, JSON, json.dumps(snapshot_document(task_policy(), 0)).encode())


FAULTS: dict[str, Callable[[], Response]] = {
    "401": lambda: Response(401, JSON, b'{"detail": "no"}'),
    "403": lambda: Response(403, JSON, b"{"),
    "404": lambda: Response(404, HTML, b"<h1>not here</h1>"),
    "500": lambda: Response(500, HTML, b"<h1>oops</h1>"),
    "503": lambda: Response(503, {**JSON, "retry-after": "1"}, b""),
    "garbage": lambda: Response(200, JSON, b"\x00\xff{"),
    "a web page": lambda: Response(200, HTML, b"<h1>welcome</h1>"),
    "nothing": lambda: Response(200, JSON, b""),
    "another document": lambda: Response(200, JSON, b'{"decision": "yes", "revision": "9", "deltas": {}, "format": 1}'),
    "half an answer": lambda: Response(200, {**JSON, "content-encoding": "gzip"}, b'{"format": 1, "revi'),
}
