"""Renders HTML to PDF in a child process that is kept running."""

from __future__ import annotations

import io
import math

import pikepdf

from portal.web.children import Child, ChildFailed
from portal.web.frames import GOOD, GOOD_AND_LAST

TIMEOUT = 30.0  # seconds for one document in a request
UNHURRIED = 240.0  # seconds for one document in the worker
MEMORY = 1024 * 1024 * 1024  # bytes of address space for the child
GROWN = 256 * 1024 * 1024  # bytes of memory above which the child is replaced


class RenderFailed(RuntimeError):
    """The document could not be rendered; the message is for the log."""


class Renderer(Child):
    """The child process, which renders one document at a time; replaced also when it fails or has grown."""

    def __init__(self, memory: int = MEMORY, grown: int = GROWN) -> None:
        super().__init__("portal.web.renderer", str(memory), str(grown))

    def goes_on(self, answer: bytes) -> bool:
        return answer[:1] == GOOD

    def render(self, html: str, timeout: float = TIMEOUT) -> bytes:
        """The PDF of an HTML page. Raises RenderFailed, also when not done within `timeout` seconds."""
        seconds = f"{math.ceil(timeout)}\n".encode()
        try:
            answer = self.ask(seconds, html.encode("utf-8", "replace"), timeout=timeout, patience=timeout)
        except ChildFailed as error:
            raise RenderFailed(str(error)) from error
        if answer[:1] in (GOOD, GOOD_AND_LAST):
            return answer[1:]
        raise RenderFailed(answer[1:].decode("utf-8", "replace") or "the renderer was stopped: too much time or memory")


renderer = Renderer()


def render(html: str, timeout: float = TIMEOUT) -> bytes:
    """The PDF of an HTML page, from the one renderer of this process. Raises RenderFailed."""
    return renderer.render(html, timeout)


def page_count(data: bytes) -> int:
    """Of a file that the portal has made itself: what others sent is opened by `portal.web.inspection` only."""
    with pikepdf.open(io.BytesIO(data)) as pdf:
        return len(pdf.pages)
