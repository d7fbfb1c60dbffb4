"""Sends mail through the configured server."""

from __future__ import annotations

import smtplib
import ssl
from dataclasses import dataclass
from email.message import EmailMessage
from urllib.parse import unquote, urlsplit

from registry.telling.webhooks import Answer

SECONDS = 20


@dataclass(frozen=True, slots=True)
class Mailer:
    """A mail server (`smtp://`, with STARTTLS where it offers that, or `smtps://`) and whom mail is from."""

    server: str
    sender: str

    def send(self, to: str, subject: str, text: str, message_id: str) -> Answer:
        """Send one mail; whatever goes wrong is the answer."""
        try:
            message = EmailMessage()
            message["From"], message["To"], message["Subject"] = self.sender, to, subject
            message["Message-ID"] = f"<{message_id}@marjaa>"
            message.set_content(text)
            with self._connected() as server:
                server.send_message(message)
        except (OSError, smtplib.SMTPException, ValueError) as error:  # a header of several lines, too
            return Answer(False, f"{type(error).__name__}: {error}"[:500])
        return Answer(True, "accepted by the mail server")

    def _connected(self) -> smtplib.SMTP:
        parts = urlsplit(self.server)
        host, safe = parts.hostname or "localhost", ssl.create_default_context()
        server: smtplib.SMTP
        if parts.scheme == "smtps":
            server = smtplib.SMTP_SSL(host, parts.port or 465, timeout=SECONDS, context=safe)
        else:
            server = smtplib.SMTP(host, parts.port or 25, timeout=SECONDS)
            server.ehlo()
            if server.has_extn("starttls"):
                server.starttls(context=safe)
        if parts.username:
            server.login(unquote(parts.username), unquote(parts.password or ""))
        return server
