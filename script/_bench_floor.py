"""The bare app that script/bench measures against: a page of 25 indexed rows, a form that inserts a row."""

from __future__ import annotations

from flask import Flask, redirect, render_template
from flask.typing import ResponseReturnValue
from flask_sqlalchemy import SQLAlchemy
from flask_wtf import FlaskForm
from jinja2 import DictLoader
from sqlalchemy import MetaData, Table, Text, insert, select
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from wtforms import StringField
from wtforms.validators import InputRequired

from config import Config
from portal.db import writing

PAGE = """<!doctype html><html lang="en"><title>Exchanges</title><table>
<tr><th>Reference</th><th>Person</th><th>Status</th><th>Unit</th><th>Start</th><th>Due</th></tr>
{% for row in rows %}<tr><td>{{ row.reference }}</td><td>{{ row.person_name }}</td><td>{{ row.status }}</td>
<td>{{ row.unit_name }}</td><td>{{ row.start or "" }}</td><td>{{ row.due_on or "" }}</td></tr>
{% endfor %}</table></html>"""
FORM = """<!doctype html><html lang="en"><title>Form</title><form method="post">{{ form.csrf_token }}{{ form.text }}
<button>Send</button></form></html>"""


class Base(DeclarativeBase):
    pass


class Entry(Base):
    __tablename__ = "bench_entry"

    id: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str] = mapped_column(Text)


class EntryForm(FlaskForm):
    text = StringField(validators=[InputRequired()])


def from_environment() -> Flask:
    """The bare app for gunicorn, on the portal's settings."""
    config = Config.from_env()
    return floor_app(config.database_url, config.secret_key)


def floor_app(database_url: str, secret: str) -> Flask:
    """A Flask app on the same database and with the same engine settings, without anything that the portal adds."""
    app = Flask("floor")
    app.jinja_loader = DictLoader({"page.html": PAGE, "form.html": FORM})
    app.config.update(SECRET_KEY=secret, SQLALCHEMY_DATABASE_URI=database_url, WTF_CSRF_TIME_LIMIT=None)
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = {"pool_pre_ping": database_url.startswith("postgresql")}
    db = SQLAlchemy(app, metadata=Base.metadata)
    with app.app_context():
        Base.metadata.create_all(db.engine)
        exchange = Table("exchange", MetaData(), autoload_with=db.engine)
    shown = (exchange.c[name] for name in ("reference", "person_name", "status", "unit_name", "start", "due_on"))
    newest = select(*shown).order_by(exchange.c.updated_at.desc()).limit(25)

    @app.get("/")
    def page() -> ResponseReturnValue:
        writing.set(False)
        return render_template("page.html", rows=db.session.execute(newest).all())

    @app.route("/form", methods=["GET", "POST"])
    def form() -> ResponseReturnValue:
        writing.set(True)
        form = EntryForm()
        if form.validate_on_submit():
            db.session.execute(insert(Entry).values(text=form.text.data))
            db.session.commit()
            return redirect("/form")
        return render_template("form.html", form=form)

    return app
