"""What a tool tells everybody from a worker is heard by those who listen to its server, and is no word of its job."""

from typing import Any

from mcp_runtime.contract import keys
from mcp_runtime.contract.announcements import RESOURCE_UPDATED, decode_announcement, resource_updated
from mcp_runtime.contract.jobs import ANNOUNCED, JobEvent
from tenants.jobs.watch import Watch
from tests.fixtures.cast import Cast
from tests.tenants.jobs import ask, claim


def test_an_announcement_names_the_server_of_its_job_and_nobody_elses(cast: Cast, store: Any) -> None:
    heard = []
    with store.pubsub(ignore_subscribe_messages=True) as ear:
        ear.subscribe(keys.ANNOUNCEMENTS)
        ear.get_message(timeout=5)
        for person in (cast.max, cast.gus):
            job, claimed = ask(person), claim()
            ear.subscribe(keys.job_channel(job.id))
            ear.get_message(timeout=5)
            Watch(claimed, begun=lambda: None).publish(
                JobEvent(kind=ANNOUNCED, message=RESOURCE_UPDATED, data="test://mine")
            )
            heard.append((claimed.server_id, ear.get_message(timeout=5)))
    assert len({server for server, _ in heard}) == 2
    for server, message in heard:
        assert message["channel"].decode() == keys.ANNOUNCEMENTS
        assert decode_announcement(message["data"]) == resource_updated(server, "test://mine")
