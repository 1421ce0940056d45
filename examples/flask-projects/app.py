"""Projects of several organisations, with permissions that live in Licet."""

from __future__ import annotations

import logging
import os
import secrets
import signal
import sys
from pathlib import Path
from typing import Any

from flask import Flask, Response, abort, json
from werkzeug.exceptions import HTTPException, NotFound

from commands import commands
from licet import ConfigError, Licet
from models import db
from projects import projects
from service import NoSuchProjectError, licet
from tokens import signed_in


def create_app(client: Licet | None = None, instance_path: str | None = None, **config: Any) -> Flask:
    """Make the application. `client` is a Licet to use in place of the one that LICET_URL and LICET_API_KEY lead to."""
    app = Flask(__name__, instance_path=instance_path or os.environ.get("PROJECTS_DATA_DIR"), static_folder=None)
    folder = Path(app.instance_path)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    app.config.from_mapping(
        SECRET_KEY=secret_key(folder / "secret-key"),
        SQLALCHEMY_DATABASE_URI=f"sqlite:///{folder / 'projects.sqlite3'}",
        MAX_CONTENT_LENGTH=100_000,
        LICET_NAME="flask-projects",
        LICET_SNAPSHOT_PATH=str(folder / "policy.json"),
        LICET_CONTACT=os.environ.get("LICET_CONTACT", "whoever looks after access in your organisation"),
    )
    app.config.from_mapping(config)
    db.init_app(app)
    licet.init_app(app, client=client)
    app.before_request(only_who_is_signed_in)
    app.register_blueprint(projects)
    app.cli.add_command(commands)
    app.register_error_handler(HTTPException, problem)
    app.register_error_handler(NoSuchProjectError, lambda error: problem(NotFound()))
    with app.app_context():
        db.create_all()
    return app


def only_who_is_signed_in() -> None:
    if signed_in() is None:  # whatever there is, so that nobody learns what there is
        abort(401, "Send a token as `Authorization: Bearer ...`; `flask --app app projects token USER` makes one.")


def problem(error: HTTPException) -> Response:
    """Answer what went wrong as a problem document (RFC 9457), as Licet's refusals are."""
    document = {"type": "about:blank", "title": error.name, "status": error.code, "detail": error.description}
    response = Response(json.dumps(document), error.code, error.get_headers())
    response.content_type = "application/problem+json"
    if error.code == 401:
        response.headers["WWW-Authenticate"] = 'Bearer realm="projects"'
    return response


def secret_key(path: Path) -> str:
    """The key that signs tokens: made once, and kept where only this user can read it."""
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text(encoding="ascii")
    key = secrets.token_hex(32)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(key)
    return key


def main() -> None:
    from waitress import serve

    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    host, port = os.environ.get("HOST", "127.0.0.1"), int(os.environ.get("PORT", "5002"))
    try:
        app = create_app()
    except ConfigError as error:
        sys.exit(str(error))
    print(f"Projects on http://{host}:{port}", flush=True)
    serve(app, host=host, port=port, threads=8)


if __name__ == "__main__":
    main()
