"""Hashes passwords with Argon2id; a check takes the same time for known and unknown addresses."""

from __future__ import annotations

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

MIN_LENGTH = 12  # characters; NIST SP 800-63B asks for length, not for kinds of characters
MAX_LENGTH = 128

_hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)  # OWASP's minimum for Argon2id
_DUMMY = _hasher.hash("nobody's password, hashed so that an unknown address takes as long as a known one")


def hash_password(password: str) -> str:
    return _hasher.hash(password)


def matches(password_hash: str, password: str) -> bool:
    """Whether the password is right. An empty hash (no account, no password yet) is never right but takes as long."""
    try:
        return _hasher.verify(password_hash or _DUMMY, password) and bool(password_hash)
    except (VerificationError, InvalidHashError):
        return False
