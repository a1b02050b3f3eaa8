"""Creates the app: registers extensions, blueprints, commands and what stages contribute."""

from __future__ import annotations

from wsgiref.headers import Headers

from flask import Flask
from flask_babel import Babel
from flask_migrate import Migrate
from flask_wtf import CSRFProtect
from jinja2 import StrictUndefined
from werkzeug.middleware.proxy_fix import ProxyFix
from whitenoise import WhiteNoise

from config import ROOT, Config
from portal import cli
from portal.accounts import contributions as account_contributions
from portal.accounts import language, sessions
from portal.accounts import views as accounts
from portal.administration import views as administration
from portal.applications import contributions as application_contributions
from portal.applications import views as applications
from portal.approvals import contributions as approval_contributions
from portal.approvals import views as approvals
from portal.calls import contributions as call_contributions
from portal.calls import views as calls
from portal.db import db
from portal.desk import contributions as desk_contributions
from portal.desk import navigation
from portal.desk import views as desk
from portal.documents import contributions as document_contributions
from portal.exchanges import contributions as exchange_contributions
from portal.exchanges import views as exchanges
from portal.hosting import contributions as hosting_contributions
from portal.hosting import views as hosting
from portal.messages import views as messages
from portal.people import views as people
from portal.personal_data import contributions as personal_data_contributions
from portal.personal_data import views as personal_data
from portal.registry import registry
from portal.reports import contributions as report_contributions
from portal.reports import views as reports
from portal.sealing import views as sealing
from portal.storage import storage
from portal.topics import contributions as topic_contributions
from portal.topics import views as topics
from portal.visits import contributions as visit_contributions
from portal.visits import views as visits
from portal.web import closed_days, errors, formats, requests
from portal.web.catalogues import Catalogues
from portal.web.retries import Retries

STAGES = (
    accounts,
    topics,
    administration,
    messages,
    people,
    sealing,
    exchanges,
    personal_data,
    calls,
    applications,
    approvals,
    hosting,
    visits,
    reports,
    desk,
)
# what stages contribute to lower modules, in the order of the stages
CONTRIBUTIONS = (
    topic_contributions,
    account_contributions,
    document_contributions,
    exchange_contributions,
    personal_data_contributions,
    call_contributions,
    application_contributions,
    approval_contributions,
    hosting_contributions,
    visit_contributions,
    report_contributions,
    desk_contributions,
)


def create_app(config: Config) -> Flask:
    """The app with these settings; reads nothing from the environment."""
    config.check()
    config.prepare()
    app = Flask(__name__, template_folder=str(ROOT / "templates"), static_folder=str(ROOT / "portal" / "static"))
    app.config.from_mapping(config.flask(), PORTAL=config)
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    db.init_app(app)
    Migrate(app, db, directory=str(ROOT / "migrations"), render_as_batch=True, compare_type=True)
    requests.register(app, config.secure)
    CSRFProtect(app)
    catalogues = Catalogues(app.config["BABEL_TRANSLATION_DIRECTORIES"])
    Babel(app, locale_selector=language.locale).domain_instance = catalogues
    app.extensions["storage"] = storage(config.storage_url, config.var / "files")
    sessions.register(app)
    language.register(app)
    errors.register(app)
    formats.register(app, catalogues)
    closed_days.register(app)
    navigation.register(app)
    registry.clear()
    for contributions in CONTRIBUTIONS:
        contributions.register(registry)
    for stage in STAGES:
        for blueprint in stage.blueprints:
            app.register_blueprint(blueprint)
    cli.register(app)
    serve_files(app, config)
    return app


def serve_files(app: Flask, config: Config) -> None:
    """Takes requests that met each other once more, serves static files with long caching, and trusts the forwarded
    headers of the configured number of proxies."""
    static = ROOT / "portal" / "static"

    def protect(sent: Headers, _path: str, _url: str) -> None:
        for name, value in requests.security_headers(config.secure).items():
            sent[name] = value

    app.wsgi_app = Retries(app.wsgi_app, config.max_upload)  # type: ignore[method-assign,assignment]
    app.wsgi_app = WhiteNoise(  # type: ignore[method-assign]
        app.wsgi_app,
        root=str(static),
        prefix="static/",
        max_age=31_536_000,
        allow_all_origins=False,
        add_headers_function=protect,
    )
    if config.proxies:
        hops = config.proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
