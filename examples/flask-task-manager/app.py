"""A task manager whose permissions live in Licet."""

from __future__ import annotations

import logging
import os
import secrets
import signal
import sys
from pathlib import Path
from typing import Any

from flask import Flask, Response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from flask_wtf import CSRFProtect
from werkzeug.exceptions import HTTPException

from accounts import accounts, directory, login_manager
from analytics import analytics
from licet import ConfigError, Licet
from licet.flask import public
from models import db
from registry import licet, register_all_in_background
from tasks import api, tasks

csrf = CSRFProtect()
# An API that is called with DELETE and the session cookie needs no token: other sites cannot send such a request (a preflight that
# nothing here answers), and the cookie is SameSite.
csrf.exempt(api)

HEADERS = {
    "Content-Security-Policy": "default-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}


def create_app(client: Licet | None = None, instance_path: str | None = None, **config: Any) -> Flask:
    """Make the application. `client` is a Licet to use in place of the one that LICET_URL and LICET_API_KEY lead to."""
    app = Flask(__name__, instance_path=instance_path)
    folder = Path(app.instance_path)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    app.config.from_mapping(
        SECRET_KEY=secret_key(folder / "secret-key"),
        SQLALCHEMY_DATABASE_URI=f"sqlite:///{folder / 'tasks.sqlite3'}",
        SESSION_COOKIE_SAMESITE="Lax",
        MAX_CONTENT_LENGTH=1_000_000,
        LICET_NAME="flask-task-manager",
        LICET_SNAPSHOT_PATH=str(folder / "policy.json"),
        LICET_CONTACT=os.environ.get("LICET_CONTACT", "whoever looks after access in your organisation"),
    )
    app.config.from_mapping(config)
    db.init_app(app)
    csrf.init_app(app)
    login_manager.init_app(app)
    licet.init_app(app, client=client)
    for blueprint in (accounts, directory, tasks, api, analytics):
        app.register_blueprint(blueprint)
    app.add_url_rule("/", view_func=home, endpoint="home")
    app.register_error_handler(400, error_page)
    app.register_error_handler(404, error_page)
    app.register_error_handler(500, error_page)
    app.after_request(add_headers)
    with app.app_context():
        db.create_all()
    register_all_in_background(app)
    return app


@public("leads to the tasks, or to the page to sign in")
def home() -> ResponseReturnValue:
    return redirect(url_for("tasks.index" if current_user.is_authenticated else "accounts.login"))


def secret_key(path: Path) -> str:
    """The key that signs sessions: made once, and kept where only this user can read it."""
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text(encoding="ascii")
    key = secrets.token_hex(32)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(key)
    return key


def error_page(error: HTTPException) -> ResponseReturnValue:
    return render_template("error.html", error=error), error.code or 500


def add_headers(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    return response


def main() -> None:
    from waitress import serve

    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    os.environ.setdefault("LICET_URL", "http://localhost:4000")
    folder = os.environ.get("TASKS_DATA_DIR")
    host, port = os.environ.get("HOST", "127.0.0.1"), int(os.environ.get("PORT", "5000"))
    try:
        app = create_app(instance_path=str(Path(folder).resolve()) if folder else None)
    except ConfigError as error:
        sys.exit(str(error))
    print(f"Task manager on http://{host}:{port}", flush=True)
    serve(app, host=host, port=port, threads=8)


if __name__ == "__main__":
    main()
