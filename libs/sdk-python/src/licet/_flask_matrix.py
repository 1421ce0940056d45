"""The endpoint-permission matrix of an application, as Markdown or JSON."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

from flask import Flask

from licet._flask_declared import Endpoint, Need, endpoints

BEGIN: Final = "<!-- made by `flask licet matrix`: do not edit -->"
END: Final = "<!-- end of the matrix -->"
_HEAD: Final = ("Path", "Method", "Endpoint", "Permission", "Extra policy", "When refused")
_NOTE: Final = (
    "Where nobody is signed in, 401 (or the page to sign in) stands in place of 403. Where Licet cannot tell, the answer is 503.\n"
    "Which roles give a permission, to whom and under which condition, is policy, and is edited in Licet."
)


def as_markdown(app: Flask) -> str:
    """Write the matrix as a table between two comments, which may stand anywhere in a document."""
    rows = [_HEAD, tuple("---" for _ in _HEAD), *(row for endpoint in endpoints(app) for row in _rows(endpoint))]
    table = "\n".join(f"| {' | '.join(map(_cell, row))} |" for row in rows)
    return f"{BEGIN}\n\n{table}\n\n{_NOTE}\n\n{END}\n"


def as_json(app: Flask) -> str:
    """Write the matrix as JSON: a list of endpoints, each with what it needs."""
    documents = [
        {
            "path": endpoint.path,
            "methods": list(endpoint.methods),
            "endpoint": endpoint.name,
            "needs": [{"permission": need.permission, "policy": need.policy, "refused": _status(need)} for need in endpoint.needs],
            "public": endpoint.public or None,
        }
        for endpoint in endpoints(app)
    ]
    return json.dumps(documents, indent=2, ensure_ascii=False) + "\n"


def in_document(path: Path, matrix: str) -> bool:
    """Tell whether a file holds this matrix: between the two comments, or else as the whole of it."""
    text = path.read_text(encoding="utf-8")
    return (_part(text) or text).strip() == matrix.strip()


def write_document(path: Path, matrix: str) -> None:
    """Put the matrix into a file: in place of the one it holds, or else as the whole of it."""
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    part = _part(text)
    path.write_text(text.replace(part, matrix.strip()) if part else matrix, encoding="utf-8")


def _part(text: str) -> str:
    begin, end = text.find(BEGIN), text.find(END)
    return text[begin : end + len(END)] if 0 <= begin < end else ""


def _rows(endpoint: Endpoint) -> list[tuple[str, ...]]:
    place = (f"`{endpoint.path}`", ", ".join(endpoint.methods), f"`{endpoint.name}`")
    if endpoint.needs:
        return [(*place, f"`{need.permission}`", need.policy, str(_status(need))) for need in endpoint.needs]
    return [(*place, "public" if endpoint.public else "**none**", endpoint.public, "")]


def _cell(text: str) -> str:
    return text.replace("|", r"\|")


def _status(need: Need) -> int:
    return 404 if need.hide else 403
