"""The bell: "there is work", said to Celery's workers. It names no job: who hears it claims whichever is next.

The message is Celery's own (its message protocol, version 2), sent with kombu alone: a runtime rings too, and loads no
Celery for that.
"""

from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any, Final
from uuid import uuid4

from django.conf import settings
from kombu.connection import Connection
from kombu.exceptions import OperationalError
from kombu.pools import producers

from tenants.publishing.store import ANSWER_SECONDS, CONNECT_SECONDS

QUEUE: Final = "tools"
TASK: Final = "tenants.job_run"

LIFETIME: Final = timedelta(hours=1)
"""A bell that nobody heard for so long is dropped; who looks after the queue rings anew while there is work."""

_NO_ARGUMENTS: Final[tuple[Any, ...]] = ((), {}, {"callbacks": None, "errbacks": None, "chain": None, "chord": None})


@cache
def _broker(url: str) -> Any:
    times = {"socket_connect_timeout": CONNECT_SECONDS, "socket_timeout": ANSWER_SECONDS}
    # Without `max_retries`, kombu tries again and sleeps for seconds before it says that nobody answers.
    options = {**settings.CELERY_BROKER_TRANSPORT_OPTIONS, **times, "max_retries": 0}
    return Connection(url, transport_options=options, connect_timeout=CONNECT_SECONDS)  # type: ignore[no-untyped-call]


def ring(times: int = 1) -> None:
    """Ring so often, once for each job that waits. Raises what `STORE_DOWN` names where the broker can't be reached."""
    with producers[_broker(settings.CELERY_BROKER_URL)].acquire(block=True) as producer:
        for _ in range(times):
            _publish(producer)


def _publish(producer: Any) -> None:
    number = str(uuid4())
    headers = {
        "lang": "py",
        "task": TASK,
        "id": number,
        "root_id": number,
        "expires": (datetime.now(UTC) + LIFETIME).isoformat(),
        "retries": 0,
        "timelimit": [None, None],
        "argsrepr": "()",
        "kwargsrepr": "{}",
        "origin": "atrium",
        "ignore_result": True,
    }
    try:
        producer.publish(
            _NO_ARGUMENTS,
            exchange="",
            routing_key=QUEUE,
            serializer="json",
            headers=headers,
            correlation_id=number,
            retry=False,
        )
    except OperationalError as error:
        raise ConnectionError("the broker can't be reached") from error
