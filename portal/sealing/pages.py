"""The page of a document, of which a PDF is made: in one language, or in two beside each other."""

from __future__ import annotations

from functools import reduce
from typing import Any

from portal.registry import DocumentType
from portal.sealing.seals import Seal
from portal.sealing.side_by_side import side_by_side


def page_of(document: DocumentType, subject: Any, version: str, seal: Seal | None = None) -> str:
    """The page in one language ("az") or in two ("az-tr"); without a seal it is marked DRAFT."""
    return reduce(side_by_side, (document.html(subject, language, seal) for language in version.split("-")))
