"""The accounts at upstreams, for the runtime and for workers: a token that is good now, refreshed once for all."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Final
from uuid import UUID

from django.conf import settings

from egress.door import Door
from mcp_runtime.contract.ports import RecordUnavailable
from mcp_runtime.contract.upstreams import AccountMissing, UpstreamSpec, UpstreamToken, UpstreamUnreachable
from tenants.runtime_ports.database_threads import DatabaseThreads
from tenants.sealing import SealBrokenError
from tenants.services.upstream_tokens import (
    HELD,
    GoodToken,
    NoAccount,
    ToRefresh,
    Usable,
    upstream_account_not_refreshed,
    upstream_account_refreshed,
    upstream_account_use,
    upstream_scopes_want,
)
from tenants.upstream_oauth.asking import Asker
from tenants.upstream_oauth.errors import SignInFailed
from tenants.upstream_oauth.tokens import Tokens, refreshed

KEPT_SECONDS: Final = 2.0
"""For how long a token is not asked for again. An account that is given up is used for no longer than this."""
MOST_KEPT: Final = 2_000
LOOK_AGAIN_SECONDS: Final = 0.1
PATIENCE_SECONDS: Final = 20.0
"""What somebody else's refresh is waited for."""

_WORDS: Final = {
    "none": "{name} is not connected. Connect {whose} account: {url}",
    "expired": "The connection to {name} has expired or was revoked there. Connect {whose} account again: {url}",
    "nobody": "{name} is called with the account of a person, and nobody is behind this call. See {url}",
    "scopes": "{name} asks for more than {whose} account was given. Connect it again: {url}",
}
_REASONS: Final = {"refused_by_egress": "refused_by_egress", "unreachable": "unreachable"}
Key = tuple[str, str, str, str]


@dataclass
class _Kept:
    token: UpstreamToken = field(repr=False)
    until: float


