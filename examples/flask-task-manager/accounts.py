"""Signing up, in and out, and the page that manages accounts."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from flask import Blueprint, flash, g, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import LoginManager, current_user, login_user, logout_user
from werkzeug.security import generate_password_hash

from licet.flask import guard, public, require
from models import User, db
from registry import register, set_enabled

USERNAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,31}")
PASSWORD_LENGTH = 12
# Compared with where there is no such user, so that the answer takes as long.
NO_PASSWORD = generate_password_hash("")

accounts = Blueprint("accounts", __name__)
directory = Blueprint("directory", __name__)
login_manager = LoginManager()
login_manager.login_view = "accounts.login"
login_manager.login_message = "Please sign in first."

# Everything on the page that manages accounts needs this; changing one needs `user-account:update` besides.
guard(directory, "user-account:list")


@login_manager.user_loader  # type: ignore[untyped-decorator]
def load_user(user_id: str) -> User | None:
    user = db.session.get(User, int(user_id))
    return user if user is not None and user.enabled else None


def find(username: str) -> User | None:
    found: User | None = db.session.scalar(db.select(User).filter_by(username=username))
    return found


def load_account(username: str, change: str) -> User | None:
    return find(username)


@accounts.route("/register", methods=["GET", "POST"])
@public("people make an account here")
def sign_up() -> ResponseReturnValue:
    if request.method == "GET":
        return render_template("register.html", form={}, errors={})
    username, name = request.form.get("username", "").strip().lower(), request.form.get("name", "").strip()
    password = request.form.get("password", "")
    errors = wrong_with(username, name, password)
    if errors:
        return render_template("register.html", form=request.form, errors=errors), 422
    user = User(username=username, name=name)
    user.set_password(password)
    db.session.add(user)
    db.session.commit()
    if not register([user]):
        flash("Welcome! The access policy cannot be reached just now; sign in again later if you cannot see your tasks.", "warning")
    return start_session(user)


def wrong_with(username: str, name: str, password: str) -> dict[str, str]:
    errors = {}
    if USERNAME.fullmatch(username) is None:
        errors["username"] = "Use 2 to 32 small letters, digits, dots, dashes or underscores, beginning with a letter or digit."
    elif find(username) is not None:
        errors["username"] = "This name is taken. Please choose another."
    if not 1 <= len(name) <= 100:
        errors["name"] = "Please tell us your name, in at most 100 letters."
    if not PASSWORD_LENGTH <= len(password) <= 256:
        errors["password"] = f"Use at least {PASSWORD_LENGTH} characters. A few words make a good password."
    return errors


@accounts.route("/login", methods=["GET", "POST"])
@public("people sign in here")
def login() -> ResponseReturnValue:
    if request.method == "GET":
        return render_template("login.html", form={})
    user = find(request.form.get("username", "").strip().lower())
    hashed = user or User(password_hash=NO_PASSWORD)
    if not hashed.has_password(request.form.get("password", "")) or user is None:
        return render_template("login.html", form=request.form, error="The name or the password is not right."), 401
    if not user.enabled:
        return render_template("login.html", form=request.form, error="This account is disabled."), 403
    if not user.in_licet:
        register([user])
    return start_session(user)


@accounts.post("/logout")
@public("whoever is signed in may sign out")
def logout() -> ResponseReturnValue:
    logout_user()
    session.clear()
    flash("You are signed out.")
    return redirect(url_for("accounts.login"))


@directory.get("/users")
def index() -> ResponseReturnValue:
    return render_template("users.html", users=db.session.scalars(db.select(User).order_by(User.username)).all())


@directory.post("/users/<username>/<any(enable, disable):change>")
@require("user-account:update", resource=load_account)
def update(username: str, change: str) -> ResponseReturnValue:
    user: User = g.licet_resource
    if user.id == current_user.id:
        flash("You cannot disable your own account.", "warning")
    elif set_enabled(user, change == "enable"):
        flash(f"{user.name} is {change}d.")
    else:
        flash(f"{user.name} is {change}d here, but the access policy could not be reached to say so.", "warning")
    return redirect(url_for("directory.index"))


def start_session(user: User) -> ResponseReturnValue:
    flashes = session.get("_flashes")
    session.clear()  # nothing of an earlier visitor stays
    if flashes:
        session["_flashes"] = flashes
    login_user(user)
    return redirect(within(request.args.get("next")) or url_for("tasks.index"))


def within(target: str | None) -> str | None:
    """A path of this application; None for anything that leads elsewhere."""
    if not target or not target.startswith("/") or target.startswith("//") or "\\" in target:
        return None
    parts = urlsplit(target)
    return target if not parts.scheme and not parts.netloc else None
