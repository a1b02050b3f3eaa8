"""How the portal and its PDF renderer talk: four bytes of length, then that many bytes."""

from __future__ import annotations

import struct
from typing import IO


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
