"""Settings: unsafe ones are refused with a message that says what to do."""

from __future__ import annotations

from pathlib import Path

import pytest

from config import Config, ConfigError, database_url

KEY = "k" * 32
SAFE = {"SECRET_KEY": KEY, "PORTAL_BASE_URL": "https://exchange.example.org"}


def read(**changes: str) -> Config:
    return Config.from_env(SAFE | changes)


def test_the_safe_settings_are_taken() -> None:
    config = read(DATABASE_URL="postgres://portal@db/portal", PORTAL_VAR="/srv/korpu", PORTAL_PROXIES=" 1 ")
    assert (config.secure, config.demo, config.host) == (True, False, "exchange.example.org")
    assert (config.database_url, config.proxies) == ("postgresql+psycopg://portal@db/portal", 1)
    assert config.var == Path("/srv/korpu")


def test_without_any_setting_only_the_key_is_missing() -> None:
    with pytest.raises(ConfigError, match="SECRET_KEY"):
        Config.from_env({})
    config = Config.from_env({"SECRET_KEY": KEY})
    assert not config.demo and config.host == "127.0.0.1"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SECRET_KEY", "too short"),
        ("PORTAL_DEMO", "1"),  # its passwords are known, so it stays on loopback addresses
        ("PORTAL_BASE_URL", "http://exchange.example.org"),  # sign-ins would cross the network in the clear
        ("PORTAL_BASE_URL", "exchange.example.org"),
        ("PORTAL_BASE_URL", "https://"),
        ("PORTAL_BASE_URL", "https://[::1"),
        ("PORTAL_BASE_URL", "https://exchange.example.org:99999"),
        ("PORTAL_BASE_URL", "https://exchange.example.org/portal"),
        ("PORTAL_PROXIES", "one"),
        ("PORTAL_PROXIES", "-1"),
        ("PORTAL_PROXIES", "1.5"),
        ("PORTAL_PROXIES", "²"),
        ("DATABASE_URL", "mysql://portal@db/portal"),
        ("DATABASE_URL", "korpu.sqlite3"),
        ("PORTAL_SMTP_URL", "mail.example.org"),
        ("PORTAL_SMTP_URL", "https://mail.example.org"),
        ("PORTAL_SMTP_URL", "smtp://mail.example.org:mail"),
    ],
)
def test_a_bad_setting_is_refused_by_its_name(name: str, value: str) -> None:
    with pytest.raises(ConfigError, match=name):
        read(**{name: value})


@pytest.mark.parametrize("more", [{}, {"PORTAL_TRUSTED_HOSTS": "localhost, 127.0.0.1"}])
def test_the_demonstration_runs_on_this_machine(more: dict[str, str]) -> None:
    assert read(PORTAL_DEMO="1", PORTAL_BASE_URL="http://127.0.0.1:8000", **more).demo


def test_the_demonstration_answers_loopback_host_names_only() -> None:
    with pytest.raises(ConfigError, match="PORTAL_TRUSTED_HOSTS"):
        read(PORTAL_DEMO="1", PORTAL_BASE_URL="http://localhost:8000", PORTAL_TRUSTED_HOSTS="exchange.example.org")


def test_the_folder_is_made_or_its_setting_named(tmp_path: Path) -> None:
    read(PORTAL_VAR=str(tmp_path / "new" / "var")).prepare()
    assert (tmp_path / "new" / "var").is_dir()
    (tmp_path / "file").touch()
    with pytest.raises(ConfigError, match="PORTAL_VAR"):
        read(PORTAL_VAR=str(tmp_path / "file" / "var")).prepare()


@pytest.mark.parametrize("given", ["", "0", "true", "yes"])
def test_demo_is_on_for_the_value_1_only(given: str) -> None:
    assert not read(PORTAL_DEMO=given).demo


def test_cookies_belong_to_the_secure_host_alone() -> None:
    settings = read().flask()
    assert settings["SESSION_COOKIE_NAME"].startswith("__Host-")
    assert settings["SESSION_COOKIE_SECURE"] and settings["SESSION_COOKIE_HTTPONLY"]
    assert settings["SESSION_COOKIE_SAMESITE"] == "Lax"


def test_hosts_are_those_that_were_named() -> None:
    assert read(PORTAL_TRUSTED_HOSTS=" old.example.org ,,").flask()["TRUSTED_HOSTS"] == [
        "old.example.org",
        "exchange.example.org",
    ]


@pytest.mark.parametrize("given", ["postgres://u@h/d", "postgresql://u@h/d", "postgresql+psycopg://u@h/d"])
def test_every_way_to_write_postgresql_means_psycopg(given: str) -> None:
    assert database_url(given) == "postgresql+psycopg://u@h/d"
