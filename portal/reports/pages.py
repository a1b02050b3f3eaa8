"""Shared by the views beside the final report: the redirect to it, and the page of a small form."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from portal.exchanges.models import Exchange
from portal.web.forms import Form


def to_report(exchange: Exchange, words: str) -> ResponseReturnValue:
    """Back to the report's part of the exchange's page, with what was done."""
    flash(words)
    return redirect(url_for("reports.report_tab", reference=exchange.reference))


def form_page(exchange: Exchange, form: Form, title: str, status: int = 200) -> ResponseReturnValue:
    """A page that holds nothing but one form."""
    return render_template("reports/simple.html", exchange=exchange, form=form, title=title), status
