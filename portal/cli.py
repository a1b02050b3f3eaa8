"""Commands: `flask --app wsgi …`."""

from __future__ import annotations

import sys

import click
from flask import Flask, current_app
from sqlalchemy import select

from portal import jobs
from portal.accounts.demo import ADDRESSES, PASSWORD
from portal.accounts.models import Agency, TokenKind
from portal.accounts.people import find_people_anew
from portal.accounts.queries import agencies
from portal.accounts.registration import PATHS, new_person, record_new, send_token
from portal.accounts.service import tidy
from portal.calls.service import load_headings
from portal.db import session
from portal.desk.doctor import examine
from portal.desk.reminders import remind
from portal.exchanges.service import index_all
from portal.findings import RuleViolation
from portal.messages.delivery import deliver_due
from portal.names import clean
from portal.personal_data.clearing import clear_next, due_now
from portal.policy import Role
from portal.sealing.worker import clear_drafts, make_next
from portal.seed.agencies_and_units import add_agencies
from portal.seed.bulk import multiply
from portal.seed.run import seed
from portal.topics.service import load_topics
from portal.visits.stay_rule_file import load_stay_rules

REFUSALS = {
    "known": "Somebody has this address already.",
    "agency": "Name the person's agency: --agency KOSGEB or --agency KOBIA.",
    "host_unit": "Coordinators are invited in the portal, under Administration, with their host units.",
}


def register(app: Flask) -> None:
    """Adds the portal's commands to the app."""
    for command in (seed_command, set_up, worker, demo_accounts, create_user, doctor, reindex, clear):
        app.cli.add_command(command)


@click.command("seed")
@click.option("--exchanges", default=0, help="Multiply the demonstration to this many exchanges, for measuring.")
def seed_command(exchanges: int) -> None:
    """Fill an empty database with the demonstration; does nothing when there are people already."""
    told = seed(current_app.extensions["storage"])
    click.echo(
        f"The demonstration is ready, with {told} exchanges."
        if told
        else "The database has people already; nothing was changed."
    )
    if exchanges:
        click.echo(f"{multiply(exchanges)} exchanges now.")


@click.command("set-up")
def set_up() -> None:
    """Put both agencies, the eleven headings, the topics and the default time limits into an empty database."""
    if agencies():
        click.echo("The agencies are there already; nothing was changed.")
        return
    load_headings()
    load_topics()
    load_stay_rules()
    add_agencies()
    session.commit()
    click.echo("Ready. Check the agencies' contacts and domains under Administration.")


@click.command("worker")
def worker() -> None:
    """Send mail, make and seal PDFs, remind: until Ctrl-C. Mail never waits for a PDF."""
    config, storage = current_app.config["PORTAL"], current_app.extensions["storage"]
    stop = jobs.stop_at_signals()
    mail = (
        jobs.Task("mail", lambda: deliver_due(config, stop)),
        jobs.Task("remind", remind, every=600),
        jobs.Task("tidy", tidy, every=3_600),
    )
    pdfs = (
        jobs.Task("pdf", lambda: make_next(config, storage)),
        jobs.Task("clear drafts", lambda: clear_drafts(storage), every=300),
        jobs.Task("clearing", lambda: clear_next(storage), every=3_600),
    )
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]  # the proxy's own way
    jobs.run_lanes((mail, pdfs), stop, app.app_context)


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
    try:
        person = new_person(clean(email).strip(), clean(name).strip(), found, [Role(role)])
    except RuleViolation as refusal:
        raise click.ClickException(REFUSALS[refusal.code]) from None
    record_new(person, "person_created", by=None)
    send_token(person, TokenKind.INVITE)
    session.commit()
    click.echo(f"{email} is invited: the worker sends a link ({PATHS[TokenKind.INVITE]}…).")


@click.command("doctor")
def doctor() -> None:
    """Try out what the portal needs: database, migrations, tables, storage, PDF renderer, mail, worker."""
    found = examine(current_app.config["PORTAL"], current_app.extensions["storage"])
    for name, wrong in found.items():
        click.echo(f"BAD {name}: {wrong}" if wrong else f"ok  {name}")
    sys.exit(1 if any(found.values()) else 0)


@click.command("reindex")
def reindex() -> None:
    """Renew the words by which exchanges and people are found, after an upgrade that says so."""
    people, exchanges = find_people_anew(), index_all()
    session.commit()
    click.echo(f"{exchanges} exchanges and {people} people are found by their words anew.")


@click.command("clear")
@click.option("--dry-run", is_flag=True, help="Only say what is due to be destroyed.")
def clear(dry_run: bool) -> None:
    """Finish this half-year's clearing of personal data; the worker does so by itself."""
    for kind, named in due_now().items():
        click.echo(f"{kind}: {len(named)}{' due' if dry_run else ''} {' '.join(named)}".strip())
    while not dry_run and clear_next(current_app.extensions["storage"]):
        session.commit()