class DatabaseUpstreamAccounts:
    """What the database has, for one process and its event loop. `door` is that loop's."""

    def __init__(self, threads: DatabaseThreads, door: Door, clock: Callable[[], float] = time.monotonic) -> None:
        self._threads = threads
        self._door = door
        self._clock = clock
        self._kept: dict[Key, _Kept] = {}
        self._flights: dict[tuple[Key, str], asyncio.Task[UpstreamToken]] = {}

    async def token(self, upstream: UpstreamSpec, user_id: str | None, *, refused: str = "") -> UpstreamToken:
        """A token that is good now, never the `refused` one. Raises AccountMissing, UpstreamUnreachable,
        RecordUnavailable."""
        key = (upstream.tenant_id, upstream.id, upstream.url, user_id or "" if upstream.auth == "oauth_user" else "")
        kept = self._kept.get(key)
        if kept is not None and kept.until > self._clock() and kept.token.value != refused:
            return kept.token
        flight = self._flights.get((key, refused))
        if flight is None:
            flight = self._flights[key, refused] = asyncio.create_task(self._found(key, upstream, user_id, refused))
            flight.add_done_callback(lambda done: self._landed(key, refused, done))
        # Whoever asked may be gone before the answer: what a refresh brings is kept all the same.
        return await asyncio.shield(flight)

    async def wanting(self, upstream: UpstreamSpec, account: str, scopes: tuple[str, ...]) -> AccountMissing:
        """What to tell the caller where the upstream wants these scopes beyond what a token of this account has (403,
        insufficient_scope). Connecting again asks for them, too. Raises RecordUnavailable."""
        tenant_id, account_id = UUID(upstream.tenant_id), UUID(account)
        want = partial(upstream_scopes_want, tenant_id=tenant_id, account_id=account_id, scopes=scopes)
        return _missing(upstream, await self._threads.ask(want))

    def _landed(self, key: Key, refused: str, done: asyncio.Task[UpstreamToken]) -> None:
        del self._flights[key, refused]
        if not done.cancelled():
            done.exception()  # it was told to whoever still waited

    async def _found(self, key: Key, upstream: UpstreamSpec, user_id: str | None, refused: str) -> UpstreamToken:
        """Look, refresh at most once, and look again; while somebody else refreshes, again and again."""
        ends, has_refreshed = self._clock() + PATIENCE_SECONDS, False
        while True:
            usable = await self._used(upstream, user_id, refused, has_refreshed)
            if isinstance(usable, GoodToken):
                return self._keep(key, usable)
            if isinstance(usable, NoAccount):
                self._kept.pop(key, None)
                raise _missing(upstream, usable)
            if isinstance(usable, ToRefresh):
                await self._refresh(upstream, usable, has_refreshed)
                has_refreshed = True
            elif self._clock() > ends:
                raise UpstreamUnreachable("timeout", f"The account at {upstream.name} is being refreshed for too long.")
            else:
                await asyncio.sleep(LOOK_AGAIN_SECONDS)

    async def _used(self, upstream: UpstreamSpec, user_id: str | None, refused: str, has_refreshed: bool) -> Usable:
        try:
            return await self._threads.ask(lambda: _use(upstream, user_id, refused, has_refreshed))
        except SealBrokenError as error:
            raise UpstreamUnreachable("unauthorized", f"The account at {upstream.name} can't be read.") from error
        except SignInFailed as error:
            raise UpstreamUnreachable("unauthorized", str(error)) from error

    async def _refresh(self, upstream: UpstreamSpec, held: ToRefresh, has_refreshed: bool) -> None:
        asker = Asker(self._door, settings.EGRESS, upstream.tenant_id, upstream.allowance, str(held.account_id))
        try:
            if has_refreshed:
                raise SignInFailed("bad_answer", "What it gave out is no good.")
            tokens = await refreshed(asker, held.endpoint, refresh_token=held.refresh_token)
        except SignInFailed as error:
            is_over = error.reason == "invalid_grant"
            await self._threads.ask(lambda: upstream_account_not_refreshed(held=held, is_over=is_over))
            if not is_over:
                text = f"The account at {upstream.name} could not be refreshed. {error}"
                raise UpstreamUnreachable(_REASONS.get(error.reason, "unauthorized"), text) from error
        else:
            await self._keep_surely(held, tokens)

    async def _keep_surely(self, held: ToRefresh, tokens: Tokens) -> None:
        """The old refresh token may be good no more, so the new one is written as often as it takes. Raises
        RecordUnavailable where the database stays away for longer than the account is held."""
        ends = self._clock() + HELD.total_seconds()
        while True:
            try:
                await self._threads.ask(lambda: upstream_account_refreshed(held=held, tokens=tokens))
            except RecordUnavailable:
                if self._clock() > ends:
                    raise
                await asyncio.sleep(LOOK_AGAIN_SECONDS)
            else:
                return

    def _keep(self, key: Key, good: GoodToken) -> UpstreamToken:
        if len(self._kept) >= MOST_KEPT:
            self._kept.clear()
        token = UpstreamToken(good.value, good.account_id)
        seconds = KEPT_SECONDS if good.good_for is None else min(KEPT_SECONDS, good.good_for)
        self._kept[key] = _Kept(token, self._clock() + seconds)
        return token


def _use(upstream: UpstreamSpec, user_id: str | None, refused: str, has_refreshed: bool) -> Usable:
    return upstream_account_use(
        tenant_id=UUID(upstream.tenant_id),
        upstream_id=UUID(upstream.id),
        url=upstream.url,
        user_id=None if user_id is None else UUID(user_id),
        refused=refused,
        is_new=has_refreshed,
    )


def _missing(upstream: UpstreamSpec, found: NoAccount) -> AccountMissing:
    is_tenants = upstream.auth == "oauth"
    place = f"upstreams/{upstream.id}/account/" if is_tenants else f"accounts/{upstream.id}/"
    url = f"{settings.PUBLIC_URL}/app/{found.tenant}/{place}"
    whose = "the tenant's" if is_tenants else "your"
    return AccountMissing(_WORDS[found.why].format(name=upstream.name, whose=whose, url=url), url)
