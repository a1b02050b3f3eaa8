"""The translations of each language, read once when the process starts."""

from __future__ import annotations

from babel.support import NullTranslations, Translations
from flask_babel import Domain

from portal.names import LANGUAGES
from portal.web.language import spoken


class Catalogues(Domain):
    """Looks a text up once instead of Flask-Babel's three times; a page has about a hundred texts."""

    def __init__(self, folder: str) -> None:
        super().__init__([folder])
        self.by_language = {code: Translations.load(folder, [code]) for code in LANGUAGES}
        self.untranslated = NullTranslations()

    def get_translations(self) -> NullTranslations:
        return self.by_language.get(spoken(), self.untranslated)
