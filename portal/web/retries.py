"""Takes a request that the database aborted because of another one once more, from its beginning.

The middleware keeps what was sent, files too, and lets the app answer. Where an error handler has marked the request
(`once_more`), nothing of it was committed: the answer is thrown away, with what it would have flashed, and the app is
asked again. The second answer counts, whatever it is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from tempfile import SpooledTemporaryFile
from typing import Any

from sqlalchemy.exc import DBAPIError

# of PostgreSQL: a deadlock, and transactions that cannot be put in an order
MET = frozenset({"40P01", "40001"})
FIRST, AGAIN = "portal.first_try", "portal.once_more"
IN_MEMORY = 256 * 1024  # bytes of what was sent; more goes to a temporary file
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
Start = Callable[..., Any]
App = Callable[[dict[str, Any], Start], Iterable[bytes]]


def once_more(error: Exception, environ: dict[str, Any]) -> bool:
    """Marks the request to be taken again where it only met another one, and this is its first try."""
    met = isinstance(error, DBAPIError) and getattr(error.orig, "sqlstate", "") in MET
    if met and environ.get(FIRST):
        environ[AGAIN] = True
        return True
    return False


class Retries:
    """Around the app; `most` is the size in bytes up to which a request can be taken again."""

    def __init__(self, app: App, most: int) -> None:
        self.app, self.most = app, most

    def __call__(self, environ: dict[str, Any], start: Start) -> Iterable[bytes]:
        size = environ.get("CONTENT_LENGTH") or "0"
        if environ["REQUEST_METHOD"] in SAFE or not size.isdecimal() or int(size[:12]) > self.most:
            return self.app(environ, start)
        said: list[tuple[Any, ...]] = []
        with _kept(environ["wsgi.input"], int(size)) as body:  # no answer reads what was sent after it was made
            first = environ | {"wsgi.input": body, FIRST: True}
            answer = self.app(first, lambda *said_so: said.append(said_so))
            if first.get(AGAIN):
                _close(answer)
                body.seek(0)
                return self.app(environ | {"wsgi.input": body}, start)
        start(*said[-1])
        return answer


def _kept(stream: Any, size: int) -> Any:
    """What was sent, to be read more than once; shorter where the connection was cut."""
    body = SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115  # the caller closes it
    while size > 0 and (part := stream.read(min(size, IN_MEMORY))):
        body.write(part)
        size -= len(part)
    body.seek(0)
    return body


def _close(answer: Iterable[bytes]) -> None:
    close = getattr(answer, "close", None)
    if close is not None:
        close()
