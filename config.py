"""Settings: one frozen dataclass, read from the environment. Every default is safe in production."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parent
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
MEGABYTE = 1024 * 1024


class ConfigError(ValueError):
    """A setting is missing or unsafe; the message says which and what to do."""


def database_url(text: str) -> str:
    """The address for SQLAlchemy: `postgres://` and `postgresql://` get the driver psycopg 3."""
    for prefix in ("postgres://", "postgresql://"):
        if text.startswith(prefix):
            return "postgresql+psycopg://" + text.removeprefix(prefix)
    return text


def is_address(text: str, *schemes: str) -> bool:
    """Whether this is an address of one of these schemes: a host, perhaps a port, nothing behind it."""
    try:
        parts = urlsplit(text)
        return parts.scheme in schemes and bool(parts.hostname) and parts.port != 0 and not parts.path.strip("/")
    except ValueError:  # an invalid IPv6 host or port
        return False


def whole_number(environ: Mapping[str, str], name: str) -> int:
    """A setting that is a whole number; 0 where missing. Raises ConfigError."""
    text = environ.get(name, "").strip() or "0"
    if not (text.isascii() and text.isdigit()):
        raise ConfigError(f"{name} must be a whole number, not {text!r}.")
    return int(text)


@dataclass(frozen=True)
class Config:
    """The settings, which can differ between installations.

    `demo` seeds known passwords and is therefore only allowed on a loopback address; `base_url` is what mail
    and QR codes point to; `smtp_url` is `smtp://user:password@host:587` (STARTTLS where offered) or `smtps://…`.
    """

    secret_key: str
    database_url: str
    base_url: str
    var: Path
    demo: bool = False
    storage_url: str = ""
    smtp_url: str = ""
    mail_from: str = "Körpü <no-reply@korpu.example>"
    trusted_hosts: tuple[str, ...] = ()
    proxies: int = 0
    metrics_token: str = ""
    max_upload: int = 12 * MEGABYTE
    testing: bool = False

    @classmethod
    def from_env(cls, environ: Mapping[str, str] = os.environ) -> Self:
        """Reads `PORTAL_*`, `DATABASE_URL` and `SECRET_KEY`. Raises ConfigError where one is missing or unsafe."""
        var = Path(environ.get("PORTAL_VAR", str(ROOT / "var")))
        demo = environ.get("PORTAL_DEMO", "") == "1"
        base_url = environ.get("PORTAL_BASE_URL", "http://127.0.0.1:8000").rstrip("/")
        config = cls(
            secret_key=environ.get("SECRET_KEY", ""),
            database_url=database_url(environ.get("DATABASE_URL", f"sqlite:///{var / 'korpu.sqlite3'}")),
            base_url=base_url,
            var=var,
            demo=demo,
            storage_url=environ.get("PORTAL_STORAGE_URL", ""),
            smtp_url=environ.get("PORTAL_SMTP_URL", ""),
            mail_from=environ.get("PORTAL_MAIL_FROM", cls.mail_from),
            trusted_hosts=tuple(filter(None, map(str.strip, environ.get("PORTAL_TRUSTED_HOSTS", "").split(",")))),
            proxies=whole_number(environ, "PORTAL_PROXIES"),
            metrics_token=environ.get("PORTAL_METRICS_TOKEN", ""),
        )
        config.check()
        return config

    @property
    def secure(self) -> bool:
        """Whether the portal is served over HTTPS: then cookies are Secure and HSTS is sent."""
        return self.base_url.startswith("https://")

    @property
    def host(self) -> str:
        return urlsplit(self.base_url).hostname or ""

    def check(self) -> None:
        """Refuses settings that would be unsafe. Raises ConfigError."""
        if len(self.secret_key) < 16:
            raise ConfigError("Set SECRET_KEY to at least 16 random characters, for example `openssl rand -hex 32`.")
        self._check_addresses()
        if self.demo and not {self.host, *self.trusted_hosts} <= LOOPBACK:
            raise ConfigError(
                "PORTAL_DEMO=1 has known passwords: PORTAL_BASE_URL and PORTAL_TRUSTED_HOSTS must be loopback."
            )
        if not self.demo and not self.testing and not self.secure and self.host not in LOOPBACK:
            raise ConfigError("PORTAL_BASE_URL must begin with https:// outside this machine.")

    def prepare(self) -> None:
        """Makes the folder for what the portal keeps. Raises ConfigError where it cannot."""
        try:
            self.var.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise ConfigError(f"PORTAL_VAR: the folder {self.var} cannot be made ({error.strerror}).") from error

    def _check_addresses(self) -> None:
        if not is_address(self.base_url, "http", "https"):
            raise ConfigError(
                "PORTAL_BASE_URL must be an address such as https://exchange.example.org, without a path."
            )
        if not self.database_url.startswith(("sqlite://", "postgresql+psycopg://")):
            raise ConfigError("DATABASE_URL must begin with sqlite:/// or postgresql://.")
        if self.smtp_url and not is_address(self.smtp_url, "smtp", "smtps"):
            raise ConfigError("PORTAL_SMTP_URL must be an address such as smtp://user:password@mail.example.org:587.")

    def flask(self) -> dict[str, Any]:
        """The settings under the names of Flask and its extensions."""
        hosts = [*self.trusted_hosts, self.host]
        return {
            "SECRET_KEY": self.secret_key,
            "SQLALCHEMY_DATABASE_URI": self.database_url,
            "SQLALCHEMY_ENGINE_OPTIONS": {"pool_pre_ping": self.database_url.startswith("postgresql")},
            "MAX_CONTENT_LENGTH": self.max_upload,
            "MAX_FORM_MEMORY_SIZE": 2 * MEGABYTE,
            "MAX_FORM_PARTS": 2_000,
            "TRUSTED_HOSTS": [*hosts, *LOOPBACK] if self.host in LOOPBACK else hosts,
            "SESSION_COOKIE_NAME": "__Host-korpu" if self.secure else "korpu",
            "SESSION_COOKIE_SECURE": self.secure,
            "SESSION_COOKIE_HTTPONLY": True,
            "SESSION_COOKIE_SAMESITE": "Lax",
            "WTF_CSRF_TIME_LIMIT": None,
            "BABEL_DEFAULT_LOCALE": "en",
            "BABEL_TRANSLATION_DIRECTORIES": str(ROOT / "portal" / "translations"),
            "TESTING": self.testing,
        }
