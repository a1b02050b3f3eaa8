"""Child processes that are kept running for work which could take too much time or memory, or break."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

from portal.web.frames import READY, read_frame, write_frame

ROOT = Path(__file__).resolve().parent.parent.parent
JOBS = 200  # a child is replaced after so many jobs, to limit memory leaks


class ChildFailed(RuntimeError):
    """The work could not be done; the message is for the log."""


class ChildBusy(ChildFailed):
    """Others have not been done with it in time."""


class Child:
    """A process of `python -m module`, which does one job at a time. It is started on first use and replaced when it
    dies or hangs. Thread-safe."""

    def __init__(self, module: str, *arguments: str) -> None:
        self.module, self.arguments = module, arguments
        self.lock = threading.Lock()
        self.child: subprocess.Popen[bytes] | None = None
        self.jobs = 0

    def ask(self, *job: bytes, timeout: float, patience: float) -> bytes:
        """The answer to a job; empty where the child died or did not answer within `timeout` seconds.

        Raises ChildBusy when others have it for longer than `patience` seconds, ChildFailed when it does not start.
        """
        if not self.lock.acquire(timeout=patience):
            raise ChildBusy(f"{self.module} was busy with other jobs")
        try:
            answer = self._answer(self._running(), job, timeout)
            if not self.goes_on(answer):
                self.stop()
            return answer
        finally:
            self.lock.release()

    def goes_on(self, answer: bytes) -> bool:
        """Whether the child can do another job after this answer."""
        return bool(answer)

    def _answer(self, child: subprocess.Popen[bytes], job: tuple[bytes, ...], timeout: float) -> bytes:
        assert child.stdin is not None and child.stdout is not None
        timer = threading.Timer(timeout, child.kill)
        timer.start()
        try:
            write_frame(child.stdin, *job)
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
            command = [sys.executable, "-m", self.module, *self.arguments]
            self.child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT)
            assert self.child.stdout is not None
            if read_frame(self.child.stdout) != READY:
                self.stop()
                raise ChildFailed(f"{self.module} did not start: see `flask --app wsgi doctor`")
        return self.child

    def stop(self) -> None:
        """Ends the child."""
        child, self.child = self.child, None
        if child is not None:
            child.kill()
            child.communicate()
