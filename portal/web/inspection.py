"""Looks into uploaded files, in a child process with limits of memory and time (`portal.web.inspector`)."""

from __future__ import annotations

import json
import re
import threading
from dataclasses import dataclass

from portal.web.children import Child, ChildBusy

MEMORY = 512 * 1024 * 1024  # bytes of address space for the opening of one file
SECONDS = 4  # of work for the opening of one file; in all it may take six more
TIMEOUT = 15.0  # seconds after which the child itself is stopped; it stops the opening of a file earlier
PATIENCE = 3.0  # seconds to wait while others' files are opened
INSIDE = 3  # how many requests of this process may wait or be answered at once: the other threads serve the site
MOST_CODES = 5
CODE = re.compile(rb"korpu:([0-9A-Z]{12})(?![0-9A-Z])")
DRAFT = b"korpu:DRAFT"


@dataclass(frozen=True)
class Inspected:
    """`wrong` is a code of `uploads.FINDINGS`, or ""; `format` what the file is in truth, or ""; `codes` are the
    verification codes that it claims, `draft` whether it is a report of this portal, not yet sealed."""

    wrong: str
    format: str = ""
    codes: tuple[str, ...] = ()
    draft: bool = False


class Inspector(Child):
    """The child process, which opens one file at a time; few may wait for it."""

    def __init__(self, memory: int = MEMORY, seconds: int = SECONDS) -> None:
        super().__init__("portal.web.inspector", str(memory), str(seconds))
        self.inside = threading.BoundedSemaphore(INSIDE)

    def inspect(self, data: bytes, ending: str) -> Inspected:
        """What is in a file with this ending (small letters, without the dot). Never raises for what is in the file;
        raises ChildFailed when the child does not start."""
        said = self._said(data, ending)
        marked = said["keywords"].encode("utf-8", "replace"), data
        codes = dict.fromkeys(code.decode() for text in marked for code in CODE.findall(text))
        draft = any(DRAFT in text for text in marked)
        return Inspected(said["wrong"], said["format"], tuple(codes)[:MOST_CODES], draft)

    def _said(self, data: bytes, ending: str) -> dict[str, str]:
        if not self.inside.acquire(blocking=False):
            return _nothing("upload_busy")
        try:
            answer = self.ask(ending.encode(), b"\n", data, timeout=TIMEOUT, patience=PATIENCE)
        except ChildBusy:
            return _nothing("upload_busy")
        finally:
            self.inside.release()
        said: dict[str, str] = json.loads(answer) if answer else _nothing("upload_heavy")
        return said


def _nothing(wrong: str) -> dict[str, str]:
    return {"wrong": wrong, "format": "", "keywords": ""}


inspector = Inspector()


def inspect(data: bytes, ending: str) -> Inspected:
    """What is in a file, from the one inspector of this process."""
    return inspector.inspect(data, ending)
