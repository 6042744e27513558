"""Anybody may learn whether Atrium is up; what it consists of is for operators."""

import time
from typing import Any

import pytest
from django.test import Client

from control_plane.health.heartbeat import process_is_alive
from control_plane.health.workers import Worker, worker_says, worker_was_deaf
from tests.fixtures.cast import Person
from tests.tenants.jobs import ask, claim

pytestmark = pytest.mark.django_db

ELSEWHERE = {"REMOTE_ADDR": "203.0.113.9"}


@pytest.fixture
def up(store: Any) -> None:
    process_is_alive("worker")
    process_is_alive("tools")
    process_is_alive("beat")


def test_alive_needs_nothing(client: Client) -> None:
    assert client.get("/livez", **ELSEWHERE).status_code == 200


def test_ready_with_database_and_store(client: Client, store: Any) -> None:
    response = client.get("/readyz", **ELSEWHERE)
    assert (response.status_code, response.content) == (200, b"ok\n")


def test_not_ready_without_the_store_and_without_a_word_more(client: Client) -> None:
    response = client.get("/readyz", **ELSEWHERE)
    assert (response.status_code, response.content) == (503, b"not ready\n")


@pytest.mark.usefixtures("up")
def test_details_name_every_part(client: Client) -> None:
    body = client.get("/health").json()
    assert body["ready"] is True
    assert [(part["name"], part["ok"]) for part in body["parts"]] == [
        ("database", True),
        ("store", True),
        ("worker", True),
        ("tools", True),
        ("beat", True),
    ]


def test_details_name_what_is_missing(client: Client, store: Any) -> None:
    process_is_alive("beat")
    response = client.get("/health")
    assert response.status_code == 503
    assert [part["name"] for part in response.json()["parts"] if not part["ok"]] == ["worker", "tools"]


def test_details_hold_no_address(client: Client, settings: Any) -> None:
    settings.REDIS_URL = "redis://:hush@127.0.0.1:1/0"
    response = client.get("/health")
    assert response.status_code == 503
    assert "hush" not in response.content.decode()
    assert "127.0.0.1" not in response.content.decode()


@pytest.mark.parametrize("path", ["/health", "/metrics", "/metrics/jobs"])
class TestDetails:
    """Who sees /health and /metrics."""

    def test_from_this_machine(self, client: Client, store: Any, path: str) -> None:
        assert client.get(path).status_code in (200, 503)

    def test_not_from_elsewhere(self, client: Client, path: str) -> None:
        assert client.get(path, **ELSEWHERE).status_code == 404

    def test_not_through_a_proxy_that_nobody_trusts(self, client: Client, path: str) -> None:
        assert client.get(path, HTTP_X_FORWARDED_FOR="127.0.0.1").status_code == 404

    def test_with_the_token_from_anywhere(self, client: Client, settings: Any, store: Any, path: str) -> None:
        settings.METRICS_TOKEN = "a-token-for-metrics"
        response = client.get(path, HTTP_AUTHORIZATION="Bearer a-token-for-metrics", **ELSEWHERE)
        assert response.status_code in (200, 503)

    @pytest.mark.parametrize("header", ["", "Bearer wrong", "Basic a-token-for-metrics", "Bearer "])
    def test_not_without_it_where_there_is_one(self, client: Client, settings: Any, path: str, header: str) -> None:
        settings.METRICS_TOKEN = "a-token-for-metrics"
        assert client.get(path, HTTP_AUTHORIZATION=header).status_code == 404


def said(name: str, busy: int, seconds_ago: float = 0.0) -> Worker:
    seen_at = time.time() - seconds_ago
    return Worker(name=name, queues=["tools"], processes=4, busy=busy, started_at=seen_at, seen_at=seen_at)


def test_queue_and_workers_are_told_as_they_are(client: Client, ada: Person, gus: Person, store: Any) -> None:
    ask(ada)
    ask(gus)
    claim()
    worker_says(said("tools@one", busy=1))
    worker_says(said("tools@gone", busy=4, seconds_ago=60))
    worker_was_deaf()

    text = client.get("/metrics/jobs").content.decode()
    told = dict(line.rsplit(" ", 1) for line in text.splitlines() if not line.startswith("#"))
    assert float(told["atrium_jobs_queued"]) == float(told["atrium_jobs_running"]) == 1
    assert float(told["atrium_jobs_eligible"]) == 1
    assert float(told["atrium_jobs_expired_leases"]) == 0
    assert float(told["atrium_jobs_oldest_eligible_seconds"]) > 0
    assert [line for line in told if "worker=" in line and "busy" in line] == [
        'atrium_worker_processes_busy{queues="tools",worker="tools@one"}'
    ]
    assert float(told["atrium_workers_deaf_total"]) == 1

    health = client.get("/health").json()
    assert (health["jobs"]["queued"], health["jobs"]["running"]) == (1, 1)
    assert [(worker["name"], worker["busy"]) for worker in health["workers"]] == [("tools@one", 1)]


def test_the_queue_is_told_without_a_store(client: Client, ada: Person) -> None:
    ask(ada)
    text = client.get("/metrics/jobs").content.decode()
    assert "atrium_jobs_queued 1.0" in text
    assert "atrium_worker" not in text
    assert client.get("/health").json()["workers"] is None
