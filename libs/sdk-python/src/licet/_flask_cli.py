"""`flask licet matrix`, `flask licet unguarded` and `flask licet declare`.

`matrix` and `unguarded` read the decorators of an application and need no Licet; `declare` speaks to the control plane.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

import click
from flask.cli import AppGroup, ScriptInfo

from licet._flask_declared import endpoints
from licet._flask_matrix import as_json, as_markdown, in_document, write_document
from licet._flask_names import declared, suggestion
from licet._flask_offline import reading_only_decorators
from licet.errors import LicetError

commands = AppGroup("licet", help="What the endpoints of this application need, and whether Licet knows it.")
"""The commands; added to the application by `LicetFlask.init_app`, and to `flask` as a plugin."""
_FILE: Final = click.Path(dir_okay=False, path_type=Path)


@commands.command(with_appcontext=False)
@click.option("--json", "json_", is_flag=True, help="Write JSON in place of Markdown.")
@click.option("--check", type=_FILE, help="Write nothing; fail where this file does not hold the matrix.")
@click.option("--write", type=_FILE, help="Put the matrix into this file.")
@click.pass_obj
def matrix(info: ScriptInfo, json_: bool, check: Path | None, write: Path | None) -> None:
    """Print which endpoint needs which permission."""
    with reading_only_decorators():
        app = info.load_app()
    made = as_json(app) if json_ else as_markdown(app)
    if check is not None:
        if not check.exists() or not in_document(check, made):
            raise click.ClickException(f"{check} is out of date; bring it up to date with `flask licet matrix --write {check}`")
    elif write is not None:
        write_document(write, made)
    else:
        click.echo(made, nl=False)


@commands.command(with_appcontext=False)
@click.pass_obj
def unguarded(info: ScriptInfo) -> None:
    """List the endpoints that declare no permission and are not `public`; fail where there are any."""
    with reading_only_decorators():
        app = info.load_app()
    found = [endpoint for endpoint in endpoints(app) if not endpoint.needs and not endpoint.public]
    for endpoint in found:
        click.echo(f"{', '.join(endpoint.methods)} {endpoint.path} ({endpoint.name})")
    if found:
        raise click.ClickException('give each a `@require(...)`, or say `@public("why")`')


@commands.command(with_appcontext=False)
@click.option("--check", is_flag=True, help="Change nothing; fail where this application and Licet do not agree.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--also", multiple=True, metavar="PERMISSION", help="One that no decorator names, such as those asked for in templates.")
@click.pass_obj
def declare(info: ScriptInfo, check: bool, yes: bool, also: tuple[str, ...]) -> None:
    """Register in Licet what this application asks about, and say where the two differ.

    Resource types and actions that Licet does not know are added; nothing is ever removed or granted.
    """
    try:
        app = info.load_app()
        with app.app_context():
            _declare({**{permission: ["--also"] for permission in also}, **declared(app)}, check=check, yes=yes)
    except LicetError as error:
        raise click.ClickException(str(error)) from None


def _declare(named: dict[str, list[str]], *, check: bool, yes: bool) -> None:
    from licet.flask import LicetFlask  # noqa: PLC0415 -- it imports this module

    if not named:
        raise click.ClickException("no decorator names a permission")
    plane = LicetFlask().client._plane
    plan = plane.declare(sorted(named), dry_run=True)
    new, unasked = plan["created"], plan["undeclared"]
    for permission in new:
        hint = suggestion(permission, (name for name in (*named, *unasked) if name not in new))
        click.echo(f"Licet does not know {permission} ({', '.join(named[permission])}){hint}")
    for permission in unasked:
        click.echo(f"no decorator names {permission}, which Licet knows")
    if not new and not unasked:
        click.echo(f"Licet knows all {len(named)} permissions")
    elif check:
        raise click.ClickException("this application and Licet do not agree; see above")
    elif new and (yes or click.confirm(f"Register {len(new)} in Licet?")):
        click.echo(f"registered with revision {plane.declare(sorted(named))['revision']}")
