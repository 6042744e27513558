"""RFC 9728 metadata of every well-formed path, existing or not: made from the path alone."""

from mcp_runtime.contract.names import ENDPOINT_PATH
from mcp_runtime.edge.origin import HostPolicy
from mcp_runtime.protected_resource import PREFIX, metadata
from mcp_runtime.refusals import Refused, refuse
from mcp_runtime.runtime import Runtime
from mcp_runtime.wire.exchange import Exchange

# Public and without credentials: any page may read it (a client in a browser begins here).
HEADERS = ((b"access-control-allow-origin", b"*"), (b"cache-control", b"public, max-age=300"))


class ResourceMetadata:
    """Answers under `/.well-known/oauth-protected-resource/`."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime, self._hosts = runtime, HostPolicy(runtime.settings)

    async def answer(self, exchange: Exchange) -> None:
        """The document, or 404 where the path is none of an endpoint."""
        try:
            self._hosts.check(exchange)
            match = ENDPOINT_PATH.fullmatch(exchange.path.removeprefix(PREFIX))
            if match is None or b"%" in exchange.scope.get("raw_path", b""):
                raise refuse("not_found", "There is nothing here.")
            if exchange.scope["method"] not in ("GET", "HEAD", "OPTIONS"):
                raise refuse("method_not_allowed", "Read this document by GET.")
        except Refused as refused:
            await exchange.refuse(refused.refusal)
            return
        document = metadata(self._runtime.settings.public_url, *match.groups())
        await exchange.answer_json(200, document, HEADERS)
