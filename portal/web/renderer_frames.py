"""How the portal and its PDF renderer talk: four bytes of length, then that many bytes.

A question begins with a line: the seconds it may take. An answer begins with one of the signs below.
"""

from __future__ import annotations

import struct
from typing import IO

READY = b"ready"
GOOD = b"+"
GOOD_AND_LAST = b"*"  # made, but the child has grown too large to go on
BAD = b"-"


def read_frame(stream: IO[bytes]) -> bytes | None:
    """The next message, None at the end."""
    head = stream.read(4)
    if len(head) < 4:
        return None
    (length,) = struct.unpack(">I", head)
    data = stream.read(length)
    return data if len(data) == length else None


def write_frame(stream: IO[bytes], data: bytes) -> None:
    stream.write(struct.pack(">I", len(data)) + data)
    stream.flush()
