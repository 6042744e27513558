"""Reads everything that an upstream lists, for a thread that has no event loop: a page's, or a task's."""

import asyncio
from collections.abc import Callable, Mapping
from typing import Any, Final

from egress.door import Door
from mcp_runtime.contract.secret_values import SecretValue
from mcp_runtime.contract.upstreams import UpstreamOffer, UpstreamSpec, UpstreamToken, UpstreamUnreachable
from mcp_runtime.upstreams.channel import Channel
from mcp_runtime.upstreams.confidence import Confidence
from mcp_runtime.upstreams.connection import Connection
from mcp_runtime.upstreams.credentials import Credentials, given_headers
from mcp_runtime.upstreams.errors import ScopesWanted, SessionLost, Unauthorized
from mcp_runtime.upstreams.first_words import connect
from mcp_runtime.upstreams.listed import KINDS, PROMPTS, RESOURCES, TEMPLATES, TOOLS, Budget
from mcp_runtime.upstreams.listing import read_list
from mcp_runtime.upstreams.turn import EVERYTHING

SECONDS: Final = 60.0
INSTRUCTIONS_LENGTH: Final = 16_384


class BlockingReader:
    """Implements `mcp_runtime.contract.upstreams.UpstreamReader`. `door` makes a way out without a pool."""

    def __init__(self, door: Callable[[], Door], *, seconds: float = SECONDS) -> None:
        self._door, self._seconds = door, seconds

    def read(self, upstream: UpstreamSpec, headers: Mapping[str, str], token: UpstreamToken | None) -> UpstreamOffer:
        """See the port. Raises RuntimeError where an event loop is running."""
        return asyncio.run(self._read(upstream, headers, token))

    async def _read(
        self, upstream: UpstreamSpec, headers: Mapping[str, str], token: UpstreamToken | None
    ) -> UpstreamOffer:
        credentials = _credentials(upstream, headers, token)
        try:
            async with asyncio.timeout(self._seconds):
                connection = await connect(
                    Channel(self._door(), upstream), credentials, dict(EVERYTHING), era=upstream.era
                )
                try:
                    return await _offer(connection, credentials)
                finally:
                    await connection.end(credentials)
        except TimeoutError as error:
            text = f"The upstream server did not list everything within {self._seconds:g} s."
            raise UpstreamUnreachable("timeout", text) from error
        except Unauthorized as error:
            raise UpstreamUnreachable("unauthorized", "The upstream server answered 401.") from error
        except ScopesWanted as error:
            raise UpstreamUnreachable("forbidden", "The upstream server wants more scopes.") from error
        except SessionLost as error:
            raise UpstreamUnreachable("protocol", "The upstream server forgets its sessions.") from error
        except UpstreamUnreachable as error:
            if Confidence(credentials.values).repeated_in(str(error)):
                raise UpstreamUnreachable(error.reason, "The upstream server refused.") from None
            raise


async def _offer(connection: Connection, credentials: Credentials) -> UpstreamOffer:
    budget, agreed = Budget(), connection.agreed
    lists: dict[str, tuple[dict[str, Any], ...]] = {}
    for what in KINDS:
        lists[what] = (await read_list(connection, credentials, what, budget)).definitions
    return UpstreamOffer(
        server_info=agreed.server_info,
        instructions=agreed.instructions[:INSTRUCTIONS_LENGTH],
        protocol_version=agreed.version,
        capabilities=agreed.capabilities,
        tools=lists[TOOLS],
        resources=lists[RESOURCES],
        templates=lists[TEMPLATES],
        prompts=lists[PROMPTS],
    )


def _credentials(upstream: UpstreamSpec, headers: Mapping[str, str], token: UpstreamToken | None) -> Credentials:
    given = given_headers(tuple(headers.items()))
    values = tuple(SecretValue(name, 0, value) for name, value in given)
    if token is None:
        return Credentials(given, values)
    kept = tuple((name, value) for name, value in given if name.lower() != "authorization")
    secret = SecretValue("upstream_token", 0, token.value)
    authorization = ("Authorization", f"Bearer {token.value}")
    return Credentials((*kept, authorization), (*values, secret), token.account, token.value)
