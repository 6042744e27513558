"""What an upstream is shown: headers with secrets filled in, a token of an account there; never the client's own."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

from egress.outgoing import Headers
from mcp_runtime.contract.secret_references import SecretMissing, secrets_filled, secrets_named
from mcp_runtime.contract.secret_values import SecretValue
from mcp_runtime.contract.upstreams import UpstreamAccounts, UpstreamSpec, UpstreamUnreachable

ReadSecret = Callable[[str, str], Awaitable[SecretValue | None]]
"""The secret of a tenant by name; see the port SecretVault."""

WITH_ACCOUNT: Final = frozenset({"oauth", "oauth_user"})
NOT_THE_TENANTS: Final = frozenset(
    ("accept", "content-type", "last-event-id", "mcp-method", "mcp-name", "mcp-protocol-version", "mcp-session-id")
)
"""Headers of the protocol: whatever a tenant writes under these names is not sent."""


@dataclass(frozen=True, slots=True)
class Credentials:
    """For one request. `values` are all that must not come back. `account` names whose they are: what is kept between
    requests is kept by it. `token` is the upstream's access token, empty where there is none."""

    headers: Headers = ()
    values: tuple[SecretValue, ...] = ()
    account: str = ""
    token: str = ""

    @property
    def secret_headers(self) -> frozenset[str]:
        """The names of the headers that carry them, in lower case."""
        return frozenset(name.lower() for name, _ in self.headers)

    def __repr__(self) -> str:
        return f"Credentials(account={self.account!r})"


class CredentialsSource:
    """Reads them anew for each request: a secret that was rotated counts from the next one on."""

    def __init__(self, secret: ReadSecret, accounts: UpstreamAccounts) -> None:
        self._secret, self._accounts = secret, accounts

    async def read(self, upstream: UpstreamSpec, user_id: str | None, *, refused: str = "") -> Credentials:
        """For this upstream and user. Raises SecretMissing, SecretUnreadable, AccountMissing, UpstreamUnreachable,
        RecordUnavailable."""
        values = {name: await self._value(upstream.tenant_id, name) for name in _named(upstream)}
        headers = given_headers(
            tuple((name, secrets_filled(text, lambda each: values[each].reveal())) for name, text in upstream.headers)
        )
        if upstream.auth not in WITH_ACCOUNT:
            return Credentials(headers, tuple(values.values()))
        token = await self._accounts.token(upstream, user_id, refused=refused)
        value = SecretValue("upstream_token", 0, token.value)
        return Credentials(
            (*_without_authorization(headers), ("Authorization", f"Bearer {token.value}")),
            (*values.values(), value),
            token.account,
            token.value,
        )

    async def wanting(self, upstream: UpstreamSpec, credentials: Credentials, scopes: tuple[str, ...]) -> Exception:
        """What to raise where a token has too few scopes. Raises RecordUnavailable."""
        if not credentials.token:
            return UpstreamUnreachable("forbidden", "The upstream server wants more scopes than its credential has.")
        return await self._accounts.wanting(upstream, credentials.account, scopes)

    async def _value(self, tenant_id: str, name: str) -> SecretValue:
        value = await self._secret(tenant_id, name)
        if value is None:
            raise SecretMissing(name)
        return value


def given_headers(headers: Headers) -> Headers:
    """Those of a tenant's headers that are its to set."""
    return tuple((name, value) for name, value in headers if name.lower() not in NOT_THE_TENANTS)


def _named(upstream: UpstreamSpec) -> dict[str, None]:
    return dict.fromkeys(name for _, text in upstream.headers for name in secrets_named(text))


def _without_authorization(headers: Headers) -> Headers:
    return tuple((name, value) for name, value in headers if name.lower() != "authorization")
