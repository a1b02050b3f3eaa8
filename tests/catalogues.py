"""The messages of the catalogues, as the tests of words read them."""

from __future__ import annotations

import re

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po

from config import ROOT
from portal.names import LANGUAGES
from portal.web.language import FALLBACK

FOLDER = ROOT / "portal" / "translations"
OTHERS = [code for code in LANGUAGES if code != FALLBACK]
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*\}")


def catalogue(language: str, domain: str = "messages") -> Catalog:
    with (FOLDER / language / "LC_MESSAGES" / f"{domain}.po").open("rb") as file:
        return read_po(file, locale=language)


def messages(language: str, domain: str = "messages") -> list[Message]:
    return [message for message in catalogue(language, domain) if message.id]


def texts(message: Message) -> list[str]:
    return [message.string] if isinstance(message.string, str) else list(message.string or ())


def sources(message: Message) -> list[str]:
    return [message.id] if isinstance(message.id, str) else list(message.id)


def pairs(language: str) -> list[tuple[str, str]]:
    """Every source text with each of its translations."""
    return [(sources(message)[-1], text) for message in messages(language) for text in texts(message)]
