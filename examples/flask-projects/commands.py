"""The same service from a command line: `flask --app app projects ...`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from flask import json
from flask.cli import AppGroup

import service
from licet import Forbidden, LicetError
from licet.flask import refusal_text
from models import Project, db
from service import NoSuchProjectError, licet
from tokens import make_token

SEED = Path(__file__).parent / "seed.json"

commands = AppGroup("projects", help="Projects, from the command line.")
by = click.option("--as", "by", required=True, metavar="USER", help="Who asks.")


@contextmanager
def in_words() -> Iterator[None]:
    """Wait for the newest policy, and say in words what went wrong."""
    try:
        licet.client.wait_ready(fresh=True)
        yield
    except Forbidden as error:
        raise click.ClickException(refusal_text(error)) from None
    except NoSuchProjectError as error:
        raise click.ClickException(f"There is no project {error}.") from None
    except LicetError as error:
        raise click.ClickException(str(error)) from None


@commands.command()
def seed() -> None:
    """Make the first projects, and register the people of the seed in Licet."""
    first = json.loads(SEED.read_text(encoding="utf-8"))
    with in_words():
        licet.client.users.sync(first["people"])
    db.session.add_all(Project(tenant=tenant, **row) for tenant, rows in first["projects"].items() for row in rows)
    db.session.commit()


@commands.command()
@click.argument("username")
def token(username: str) -> None:
    """Print a token that speaks for somebody for eight hours."""
    click.echo(make_token(username))


@commands.command("list")
@click.argument("tenant")
@by
def list_(tenant: str, by: str) -> None:
    """List what somebody may read."""
    with in_words():
        for project in service.visible(tenant, by):
            click.echo(f"{project.id} {project.name}")


@commands.command()
@click.argument("tenant")
@click.argument("number", type=int)
@click.option("--back", is_flag=True, help="Bring it back.")
@by
def archive(tenant: str, number: int, back: bool, by: str) -> None:
    """Archive a project."""
    with in_words():
        project = service.set_archived(tenant, number, by, not back)
        click.echo(f"{project.name} is {'archived' if project.archived else 'back'}.")
