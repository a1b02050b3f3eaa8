"""Renders HTML to PDF in a child process that is kept running, and reads the verification codes of files."""

from __future__ import annotations

import io
import math
import re
import subprocess
import sys
import threading
from pathlib import Path

import pikepdf

from portal.web.renderer_frames import GOOD, GOOD_AND_LAST, READY, read_frame, write_frame

ROOT = Path(__file__).resolve().parent.parent.parent
TIMEOUT = 30.0  # seconds for one document in a request
UNHURRIED = 240.0  # seconds for one document in the worker
MEMORY = 1024 * 1024 * 1024  # bytes of address space for the child
GROWN = 256 * 1024 * 1024  # bytes of memory above which the child is replaced
JOBS = 200  # the child is replaced after so many documents, to limit memory leaks
CODE = re.compile(r"korpu:([0-9A-Z]{12})(?![0-9A-Z])")
DRAFT = "korpu:DRAFT"
MOST_CODES = 5


class RenderFailed(RuntimeError):
    """The document could not be rendered; the message is for the log."""


class Renderer:
    """The child process, which renders one document at a time. It is started on first use and replaced when it dies,
    hangs, fails or has grown. Thread-safe."""

    def __init__(self, memory: int = MEMORY, grown: int = GROWN) -> None:
        self.limits = (str(memory), str(grown))
        self.lock = threading.Lock()
        self.child: subprocess.Popen[bytes] | None = None
        self.jobs = 0

    def render(self, html: str, timeout: float = TIMEOUT) -> bytes:
        """The PDF of an HTML page. Raises RenderFailed, also when not done within `timeout` seconds."""
        if not self.lock.acquire(timeout=timeout):
            raise RenderFailed("the renderer was busy with other documents")
        try:
            answer = self._ask(self._running(), html, timeout)
            if answer[:1] != GOOD:
                self.stop()
        finally:
            self.lock.release()
        if answer[:1] in (GOOD, GOOD_AND_LAST):
            return answer[1:]
        raise RenderFailed(answer[1:].decode("utf-8", "replace") or "the renderer was stopped: too much time or memory")

    def _ask(self, child: subprocess.Popen[bytes], html: str, timeout: float) -> bytes:
        """The child's answer; empty where it died or did not answer in time."""
        assert child.stdin is not None and child.stdout is not None
        seconds = f"{math.ceil(timeout)}\n".encode()
        timer = threading.Timer(timeout, child.kill)
        timer.start()
        try:
            write_frame(child.stdin, seconds + html.encode("utf-8", "replace"))
            return read_frame(child.stdout) or b""
        except OSError:
            return b""
        finally:
            timer.cancel()

    def _running(self) -> subprocess.Popen[bytes]:
        self.jobs += 1
        if self.child is not None and (self.child.poll() is not None or self.jobs > JOBS):
            self.stop()
        if self.child is None:
            self.jobs = 1
            command = [sys.executable, "-m", "portal.web.renderer", *self.limits]
            self.child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT)
            assert self.child.stdout is not None
            if read_frame(self.child.stdout) != READY:
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
    """The PDF of an HTML page, from the one renderer of this process. Raises RenderFailed."""
    return renderer.render(html, timeout)


def claimed_codes(data: bytes) -> list[str]:
    """The verification codes in a file: in its metadata and anywhere in its bytes, so that damaged files are recognised
    too. Never raises."""
    return list(dict.fromkeys(CODE.findall(_keywords(data) + " " + data.decode("latin-1"))))[:MOST_CODES]


def is_draft(data: bytes) -> bool:
    """Whether a file is a draft of a report of this portal, not yet sealed. Never raises."""
    return DRAFT in _keywords(data) or DRAFT.encode() in data


def _keywords(data: bytes) -> str:
    try:
        with pikepdf.open(io.BytesIO(data)) as pdf:
            return str(pdf.docinfo.get("/Keywords", ""))
    except Exception:  # an uploaded file can make the library fail in any way
        return ""


def page_count(data: bytes) -> int:
    with pikepdf.open(io.BytesIO(data)) as pdf:
        return len(pdf.pages)
