"""The child process that opens what strangers sent: `python -m portal.web.inspector`. Jobs come by stdin, answers go to
stdout.

It stays running, because importing takes time, and opens each file in a copy of itself with limits of memory and time
of its own. So neither a file that takes everything nor one that breaks a library reaches the portal or the next file.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import sys
from dataclasses import asdict

from portal.web.file_formats import Inside, look_into
from portal.web.frames import READY, read_frame, write_frame

TOO_MUCH = frozenset({signal.SIGXCPU, signal.SIGALRM, signal.SIGKILL})  # what ends a process over its limits
OUT_OF_MEMORY = 3
WAITING = 6  # seconds beyond the work, for a machine that is busy with other things


def answer_to(job: bytes) -> bytes:
    """The answer to a job: the file's ending in a line, then its bytes."""
    ending, _line, data = job.partition(b"\n")
    return in_json(look_into(data, ending.decode("utf-8", "replace")))


def in_json(inside: Inside) -> bytes:
    return json.dumps(asdict(inside)).encode()


def limit(memory: int, seconds: int) -> None:
    """Limits the memory (bytes) and the work of this process, which ends by a signal where it takes longer."""
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    signal.alarm(seconds + WAITING)


def open_one(job: bytes, memory: int, seconds: int) -> None:
    """Answers in a copy of this process; where that does not live to answer, answers for it."""
    copy = os.fork()
    if copy == 0:
        _answer_and_end(job, memory, seconds)
    _pid, status = os.waitpid(copy, 0)
    if status:
        signalled = os.WIFSIGNALED(status) and os.WTERMSIG(status) in TOO_MUCH
        heavy = signalled or os.waitstatus_to_exitcode(status) == OUT_OF_MEMORY
        write_frame(sys.stdout.buffer, in_json(Inside("upload_heavy" if heavy else "upload_broken")))


def _answer_and_end(job: bytes, memory: int, seconds: int) -> None:
    """Never returns: the copy must not go on as if it were the first process."""
    status = 1
    try:
        limit(memory, seconds)
        answer = answer_to(job)
        write_frame(sys.stdout.buffer, answer)
        status = 0
    except MemoryError:
        status = OUT_OF_MEMORY
    finally:
        os._exit(status)


def main() -> None:
    """Serves jobs until its input ends."""
    memory, seconds = int(sys.argv[1]), int(sys.argv[2])
    write_frame(sys.stdout.buffer, READY)
    while (job := read_frame(sys.stdin.buffer)) is not None:
        open_one(job, memory, seconds)


if __name__ == "__main__":
    main()
