"""What Django is told of a database is what its DSN says, and what Atrium needs beside."""

import pytest
from django.db import connection

from control_plane.database_settings import described

ENCRYPTED = "postgres://atrium_app:secret@database.example/atrium?sslmode=verify-full"


@pytest.mark.parametrize("process", ["web", "runtime", "worker", "command"])
def test_what_a_dsn_asks_for_reaches_every_kind_of_process(process: str) -> None:
    assert described(ENCRYPTED, process)["OPTIONS"]["sslmode"] == "verify-full"


@pytest.mark.parametrize(("process", "pooled"), [("web", True), ("runtime", True), ("worker", False), ("tools", False)])
def test_a_server_takes_its_connections_from_a_pool(process: str, pooled: bool) -> None:
    assert ("pool" in described(ENCRYPTED, process)["OPTIONS"]) is pooled


def test_settings_of_postgresql_in_a_dsn_go_before_ours() -> None:
    config = described(f"{ENCRYPTED}&options=-c%20idle_in_transaction_session_timeout%3D5s", "web")
    assert config["OPTIONS"]["options"] == "-c idle_in_transaction_session_timeout=5s"


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_a_transaction_that_stands_still_is_ended_by_the_database() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SHOW idle_in_transaction_session_timeout")
        assert cursor.fetchone() == ("20s",)
