"""Mail of an embedded installation that nobody told where to send it."""

from pathlib import Path
from typing import Any

import pytest
from django.core import mail
from django.core.mail import EmailMessage
from django.test import Client

from control_plane.accounts.outbox import MOST_KEPT, outbox_mails

HERE, ELSEWHERE = "127.0.0.1", "198.51.100.7"
BACKEND = "control_plane.accounts.outbox.OutboxBackend"


@pytest.fixture
def embedded(settings: Any, tmp_path: Path) -> Any:
    settings.OUTBOX, settings.DATA_DIR, settings.EMAIL_BACKEND = True, tmp_path, BACKEND
    return settings


def send(number: int) -> None:
    text = f"Open this.\n\nhttp://127.0.0.1:8000/invitations/{number}\n\n<script>alert(1)</script>"
    EmailMessage(f"Mail {number}", text, to=["ada@acme.test"]).send()


def shown(address: str, **headers: str) -> Any:
    return Client(REMOTE_ADDR=address).get("/outbox/", headers=headers)


def test_this_machine_reads_the_newest_first(embedded: Any) -> None:
    send(1)
    send(2)
    assert [kept.subject for kept in outbox_mails()] == ["Mail 2", "Mail 1"]
    page = shown(HERE)
    text = page.content.decode()
    assert 'href="http://127.0.0.1:8000/invitations/2"' in text
    assert "<script>alert" not in text
    assert "no-store" in page["Cache-Control"]
    assert mail.outbox == []


def test_the_newest_hundred_are_kept(embedded: Any, tmp_path: Path) -> None:
    for number in range(MOST_KEPT + 5):
        send(number)
    kept = outbox_mails()
    assert (len(kept), kept[0].subject, kept[-1].subject) == (100, "Mail 104", "Mail 5")
    assert len(list((tmp_path / "outbox").iterdir())) == 100
    assert (tmp_path / "outbox").stat().st_mode & 0o077 == 0


def test_nobody_else_finds_the_page(embedded: Any) -> None:
    send(1)
    nowhere = Client().get("/nowhere/")
    for answer in (shown(ELSEWHERE), shown(HERE, **{"X-Forwarded-For": ELSEWHERE}), shown("")):
        assert (answer.status_code, len(answer.content)) == (404, len(nowhere.content))


def test_there_is_none_where_mail_is_sent(embedded: Any) -> None:
    embedded.OUTBOX = False
    assert shown(HERE).status_code == 404


@pytest.mark.django_db
@pytest.mark.parametrize(("address", "offered"), [(HERE, True), (ELSEWHERE, False)])
def test_pages_lead_there_only_from_this_machine(embedded: Any, address: str, offered: bool) -> None:
    page = Client(REMOTE_ADDR=address).get("/accounts/password/reset/done/").content.decode()
    assert ("/outbox/" in page) is offered


def test_a_mail_server_that_is_away_stops_nobody(settings: Any, db: None) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    form = {"email": "nora@north.test", "password1": "three wandering storks"}
    assert Client(REMOTE_ADDR=ELSEWHERE).post("/accounts/signup/", form)["Location"] == "/start/"
