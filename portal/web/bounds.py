"""What a request may hold: odd ones are answered before anything reads them, and forms get only what they can hold."""

from __future__ import annotations

import io
import re
from collections.abc import Collection, Mapping
from typing import IO, Any

import flask
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import BadRequest, NotFound, RequestEntityTooLarge
from werkzeug.formparser import FormDataParser

# names of fields: one, or one of a numbered row; others would be taken for rows with odd numbers
NAME = re.compile(r"[A-Za-z_]\w{0,60}(-[0-9]{1,3}-[A-Za-z_]\w{0,60}){0,2}(-[0-9]{1,3})?", re.ASCII)
LARGEST = 10**15  # no whole number that anybody means is larger; libraries fail at larger ones
PIECE = 65_536  # bytes read at once


class Parser(FormDataParser):
    """Bounds the number of fields of plain forms too; the library does so only where files may be sent."""

    def parse(
        self, stream: IO[bytes], mimetype: str, content_length: int | None, options: dict[str, str] | None = None
    ) -> Any:
        if mimetype == "application/x-www-form-urlencoded":
            body = bytearray()
            while piece := stream.read(PIECE):
                body += piece
                if self.max_form_memory_size is not None and len(body) > self.max_form_memory_size:
                    raise RequestEntityTooLarge
            if self.max_form_parts is not None and body.count(b"&") >= self.max_form_parts:
                raise RequestEntityTooLarge
            stream = io.BytesIO(bytes(body))
        return super().parse(stream, mimetype, content_length, options)


class Request(flask.Request):
    """The request of this portal."""

    form_data_parser_class = Parser


def refuse_odd(request: flask.Request) -> None:
    """Ends the request here where nothing could answer it, not even the page of an error that comes later.

    Raises BadRequest for a host that cannot be, NotFound for an address with NUL: no record has such a name, and
    PostgreSQL refuses the character.
    """
    if isinstance(request.routing_exception, BadRequest):
        raise request.routing_exception
    if "\x00" in request.path:
        raise NotFound


def answers(form: MultiDict[str, str], files: Mapping[str, Any], file_names: Collection[str]) -> MultiDict[str, Any]:
    """What a form may read: files for its fields of files, text for all others, names that fields can have."""
    kept: MultiDict[str, Any] = MultiDict()
    for name, value in form.items(multi=True):
        if NAME.fullmatch(name) and name not in file_names:
            kept.add(name, value)
    for name in file_names:
        if name in files:
            kept.add(name, files[name])
    return kept


def whole(value: int | None) -> int | None:
    """A whole number that can be computed with; too large a one stays too large for every limit."""
    return None if value is None else max(-LARGEST, min(value, LARGEST))
