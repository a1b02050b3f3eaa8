"""The protocol between the portal and its child processes: four bytes of length, then so many bytes.

A job begins with a line that says how it is to be done (`portal.web.renderer`, `portal.web.inspector`).
"""

from __future__ import annotations

import struct
from typing import IO

READY = b"ready"
# an answer of the renderer begins with one of these
GOOD = b"+"
GOOD_AND_LAST = b"*"  # rendered, but the child has grown too large and must be replaced
BAD = b"-"


def read_frame(stream: IO[bytes]) -> bytes | None:
    """The next frame, None at the end of the stream."""
    head = stream.read(4)
    if len(head) < 4:
        return None
    (length,) = struct.unpack(">I", head)
    data = stream.read(length)
    return data if len(data) == length else None


def write_frame(stream: IO[bytes], *parts: bytes) -> None:
    """Sends the parts as one frame, without making them one first."""
    stream.write(struct.pack(">I", sum(map(len, parts))))
    for part in parts:
        stream.write(part)
    stream.flush()
