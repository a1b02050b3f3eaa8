"""The translations of each language, read once on first use."""

from __future__ import annotations

from functools import cached_property

from babel.support import NullTranslations, Translations
from flask import current_app
from flask_babel import Babel, Domain, get_locale

from portal.names import LANGUAGES


class Catalogues(Domain):
    """Looks a text up once instead of Flask-Babel's three times; a page has about a hundred texts."""

    def __init__(self, folder: str) -> None:
        super().__init__([folder])
        self.by_language = {code: Translations.load(folder, [code]) for code in LANGUAGES}
        self.untranslated = NullTranslations()

    def get_translations(self) -> NullTranslations:
        locale = get_locale()
        return self.untranslated if locale is None else self.by_language.get(locale.language, self.untranslated)


class PortalBabel(Babel):
    """Flask-Babel with these catalogues."""

    @cached_property
    def domain_instance(self) -> Catalogues:
        return Catalogues(current_app.config["BABEL_TRANSLATION_DIRECTORIES"])
