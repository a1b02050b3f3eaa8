"""Mail leaves encrypted and signed in where the server offers it; a password is never said in the open."""

from __future__ import annotations

import ssl
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import AuthResult, LoginPassword
from sqlalchemy import select

from config import Config
from portal.db import session
from portal.messages.delivery import deliver_due
from portal.messages.models import Message
from portal.messages.service import Notification, Receiver, notify
from tests.factories import World
from tests.messages.test_delivery import Postbox, Server


@dataclass
class Doorkeeper:
    """Lets one person in, and keeps what it was told."""

    heard: list[tuple[bytes, bool]] = field(default_factory=list)  # password, encrypted

    def __call__(self, _server: Any, the_session: Any, _envelope: Any, _mechanism: str, data: Any) -> AuthResult:
        assert isinstance(data, LoginPassword)
        self.heard.append((data.password, the_session.ssl is not None))
        return AuthResult(success=data == LoginPassword(b"korpu", b"p@ss word"))


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate and key for 127.0.0.1, in one file, that signs itself."""
    path = tmp_path_factory.mktemp("tls") / "server.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
         "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", path, "-out", f"{path}.crt"],
        check=True, capture_output=True,
    )  # fmt: skip
    path.write_bytes(path.read_bytes() + Path(f"{path}.crt").read_bytes())
    return path


@dataclass
class Guarded:
    box: Postbox
    door: Doorkeeper
    port: int

    def config(self, config: Config, host: str = "127.0.0.1", password: str = "p%40ss%20word") -> Config:
        return replace(config, smtp_url=f"smtp://korpu:{password}@{host}:{self.port}")


def serve(host: str, context: ssl.SSLContext | None) -> Iterator[Guarded]:
    box, door = Postbox(), Doorkeeper()
    server = Server(
        box, hostname=host, port=0, tls_context=context, authenticator=door, auth_require_tls=False
    )  # fmt: skip
    server.start()
    yield Guarded(box, door, server.port)
    server.stop()


@pytest.fixture
def encrypted(certificate: Path) -> Iterator[Guarded]:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    yield from serve("127.0.0.1", context)


@pytest.fixture
def in_the_open() -> Iterator[Guarded]:
    """On an address that does not count as this machine itself."""
    yield from serve("127.0.0.2", None)


def send(world: World, config: Config) -> Message:
    notify(
        [Receiver(world.manager.id, world.manager.email, "en")], Notification("account.known", {}, "/sign-in"), "test"
    )
    session.commit()
    deliver_due(config)
    session.expire_all()
    return session.scalars(select(Message)).one()


def test_mail_goes_encrypted_and_signed_in(
    world: World, config: Config, encrypted: Guarded, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", f"{certificate}.crt")
    sent = send(world, encrypted.config(config))
    assert sent.sent_at is not None, sent.problem
    assert encrypted.door.heard == [(b"p@ss word", True)] and len(encrypted.box.got) == 1


def test_a_server_with_a_wrong_certificate_gets_no_mail(world: World, config: Config, encrypted: Guarded) -> None:
    kept = send(world, encrypted.config(config))
    assert kept.sent_at is None and kept.next_try_at is not None and "CERTIFICATE" in kept.problem
    assert encrypted.door.heard == []


def test_a_password_is_never_sent_unencrypted(world: World, config: Config, in_the_open: Guarded) -> None:
    kept = send(world, in_the_open.config(config, "127.0.0.2"))
    assert kept.next_try_at is not None and "NotEncrypted" in kept.problem
    assert in_the_open.door.heard == []
