"""What the web process asks upstreams and their authorization servers about accounts, and what reads them with one."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore
from typing import Any, Final
from uuid import UUID

from django.conf import settings

from control_plane.egress_audit import denials_kept
from control_plane.rates import is_too_often
from egress.denials import Report
from egress.door import Door
from egress.guard import Outside
from mcp_runtime.contract.upstreams import AccountMissing, UpstreamSpec, UpstreamToken
from mcp_runtime.replica.egress_denials import EgressDenials
from tenants.actor import Actor
from tenants.errors import LimitReachedError, UnavailableError
from tenants.models import Tenant, UpstreamAccount, UpstreamAuthorization
from tenants.runtime_ports.database_threads import DatabaseThreads
from tenants.runtime_ports.upstream_accounts import DatabaseUpstreamAccounts
from tenants.services.upstream_authorizations import upstream_authorization_discover
from tenants.services.upstream_sign_ins import upstream_sign_in_complete

AT_ONCE: Final = 4
"""How many sign-ins this process sees to at a time: a few slow servers would hold every thread."""
MOST: Final = 60
WITHIN: Final = 600
"""How often a tenant may have servers asked, within so many seconds."""

_LOGGED: Final = EgressDenials(Counter())

free_slots = BoundedSemaphore(AT_ONCE)

outside: "Outside | None" = None
"""What lies between here and upstreams; None is the network. Tests put another in its place."""


def upstream_door(report: Report = _LOGGED) -> Door:
    """The way out of a thread of the web process. It keeps no connection."""
    return Door(installation=settings.EGRESS, outside=outside, report=report)


def authorization_looked_up(*, tenant: Tenant, actor: Actor, upstream_id: UUID) -> UpstreamAuthorization:
    """How an upstream is signed in to, asked anew. Open no scope around it. Raises as
    `upstream_authorization_discover` does, LimitReachedError, UnavailableError."""
    with _one_of_few(tenant), denials_kept(tenant=tenant, actor=actor) as report:
        which: dict[str, Any] = {"tenant": tenant, "actor": actor, "upstream_id": upstream_id}
        return upstream_authorization_discover(**which, door=upstream_door(report), anew=True)


def sign_in_completed(*, tenant: Tenant, actor: Actor, parameters: dict[str, str]) -> UpstreamAccount:
    """The account that somebody brings back. Raises as `upstream_sign_in_complete` does, LimitReachedError,
    UnavailableError."""
    with _one_of_few(tenant), denials_kept(tenant=tenant, actor=actor) as report:
        return upstream_sign_in_complete(tenant=tenant, actor=actor, parameters=parameters, door=upstream_door(report))


class AccountsForReading:
    """The accounts, for whoever reads an upstream by itself: each asks on an event loop of its own."""

    async def token(self, upstream: UpstreamSpec, user_id: str | None, *, refused: str = "") -> UpstreamToken:
        """As the port says. Raises AccountMissing, UpstreamUnreachable, RecordUnavailable."""
        return await self._accounts().token(upstream, user_id, refused=refused)

    async def wanting(self, upstream: UpstreamSpec, account: str, scopes: tuple[str, ...]) -> AccountMissing:
        """As the port says. Raises RecordUnavailable."""
        return await self._accounts().wanting(upstream, account, scopes)

    def _accounts(self) -> DatabaseUpstreamAccounts:
        return DatabaseUpstreamAccounts(_threads, upstream_door())


_threads: Final = DatabaseThreads()
accounts_for_reading: Final = AccountsForReading()
"""What the setting UPSTREAM_ACCOUNTS names."""


@contextmanager
def _one_of_few(tenant: Tenant) -> Iterator[None]:
    if is_too_often("upstream-sign-in", str(tenant.pk), most=MOST, seconds=WITHIN):
        words = f"At most {MOST} sign-ins to upstreams are looked up in {WITHIN // 60} minutes. Try again later."
        raise LimitReachedError(words, limit="upstream_sign_ins", maximum=MOST)
    if not free_slots.acquire(blocking=False):
        raise UnavailableError("Several upstreams are being asked just now. Try again in a few seconds.")
    try:
        yield
    finally:
        free_slots.release()
