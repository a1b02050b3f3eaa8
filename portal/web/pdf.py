"""HTML to PDF through a warm child process, and the code that tells whether a file is one of ours."""

from __future__ import annotations

import io
import re
import subprocess
import sys
import threading
from pathlib import Path

import pikepdf

from portal.web.renderer_frames import read_frame, write_frame

ROOT = Path(__file__).resolve().parent.parent.parent
TIMEOUT = 60.0  # seconds for one document
JOBS = 200  # after so many the child is replaced, so that no leak grows
CODE = re.compile(r"korpu:([0-9A-Z]{12})")


class RenderFailed(RuntimeError):
    """The document could not be made; the message is the child's, for the log."""


class Renderer:
    """The child process; one document at a time, started when first needed, replaced when it dies or hangs."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.child: subprocess.Popen[bytes] | None = None
        self.jobs = 0

    def render(self, html: str, timeout: float = TIMEOUT) -> bytes:
        """The PDF of a page. Raises RenderFailed, also after `timeout` seconds."""
        with self.lock:
            child = self._running()
            timer = threading.Timer(timeout, child.kill)
            timer.start()
            try:
                assert child.stdin is not None and child.stdout is not None
                write_frame(child.stdin, html.encode("utf-8", "replace"))
                answer = read_frame(child.stdout)
            except OSError:
                answer = None
            finally:
                timer.cancel()
            if not answer:
                self.stop()
                raise RenderFailed("the renderer was stopped: too much time or memory")
        if answer[:1] != b"+":
            raise RenderFailed(answer[1:].decode("utf-8", "replace"))
        return answer[1:]

    def _running(self) -> subprocess.Popen[bytes]:
        self.jobs += 1
        if self.child is not None and (self.child.poll() is not None or self.jobs > JOBS):
            self.stop()
        if self.child is None:
            self.jobs = 1
            command = [sys.executable, "-m", "portal.web.renderer"]
            self.child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT)
            assert self.child.stdout is not None
            if read_frame(self.child.stdout) != b"+ready":
                self.stop()
                raise RenderFailed("the renderer did not start: see `flask --app wsgi doctor`")
        return self.child

    def stop(self) -> None:
        """Ends the child."""
        child, self.child = self.child, None
        if child is not None:
            child.kill()
            child.communicate()


renderer = Renderer()


def render(html: str, timeout: float = TIMEOUT) -> bytes:
    """The PDF of a page, from the process' one renderer. Raises RenderFailed."""
    return renderer.render(html, timeout)


def find_code(data: bytes) -> str | None:
    """The code that a file claims to be sealed under, None where it claims none. Never raises."""
    try:
        with pikepdf.open(io.BytesIO(data)) as pdf:
            keywords = str(pdf.docinfo.get("/Keywords", ""))
    except (pikepdf.PdfError, RecursionError, ValueError, TypeError):
        keywords = data[:2_000_000].decode("latin-1")
    found = CODE.search(keywords)
    return found.group(1) if found else None


def page_count(data: bytes) -> int:
    with pikepdf.open(io.BytesIO(data)) as pdf:
        return len(pdf.pages)
