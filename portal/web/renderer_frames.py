"""The protocol between the portal and its PDF renderer: four bytes of length, then so many bytes.

A job begins with a line that has its time limit in seconds. An answer begins with one of the bytes below.
"""

from __future__ import annotations

import struct
from typing import IO

READY = b"ready"
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


def write_frame(stream: IO[bytes], data: bytes) -> None:
    stream.write(struct.pack(">I", len(data)) + data)
    stream.flush()
