"""A session lasts fourteen days from its last use."""

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from control_plane.accounts.sliding_sessions import KEY
from control_plane.tasks import sessions_clear
from tenants.models import User
from tests.fixtures.cast import Cast


def age(client: Client, days: int) -> None:
    """Make the session as old as if nobody had used it for so long."""
    session = client.session
    session[KEY] = int((timezone.now() - timedelta(days=days)).timestamp())
    session.save()
    Session.objects.update(expire_date=timezone.now() + timedelta(days=14 - days))


def days_left() -> int:
    return (Session.objects.get().expire_date - timezone.now() + timedelta(hours=1)).days


@pytest.mark.parametrize(("unused", "left"), [(13, 14), (2, 14)])
def test_use_moves_the_end(cast: Cast, unused: int, left: int) -> None:
    client = Client()
    client.force_login(cast.ada.user)
    age(client, unused)
    answer = client.get("/app/")
    assert days_left() == left
    assert answer.cookies["atrium-session"]["max-age"] == 14 * 86400


def test_most_requests_write_nothing(cast: Cast) -> None:
    client = Client()
    client.force_login(cast.ada.user)
    for _ in range(3):
        assert "atrium-session" not in client.get("/app/").cookies


def test_a_visitor_gets_no_session_by_looking(db: None) -> None:
    assert "atrium-session" not in Client().get("/accounts/login/").cookies
    assert not Session.objects.exists()


def test_what_has_ended_is_removed_and_what_has_not_stays(cast: Cast) -> None:
    for person in (cast.ada, cast.max):
        Client().force_login(person.user)
    Session.objects.filter(pk=Session.objects.first().pk).update(expire_date=timezone.now())  # type: ignore[union-attr]
    sessions_clear()
    assert Session.objects.count() == 1


def test_a_session_of_somebody_who_signed_in_long_ago_is_moved_too(cast: Cast) -> None:
    client = Client()
    client.force_login(cast.ada.user)
    User.objects.update(last_login=timezone.now() - timedelta(days=5))
    Session.objects.update(expire_date=timezone.now() + timedelta(days=9))
    client.get("/app/")
    assert days_left() == 14
