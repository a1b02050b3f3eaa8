"""Commands: `flask --app wsgi …`."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path

import click
from flask import Flask, current_app
from sqlalchemy import select, text

from portal import jobs
from portal.accounts.demo import ADDRESSES, PASSWORD
from portal.accounts.models import Agency, TokenKind
from portal.accounts.queries import agencies
from portal.accounts.registration import PATHS, _send_token, new_person
from portal.accounts.service import tidy
from portal.calls.service import load_headings
from portal.db import session
from portal.desk.clocks import remind
from portal.messages.delivery import deliver_due
from portal.policy import Role
from portal.reports.sealing import seal_due
from portal.seed.bulk import multiply
from portal.seed.places import add_agencies
from portal.seed.run import seed
from portal.web.pdf import RenderFailed, render


def register(app: Flask) -> None:
    """Adds the portal's commands to the app."""
    for command in (seed_command, set_up, worker, demo_accounts, create_user, doctor):
        app.cli.add_command(command)


@click.command("seed")
@click.option("--exchanges", default=0, help="Multiply the demonstration to this many exchanges, for measuring.")
def seed_command(exchanges: int) -> None:
    """Fill an empty database with the demonstration; does nothing when there are people already."""
    told = seed(current_app.extensions["storage"])
    click.echo(f"{told} exchanges told." if told else "The database has people already; nothing was changed.")
    if exchanges:
        click.echo(f"{multiply(exchanges)} exchanges now.")


@click.command("set-up")
def set_up() -> None:
    """Put both agencies, the eleven headings and the default clocks into an empty database."""
    if agencies():
        click.echo("The agencies are there already; nothing was changed.")
        return
    load_headings()
    add_agencies()
    session.commit()
    click.echo("Ready. Check the agencies' contacts and domains under Administration.")


@click.command("worker")
def worker() -> None:
    """Send mail, seal reports, remind: until Ctrl-C."""
    config, storage = current_app.config["PORTAL"], current_app.extensions["storage"]
    tasks = (
        jobs.Task("mail", lambda: deliver_due(config)),
        jobs.Task("seal", lambda: seal_due(config, storage)),
        jobs.Task("remind", remind, every=600),
        jobs.Task("tidy", tidy, every=3_600),
    )
    jobs.run(tasks, jobs.stop_at_signals())


@click.command("demo-accounts")
def demo_accounts() -> None:
    """Name the demonstration's accounts."""
    click.echo(f"Password for all: {PASSWORD}")
    for address in ADDRESSES:
        click.echo(f"  {address}")


@click.command("create-user")
@click.argument("email")
@click.argument("name")
@click.option("--role", type=click.Choice([role.value for role in Role]), default="admin")
@click.option("--agency", help="KOSGEB or KOBIA")
def create_user(email: str, name: str, role: str, agency: str | None) -> None:
    """Create a person and send an invitation; the first administrator comes this way."""
    found = session.scalars(select(Agency).where(Agency.code == agency)).one_or_none() if agency else None
    person = new_person(email, name, found, [Role(role)])
    _send_token(person, TokenKind.INVITE)
    session.commit()
    click.echo(f"{email} is invited: the worker sends a link ({PATHS[TokenKind.INVITE]}…).")


@click.command("doctor")
def doctor() -> None:
    """Check what the portal needs: database, storage, PDF renderer, mail settings."""
    config = current_app.config["PORTAL"]
    checks: dict[str, Callable[[], bool]] = {
        "database": lambda: session.execute(text("select 1")).scalar() == 1,
        "storage": lambda: os.access(Path(config.var), os.W_OK) or bool(config.storage_url),
        "pdf": lambda: render("<html lang='en'><title>t</title><p>ə ı İ</p></html>").startswith(b"%PDF"),
        "mail": lambda: bool(config.smtp_url) or config.demo,
    }
    wrong = 0
    for name, check in checks.items():
        try:
            good = check()
        except (OSError, RenderFailed) as error:
            good = False
            click.echo(f"  {error}", err=True)
        wrong += not good
        click.echo(f"{'ok ' if good else 'BAD'} {name}")
    sys.exit(1 if wrong else 0)
