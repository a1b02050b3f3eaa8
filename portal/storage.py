"""Stores files under random keys, in a local folder or an S3 bucket. A file that was stored in a transaction is removed
when that is rolled back."""

from __future__ import annotations

import os
import secrets
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Protocol

import structlog
from obstore.exceptions import BaseError, NotFoundError
from obstore.store import S3Store
from sqlalchemy import event
from sqlalchemy.orm import Session, SessionTransaction

from portal.db import session

# in a session's `info`: the files of its present transaction
WRITTEN, DOOMED = "files written", "files to remove"
log = structlog.get_logger()


class Missing(KeyError):
    """No file is stored under this key."""


class Storage(Protocol):
    def put(self, key: str, data: bytes) -> None: ...
    def get(self, key: str) -> bytes: ...
    def delete(self, key: str) -> None: ...


def new_key(prefix: str) -> str:
    """A random key for a file, from which neither its name nor its owner can be guessed."""
    token = secrets.token_hex(16)
    return f"{prefix}/{token[:2]}/{token}"


class Folder:
    """Files in a local folder. Writes are atomic: temporary file, fsync, rename, fsync of the folder."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def _path(self, key: str) -> Path:
        path = (self.root / key).resolve()
        if not path.is_relative_to(self.root.resolve()):
            raise Missing(key)
        return path

    def put(self, key: str, data: bytes) -> None:
        """Stores the bytes durably. Raises OSError."""
        path = self._path(key)
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, prefix=".", delete=False) as file:
            try:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
                os.replace(file.name, path)
            except OSError:
                os.unlink(file.name)
                raise
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    def get(self, key: str) -> bytes:
        """The bytes. Raises Missing."""
        try:
            return self._path(key).read_bytes()
        except FileNotFoundError:
            raise Missing(key) from None

    def delete(self, key: str) -> None:
        self._path(key).unlink(missing_ok=True)


class Bucket:
    """Files in an S3 bucket; credentials come from the usual AWS_* variables."""

    def __init__(self, url: str) -> None:
        self.store = S3Store.from_url(url)

    def put(self, key: str, data: bytes) -> None:
        """Stores the bytes durably. Raises OSError."""
        try:
            self.store.put(key, data)
        except BaseError as error:
            raise OSError(f"the bucket refused: {error}") from error

    def get(self, key: str) -> bytes:
        """The bytes. Raises Missing."""
        try:
            return bytes(self.store.get(key).bytes())
        except (NotFoundError, FileNotFoundError):
            raise Missing(key) from None

    def delete(self, key: str) -> None:
        self.store.delete(key)


def storage(url: str, folder: Path) -> Storage:
    """The storage of the settings: a bucket for `s3://bucket/prefix`, else `folder`."""
    return Bucket(url) if url.startswith("s3://") else Folder(folder)


def put_with_commit(kept: Storage, key: str, data: bytes) -> None:
    """Stores the bytes, and removes them if the present transaction is rolled back. Raises OSError."""
    kept.put(key, data)
    session.info.setdefault(WRITTEN, []).append((kept, key))


def delete_after_commit(kept: Storage, key: str) -> None:
    """Removes the bytes after the present transaction is committed, so that no row loses its file by a rollback."""
    session.info.setdefault(DOOMED, []).append((kept, key))


@event.listens_for(Session, "after_commit")
def _stays(committed: Session) -> None:
    if not committed.in_nested_transaction():
        committed.info.pop(WRITTEN, None)
        _remove(committed.info.pop(DOOMED, []))


@event.listens_for(Session, "after_transaction_end")
def _goes(ended: Session, transaction: SessionTransaction) -> None:
    """Removes the files of a transaction that was not committed."""
    if transaction.parent is not None:
        return
    ended.info.pop(DOOMED, None)
    _remove(ended.info.pop(WRITTEN, []))


def _remove(files: Iterable[tuple[Storage, str]]) -> None:
    for kept, key in files:
        try:
            kept.delete(key)
        except OSError as error:  # the file stays without a row; the request has failed anyway
            log.error("file_not_removed", key=key, error=type(error).__name__)
