"""The work that spans tenants. Each context is the platform's scope, named after the one purpose it is opened for.

This file and `across_tenants.py` are the only ones that open it; a test holds the list of who may open which.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from tenants.scope import platform_scope


@contextmanager
def publishing_scope() -> Iterator[None]:
    """For the outbox: read what changed, build it, take it off the list."""
    with platform_scope("publishing"):
        yield


@contextmanager
def reconciling_scope() -> Iterator[None]:
    """For comparing what is published with what should be, and for mending it."""
    with platform_scope("reconcile"):
        yield


@contextmanager
def audit_scope() -> Iterator[None]:
    """For writing a batch of calls, which come from many tenants."""
    with platform_scope("audit"):
        yield


@contextmanager
def retention_scope() -> Iterator[None]:
    """For removing what is past its time."""
    with platform_scope("retention"):
        yield


@contextmanager
def job_queue_scope() -> Iterator[None]:
    """For looking over all that waits and runs: which tenant's job is next, and how the queue is."""
    with platform_scope("job queue"):
        yield


@contextmanager
def job_reaping_scope() -> Iterator[None]:
    """For finding the jobs whose workers were lost."""
    with platform_scope("job reaping"):
        yield


@contextmanager
def job_endings_scope() -> Iterator[None]:
    """For asking which of the jobs that somebody waits for have ended, whosever they are."""
    with platform_scope("job endings"):
        yield


@contextmanager
def key_turning_scope() -> Iterator[None]:
    """For finding the tenants whose data keys are turned; each is turned in its own scope."""
    with platform_scope("key turning"):
        yield


@contextmanager
def account_scope() -> Iterator[None]:
    """For what a change of a person's account means in all of their tenants."""
    with platform_scope("account"):
        yield


@contextmanager
def operator_scope() -> Iterator[None]:
    """For the operator's admin."""
    with platform_scope("operator"):
        yield


@contextmanager
def oauth_scope() -> Iterator[None]:
    """For django-oauth-toolkit's own queries, within the OAuth endpoints."""
    with platform_scope("oauth"):
        yield


@contextmanager
def upstream_reading_scope() -> Iterator[None]:
    """For finding the upstreams whose turn it is to be read; each is read in its tenant's scope."""
    with platform_scope("upstream reading"):
        yield
