"""Settings: every default is safe, what is unsafe is refused with words."""

from __future__ import annotations

from typing import Any

import pytest

from config import Config, ConfigError, database_url

GOOD = {"SECRET_KEY": "0123456789abcdef0123", "PORTAL_BASE_URL": "https://korpu.example.org"}


@pytest.mark.parametrize(
    "wrong",
    [
        {"SECRET_KEY": ""},
        {"SECRET_KEY": "short"},
        {"PORTAL_BASE_URL": "http://korpu.example.org"},
        {"PORTAL_DEMO": "1"},
        {"PORTAL_DEMO": "1", "PORTAL_BASE_URL": "http://10.0.0.5:8000"},
        {"PORTAL_PROXIES": "one"},
        {"PORTAL_PROXIES": "-1"},
    ],
)
def test_unsafe_settings_are_refused(wrong: dict[str, str]) -> None:
    with pytest.raises(ConfigError):
        Config.from_env(GOOD | wrong)


def test_production_is_secure() -> None:
    settings: dict[str, Any] = Config.from_env(GOOD).flask()
    assert settings["SESSION_COOKIE_SECURE"] and settings["SESSION_COOKIE_HTTPONLY"]
    assert settings["SESSION_COOKIE_NAME"].startswith("__Host-")
    assert settings["TRUSTED_HOSTS"] == ["korpu.example.org"]
    assert not Config.from_env(GOOD).demo


@pytest.mark.parametrize("address", ["postgres://a/b", "postgresql://a/b"])
def test_addresses_of_postgresql_mean_its_driver(address: str) -> None:
    assert database_url(address) == "postgresql+psycopg://a/b"


def test_a_loopback_address_may_be_a_demonstration() -> None:
    config = Config.from_env({"SECRET_KEY": GOOD["SECRET_KEY"], "PORTAL_DEMO": "1"})
    assert config.demo and not config.secure
