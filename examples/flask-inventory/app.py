"""An inventory with a JSON API, HTTP Basic authentication, and permissions that live in Licet."""

from __future__ import annotations

import logging
import os
import signal
import sys
from pathlib import Path
from typing import Any

from flask import Flask, Response, json
from werkzeug.exceptions import HTTPException
from werkzeug.security import generate_password_hash

from accounts import commands, licet
from items import items
from licet import ConfigError, Licet
from models import db


def create_app(client: Licet | None = None, instance_path: str | None = None, **config: Any) -> Flask:
    """Make the application. `client` is a Licet to use in place of the one that LICET_URL and LICET_API_KEY lead to."""
    app = Flask(__name__, instance_path=instance_path or os.environ.get("INVENTORY_DATA_DIR"))
    folder = Path(app.instance_path)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    app.config.from_mapping(
        SQLALCHEMY_DATABASE_URI=f"sqlite:///{folder / 'inventory.sqlite3'}",
        MAX_CONTENT_LENGTH=100_000,
        PASSWORD_METHOD="scrypt",
        LICET_NAME="flask-inventory",
        LICET_SNAPSHOT_PATH=str(folder / "policy.json"),
        LICET_CONTACT=os.environ.get("LICET_CONTACT", "whoever looks after access in your organisation"),
    )
    app.config.from_mapping(config)
    app.config["NO_PASSWORD"] = generate_password_hash("", method=app.config["PASSWORD_METHOD"])
    db.init_app(app)
    licet.init_app(app, client=client)
    app.register_blueprint(items)
    app.cli.add_command(commands)
    app.register_error_handler(HTTPException, problem)
    app.after_request(ask_for_a_password)
    with app.app_context():
        db.create_all()
    return app


def problem(error: HTTPException) -> Response:
    """Answer what went wrong as a problem document (RFC 9457), as Licet's refusals are."""
    document = {"type": "about:blank", "title": error.name, "status": error.code, "detail": error.description}
    response = Response(json.dumps(document), error.code, error.get_headers())
    response.content_type = "application/problem+json"
    return response


def ask_for_a_password(response: Response) -> Response:
    if response.status_code == 401:  # RFC 7617: browsers and curl need to be told which kind
        response.headers["WWW-Authenticate"] = 'Basic realm="inventory", charset="UTF-8"'
    return response


def main() -> None:
    from waitress import serve

    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    host, port = os.environ.get("HOST", "127.0.0.1"), int(os.environ.get("PORT", "5001"))
    try:
        app = create_app()
    except ConfigError as error:
        sys.exit(str(error))
    print(f"Inventory on http://{host}:{port}", flush=True)
    serve(app, host=host, port=port, threads=8)


if __name__ == "__main__":
    main()
