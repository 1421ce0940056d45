"""Who asks: HTTP Basic authentication (RFC 7617), and the commands that make accounts."""

from __future__ import annotations

import secrets
from pathlib import Path

import click
from flask import current_app, g, json, request
from flask.cli import AppGroup
from werkzeug.security import check_password_hash, generate_password_hash

from licet import LicetError
from licet.flask import LicetFlask
from models import Account, Item, db

SEED = Path(__file__).parent / "seed.json"

commands = AppGroup("accounts", help="Accounts of this inventory.")


def signed_in() -> str | None:
    """The user name of a request with the right password, and None for everybody else."""
    if "username" not in g:
        g.username = authenticated()
    username: str | None = g.username
    return username


def authenticated() -> str | None:
    given = request.authorization
    if given is None or given.type != "basic" or not given.username:
        return None
    account = db.session.get(Account, given.username)
    # Where there is no such account another hash is compared with, so that the answer takes as long.
    hashed = account.password_hash if account is not None else current_app.config["NO_PASSWORD"]
    right = check_password_hash(hashed, given.password or "")
    return account.username if account is not None and right else None


licet = LicetFlask(subject=signed_in)


def add_account(username: str, password: str) -> None:
    """Make an account, or give it another password. Tells Licet of it, so that roles can be given to it there."""
    hashed = generate_password_hash(password, method=current_app.config["PASSWORD_METHOD"])
    db.session.merge(Account(username=username, password_hash=hashed))
    db.session.commit()
    licet.client.users.sync([username])


@commands.command()
def seed() -> None:
    """Make the first accounts and items. Prints the passwords, which are made up on the spot and kept nowhere."""
    first = json.loads(SEED.read_text(encoding="utf-8"))
    for name, record in first["items"].items():
        db.session.merge(Item(name=name, record=record))
    for username in first["accounts"]:
        make(username)


@commands.command()
@click.argument("username")
def add(username: str) -> None:
    """Make an account with a new password, and print that."""
    make(username)


def make(username: str) -> None:
    password = secrets.token_urlsafe(12)
    try:
        add_account(username, password)
    except LicetError as error:
        raise click.ClickException(f"{username} is here, and Licet could not be told: {error}") from None
    finally:
        click.echo(f"{username} {password}")
