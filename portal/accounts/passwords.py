"""Passwords: Argon2id, and the same time for known and unknown addresses."""

from __future__ import annotations

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

LEAST = 12  # characters; NIST SP 800-63B asks for length, not for kinds of characters
MOST = 128

_hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)  # OWASP's minimum for Argon2id
_DUMMY = _hasher.hash("nobody's password, hashed so that an unknown address takes as long as a known one")


def hash_password(password: str) -> str:
    return _hasher.hash(password)


def matches(password_hash: str, password: str) -> bool:
    """Whether the password is right; an empty hash (nobody, or no password yet) takes as long and is never right."""
    try:
        return _hasher.verify(password_hash or _DUMMY, password) and bool(password_hash)
    except (VerificationError, InvalidHashError):
        return False
