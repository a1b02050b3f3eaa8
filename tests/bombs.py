"""Small files that take all memory or time of whoever opens them."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib

MEGABYTE = 1024 * 1024
GIGABYTE = 1024 * MEGABYTE


def packed_zeros(size: int, before: bytes = b"") -> bytes:
    """`before` and then so many zeros (whole megabytes) as zlib packs them, made without unpacked ones."""
    packer = zlib.compressobj(9)
    head = packer.compress(before) + packer.flush(zlib.Z_FULL_FLUSH)
    part = packer.compress(b"\0" * MEGABYTE) + packer.flush(zlib.Z_FULL_FLUSH)  # can be repeated, for it begins anew
    low, high = zlib.adler32(before) & 0xFFFF, zlib.adler32(before) >> 16
    check_sum = (high + size * low) % 65_521 << 16 | low
    return head + part * (size // MEGABYTE) + b"\x03\x00" + struct.pack(">I", check_sum)


def _pdf(objects: list[bytes], entries: list[tuple[int, int, int]], more: bytes = b"", stream: bytes = b"") -> bytes:
    """A PDF with a cross-reference stream: objects 1, 2, … as given, then `entries` of further objects.

    `more` goes into the dictionary of the last stream, `stream` replaces its packed entries.
    """
    out, places = io.BytesIO(), []
    out.write(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
    for number, body in enumerate(objects, start=1):
        places.append(out.tell())
        out.write(b"%d 0 obj\n%s\nendobj\n" % (number, body))
    last = len(objects) + len(entries) + 1
    start = out.tell()
    rows = [(0, 0, 65535), *((1, place, 0) for place in places), *entries, (1, start, 0)]
    packed = stream or zlib.compress(b"".join(struct.pack(">BIH", *row) for row in rows))
    head = b"<</Type/XRef/Size %d/W[1 4 2]/Root 1 0 R/Filter/FlateDecode/Length %d%s>>"
    out.write(
        b"%d 0 obj\n" % last + head % (last + 1, len(packed), more) + b"stream\n" + packed + b"\nendstream\nendobj\n"
    )
    out.write(b"startxref\n%d\n%%%%EOF\n" % start)
    return out.getvalue()


def object_stream(size: int = 2 * GIGABYTE) -> bytes:
    """Its pages stand in an object stream that unpacks to so many bytes."""
    inside = b"3 0 <</Type/Pages/Kids[]/Count 0>>"
    packed = packed_zeros(size, inside)
    head = b"<</Type/ObjStm/N 1/First 4/Filter/FlateDecode/Length %d>>stream\n%s\nendstream"
    return _pdf([b"<</Type/Catalog/Pages 3 0 R>>", head % (len(packed), packed)], [(2, 2, 0)])


def cross_reference(size: int = 2 * GIGABYTE) -> bytes:
    """Its cross-reference stream unpacks to so many bytes."""
    page = [b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[]/Count 0>>"]
    return _pdf(page, [], b"/Index[0 %d]" % (size // 7), packed_zeros(size))


def many_objects(count: int = 50_000_000) -> bytes:
    """Its cross-reference stream names so many objects, each in use."""
    page = [b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[]/Count 0>>"]
    packed = packed_zeros(7 * count)
    return _pdf(page, [], b"/Index[0 %d]" % count, packed)


def nested_arrays(depth: int = 4_000_000) -> bytes:
    """Its first page is an array in an array in an array."""
    return _pdf([b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[3 0 R]/Count 1>>", b"[" * depth], [])


def word(parts: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return out.getvalue()


def entities() -> bytes:
    """Its list of relations is an XML bomb: an entity of ten entities, nine times over."""
    lines = [f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10)]
    rels = f'<!DOCTYPE r [<!ENTITY e0 "ha">{"".join(lines)}]><r>&e9;</r>'.encode()
    return word({"[Content_Types].xml": b"<Types/>", "_rels/.rels": rels})


def lying_sizes(size: int = GIGABYTE) -> bytes:
    """Its list of relations says that it has few bytes, and unpacks to many."""
    made = bytearray(word({"[Content_Types].xml": b"<Types/>", "_rels/.rels": b"x" * 100}))
    packed = packed_zeros(size)[2:-4]  # without the frame of zlib
    name = b"_rels/.rels"
    local = bytes(made).index(b"PK\x03\x04", 4)
    central = bytes(made).index(b"PK\x01\x02")
    head = made[local : local + 30 + len(name)]
    struct.pack_into("<I", head, 18, len(packed))
    directory = made[central:]
    second = bytes(directory).index(b"PK\x01\x02", 4)
    struct.pack_into("<I", directory, second + 20, len(packed))
    end = bytes(directory).index(b"PK\x05\x06")
    struct.pack_into("<I", directory, end + 16, local + len(head) + len(packed))
    return bytes(made[:local] + head + packed + directory)


def many_parts(count: int = 150_000) -> bytes:
    """A directory of so many parts, all in no file at all."""
    one = struct.pack("<4s6H3I5H2I", b"PK\x01\x02", 20, 20, 0, 0, 0, 0, 0, 0, 0, 8, 0, 0, 0, 0, 0, 0)
    directory = b"".join(one + b"%08d" % n for n in range(count))
    first = b"PK\x03\x04" + b"\0" * 26
    large = struct.pack("<4sQ2H2I4Q", b"PK\x06\x06", 44, 45, 45, 0, 0, count, count, len(directory), len(first))
    found = struct.pack("<4sIQI", b"PK\x06\x07", 0, len(first) + len(directory), 1)
    end = struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, 0xFFFF, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0)
    return first + directory + large + found + end


def large_png() -> bytes:
    """Says that it is 65,535 pixels wide and high."""
    head = b"IHDR" + struct.pack(">IIBBBBB", 65_535, 65_535, 8, 2, 0, 0, 0)
    chunk = struct.pack(">I", 13) + head + struct.pack(">I", zlib.crc32(head))
    end = struct.pack(">I4sI", 0, b"IEND", zlib.crc32(b"IEND"))
    return b"\x89PNG\r\n\x1a\n" + chunk + end


def large_jpeg() -> bytes:
    """Says that it is 65,535 pixels wide and high."""
    return b"\xff\xd8\xff\xc0\x00\x0b\x08\xff\xff\xff\xff\x01\x01\x11\x00\xff\xd9"


def dense_jpeg(size: int = 10_000_000) -> bytes:
    """All of it is fill bytes, which a careless reader tries again from each place."""
    return b"\xff\xd8\xff\xc0\x00\x0b\x08\x00\x01\x00\x01\x01\x01\x11\x00\xff\xda\x00\x08" + b"\xff" * size
