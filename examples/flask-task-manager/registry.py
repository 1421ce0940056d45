"""Keeps this application's users registered in Licet, so that roles can be given to them there."""

from __future__ import annotations

import logging
import threading
from contextlib import suppress

from flask import Flask

from licet import LicetError
from licet.flask import LicetFlask
from models import User, db

licet = LicetFlask()
logger = logging.getLogger("task-manager")


def register(users: list[User]) -> bool:
    """Tell Licet about users. False where it cannot be reached: then the next sign-in or start tries again."""
    try:
        licet.client.users.sync(map(row, users))
    except LicetError as error:
        logger.warning("could not tell Licet about users: %s", error)
        return False
    for user in users:
        user.in_licet = True
    db.session.commit()
    return True


def row(user: User) -> dict[str, object]:
    # Whom an operator disabled in Licet must not be enabled by a start of this application: so `enabled` is never sent as True here.
    return {"id": user.username, "name": user.name, **({} if user.enabled else {"enabled": False})}


def set_enabled(user: User, enabled: bool) -> bool:
    """Enable or disable a user here and in Licet. False where Licet cannot be reached."""
    user.enabled = enabled
    user.in_licet = False
    db.session.commit()
    try:
        licet.client.users.sync([{"id": user.username, "name": user.name, "enabled": enabled}])
    except LicetError as error:
        logger.warning("could not tell Licet that %s is %s: %s", user.username, "enabled" if enabled else "disabled", error)
        return False
    user.in_licet = True
    db.session.commit()
    return True


def register_all_in_background(app: Flask) -> None:
    """At the start: tell Licet about everybody, without keeping anyone waiting."""

    def run() -> None:
        with app.app_context(), suppress(LicetError):
            register(list(db.session.scalars(db.select(User))))
            licet.client.wait_ready()
            if licet.client.check("nobody", "task:list", log=False).reason == "unknown_resource_type":
                logger.warning("Licet has no policy for this application yet; put it in force with `licet apply policy.yaml`")

    threading.Thread(target=run, name="register-users", daemon=True).start()
