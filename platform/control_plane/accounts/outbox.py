"""The development outbox: mail that leaves nowhere, kept in the data directory of an embedded installation."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from time import time_ns
from typing import Final
from uuid import uuid4

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.http import HttpRequest
from django.utils import timezone

from control_plane.health.access import is_local

MOST_KEPT: Final = 100


@dataclass(frozen=True, slots=True)
class KeptMail:
    """A mail as the outbox shows it."""

    to: str
    subject: str
    text: str
    sent_at: datetime


class OutboxBackend(BaseEmailBackend):
    """Django's backend for mail, writing one file per mail and keeping the newest hundred."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Keep them; how many."""
        folder = _folder()
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for message in email_messages:
            document = {
                "to": ", ".join(message.to),
                "subject": message.subject,
                "text": str(message.body),
                "sent_at": timezone.now().isoformat(),
            }
            draft = folder / f"{uuid4().hex}.new"
            draft.write_text(json.dumps(document), encoding="utf-8")
            draft.replace(folder / f"{time_ns():020d}.json")
        for old in _files(folder)[MOST_KEPT:]:
            old.unlink(missing_ok=True)
        return len(email_messages)


def outbox_mails() -> list[KeptMail]:
    """The mails that are kept, newest first."""
    documents = [json.loads(path.read_text(encoding="utf-8")) for path in _files(_folder())]
    return [KeptMail(**{**each, "sent_at": datetime.fromisoformat(each["sent_at"])}) for each in documents]


def is_outbox_shown(request: HttpRequest) -> bool:
    """True at this machine itself, where mail is kept in the outbox."""
    return bool(settings.OUTBOX) and is_local(request)


def _folder() -> Path:
    return Path(settings.DATA_DIR) / "outbox"


def _files(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.json"), reverse=True)
