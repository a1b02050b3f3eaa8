"""Sends a mail by SMTP where `PORTAL_SMTP_URL` is set, else writes it to `var/mail/*.eml`."""

from __future__ import annotations

import os
import smtplib
import ssl
import tempfile
from collections.abc import Callable
from email.message import EmailMessage
from email.utils import parseaddr
from pathlib import Path
from urllib.parse import SplitResult, unquote, urlsplit

from config import LOOPBACK, Config

TIMEOUT = 20  # seconds to wait for one reply of the server
Send = Callable[[EmailMessage], None]


class NotEncrypted(smtplib.SMTPException):
    """The server offers no encryption, so the password was not sent to it."""


def sender(config: Config) -> Send:
    """A function that sends one mail; it raises OSError (SMTPException is one) where that fails."""
    return _smtp(urlsplit(config.smtp_url)) if config.smtp_url else _files(config.var / "mail")


def _smtp(url: SplitResult) -> Send:
    def send(mail: EmailMessage) -> None:
        with connect(url) as server:
            server.send_message(mail, to_addrs=[parseaddr(str(mail["To"]))[1]])

    return send


def connect(url: SplitResult) -> smtplib.SMTP:
    """A connection to the server of `url`, encrypted where the server offers it, signed in where `url` names a user.

    Raises NotEncrypted: a password would be sent unencrypted; OSError.
    """
    host, context = url.hostname or "localhost", ssl.create_default_context()
    if url.scheme == "smtps":
        server: smtplib.SMTP = smtplib.SMTP_SSL(host, url.port or 465, timeout=TIMEOUT, context=context)
    else:
        server = smtplib.SMTP(host, url.port or 25, timeout=TIMEOUT)
    try:
        _greet(server, url, context)
    except BaseException:
        server.close()
        raise
    return server


def _greet(server: smtplib.SMTP, url: SplitResult, context: ssl.SSLContext) -> None:
    server.ehlo_or_helo_if_needed()
    encrypted = url.scheme == "smtps"
    if not encrypted and server.has_extn("starttls"):
        server.starttls(context=context)
        encrypted = True
    if url.username:
        if not encrypted and url.hostname not in LOOPBACK:
            raise NotEncrypted("the server offers no encryption, so the password was not said to it")
        server.login(unquote(url.username), unquote(url.password or ""))


def _files(folder: Path) -> Send:
    def send(mail: EmailMessage) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        name = str(mail["Message-ID"]).strip("<>").partition("@")[0]
        with tempfile.NamedTemporaryFile(dir=folder, delete=False) as file:
            file.write(mail.as_bytes())
        os.replace(file.name, folder / f"{name}.eml")

    return send
