"""Files under keys: whole or not there, gone when their transaction is rolled back."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy.exc import IntegrityError

from portal.db import session
from portal.storage import Bucket, Folder, Missing, new_key, put_with_commit, storage
from tests.factories import agency


@pytest.fixture
def kept(tmp_path: Path) -> Folder:
    return Folder(tmp_path)


def files(kept: Folder) -> list[Path]:
    return [path for path in kept.root.rglob("*") if path.is_file()]


def test_what_is_put_is_got_and_deleted(kept: Folder) -> None:
    key = new_key("documents")
    kept.put(key, b"one")
    kept.put(key, b"two")
    assert kept.get(key) == b"two" and len(files(kept)) == 1
    kept.delete(key)
    kept.delete(key)
    with pytest.raises(Missing):
        kept.get(key)


@pytest.mark.parametrize("key", ["../outside", "/etc/passwd", "a/../../b"])
def test_keys_outside_of_the_folder_are_refused(kept: Folder, key: str) -> None:
    for use in (lambda: kept.get(key), lambda: kept.put(key, b"x"), lambda: kept.delete(key)):
        with pytest.raises(Missing):
            use()


def test_a_write_that_fails_leaves_nothing(kept: Folder) -> None:
    (kept.root / "documents" / "taken").mkdir(parents=True)
    with pytest.raises(OSError, match="directory"):
        kept.put("documents/taken", b"a folder stands in the way")
    assert files(kept) == []


def test_keys_cannot_be_guessed() -> None:
    keys = {new_key("documents") for _ in range(100)}
    assert len(keys) == 100 and all(len(key.rpartition("/")[2]) == 32 for key in keys)


def test_the_storage_setting_selects_folder_or_bucket(tmp_path: Path) -> None:
    assert isinstance(storage("", tmp_path), Folder)
    assert isinstance(storage("s3://bucket/prefix", tmp_path), Bucket)


def test_a_file_stays_with_its_commit_and_goes_with_its_rollback(app: Flask, kept: Folder) -> None:
    agency("KOSGEB", "KOSGEB", "TR", "Ankara", "Europe/Istanbul")
    put_with_commit(kept, "documents/stays", b"x")
    with session.begin_nested():
        put_with_commit(kept, "documents/within", b"x")
    session.commit()
    put_with_commit(kept, "documents/goes", b"x")
    agency("KOBIA", "KOBİA", "AZ", "Bakı", "Asia/Baku")
    session.rollback()
    assert sorted(path.name for path in files(kept)) == ["stays", "within"]
    session.rollback()
    session.commit()
    assert len(files(kept)) == 2, "what has its commit stays, whatever comes after"


def test_a_commit_that_fails_takes_its_file_with_it(app: Flask, kept: Folder) -> None:
    agency("KOSGEB", "KOSGEB", "TR", "Ankara", "Europe/Istanbul")
    session.commit()
    put_with_commit(kept, "documents/goes", b"x")
    with pytest.raises(IntegrityError):
        agency("KOSGEB", "KOSGEB", "TR", "Ankara", "Europe/Istanbul")
    session.rollback()
    assert files(kept) == []


def test_a_session_that_is_thrown_away_takes_its_file_with_it(app: Flask, kept: Folder) -> None:
    agency("KOSGEB", "KOSGEB", "TR", "Ankara", "Europe/Istanbul")
    put_with_commit(kept, "documents/goes", b"x")
    session.remove()
    assert files(kept) == []
