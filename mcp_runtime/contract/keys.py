"""Names in Redis, in one place: publishers and readers agree by construction.

A document is a hash `{version, body}`, written by compare-and-set. `body` empty is a tombstone: known to be gone.
Every write appends to the changes stream and rings the bus; the bus carries no truth, it only wakes the readers up.
"""

from typing import Final

PREFIX: Final = "atrium:"

EPOCH: Final = PREFIX + "epoch"
"""A random value set when missing. Another value than last time means that the store was emptied: forget everything."""

CHANGES: Final = PREFIX + "changes"
"""Stream of `{kind, key}`: what was published, in order; readers poll it every second from the last id they saw."""

CHANGES_LENGTH: Final = 20_000
"""The stream keeps about this many entries; a reader that fell further behind forgets everything."""

BUS: Final = PREFIX + "bus"
"""Pub/sub channel: "look at the changes now"."""

CANCELLATIONS: Final = PREFIX + "cancellations"
"""Pub/sub channel: a legacy client cancelled a request that another replica may be running."""

CLIENT_REPLIES: Final = PREFIX + "client-replies"
"""Pub/sub channel: a legacy client replied to a request that a call made of it, or its session ended."""

ANNOUNCEMENTS: Final = PREFIX + "announcements"
"""Pub/sub channel: what a server says without being asked (`contract.announcements`)."""

AUDIT: Final = PREFIX + "audit"
"""Stream of audit batches (field `events`), drained into the database by a worker."""

DAY_SECONDS: Final = 86_400

LIVE: Final = PREFIX + "live"
"""Pub/sub channel for whoever looks at a page: something of a tenant changed (`tenants.publishing.live`)."""

KIND_SERVER: Final = "server"
KIND_CREDENTIAL: Final = "credential"
KIND_SECRET: Final = "secret"  # noqa: S105 - the word, and none
"""A tenant's secret, by the tenant's id and its name. Its document is always a tombstone: that it has changed is told,
and nothing of it."""

KIND_JOB: Final = "job"
"""A row of the outbox that no document belongs to: a worker is to be told that there is work."""


def server_key(tenant: str, server: str) -> str:
    """Key of a server's snapshot, by slugs."""
    return f"{PREFIX}server:{tenant}/{server}"


def credential_key(digest_hex: str) -> str:
    """Key of a credential's record, by the hexadecimal SHA-256 of the secret."""
    return f"{PREFIX}credential:{digest_hex}"


def secret_key(tenant_id: str, name: str) -> str:
    """Key of the mark that a tenant's secret has changed; it holds nothing of the secret."""
    return f"{PREFIX}secret:{secret_document(tenant_id, name)}"


def secret_document(tenant_id: str, name: str) -> str:
    """The name under which changes of a secret are told."""
    return f"{tenant_id}/{name}"


def request_state_key(nonce: str) -> str:
    """Key of the mark that the answers of a `requestState` were taken; it lives as long as the state."""
    return f"{PREFIX}request-state:{nonce}"


def quota_key(tenant_id: str, day: int) -> str:
    """Key of the count of a tenant's calls of one day; `day` counts days of UTC since 1970."""
    return f"{PREFIX}quota:{tenant_id}:{day}"


JOBS_AWAKE: Final = PREFIX + "jobs-awake"
"""List of the worker processes that have just worked and wait for more. Whoever rings takes one off; where there is
none, the bell is rung through the broker."""


def job_bell_channel(process: str) -> str:
    """Pub/sub channel of one worker process: "there is work for you"."""
    return f"{PREFIX}job-bell:{process}"


JOB_ORIGIN_LENGTH: Final = 8
"""Jobs whose ids begin with the same so many digits are spoken of on one channel: those that one replica has made."""


def job_channel(job_id: str) -> str:
    """Pub/sub channel of a job's events (`contract.jobs.JobEvent`), and of those of the same origin."""
    return f"{PREFIX}job:{job_id[:JOB_ORIGIN_LENGTH]}"


def job_control_channel(job_id: str) -> str:
    """Pub/sub channel that the worker of one job hears: "look at the row now", for somebody wants it to stop."""
    return f"{PREFIX}job-control:{job_id}"


def document_key(kind: str, name: str) -> str:
    """Key of the document that a changes entry speaks of; raises ValueError on an unknown kind."""
    if kind == KIND_SERVER:
        return server_key(*name.split("/", 1))
    if kind == KIND_CREDENTIAL:
        return credential_key(name)
    if kind == KIND_SECRET:
        return secret_key(*name.split("/", 1))
    raise ValueError(f"unknown kind of document: {kind}")
