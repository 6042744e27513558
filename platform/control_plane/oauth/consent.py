"""A person has decided: the connection, and the code that the client trades for its tokens."""

from dataclasses import dataclass
from typing import Self
from urllib.parse import parse_qsl, urlsplit
from uuid import UUID

from django.http import QueryDict

from control_plane.oauth.answers import answer_uri
from control_plane.oauth.authorization_request import AuthorizationRequest, authorization_uri
from control_plane.oauth.server import authorization_server
from control_plane.oauth.targets import Target
from tenants.errors import InvalidValueError
from tenants.models import User
from tenants.redirect_uris import redirect_host
from tenants.selectors.housekeeping import oauth_scope
from tenants.selectors.oauth_clients import oauth_client_locked
from tenants.services.connections import connection_consent


@dataclass(frozen=True, slots=True)
class Choices:
    """How much the person gives of what was asked. `tool_ids` None stands for all tools, now and later."""

    tool_ids: tuple[UUID, ...] | None
    read_only: bool

    @classmethod
    def of(cls, form: QueryDict) -> Self:
        """As the consent page's form has it. Raises InvalidValueError."""
        tools, access = form.get("tools"), form.get("access", "")
        if tools not in ("all", "chosen") or access not in ("", "call", "read"):
            raise InvalidValueError("Choose which tools the client may call.", field="tools")
        try:
            ids = tuple(UUID(tool) for tool in form.getlist("tool")) if tools == "chosen" else None
        except ValueError as error:
            raise InvalidValueError("Choose tools from the list.", field="tools") from error
        return cls(ids, read_only=access == "read")

    def scopes(self, asked: tuple[str, ...]) -> list[str]:
        """What is granted of the scopes that were asked for. Reading is part of calling."""
        if not self.read_only or "mcp:call" not in asked:
            return list(asked)
        return ["mcp:read", *(scope for scope in asked if scope not in ("mcp:read", "mcp:call"))]


def grant(asked: AuthorizationRequest, person: User, target: Target, choices: Choices) -> str:
    """Let the client in; returns where to send the browser, with the code. All of it happens, or nothing does.

    Raises ApplicationError where the person may not give this, or the client is gone; OAuth2Error where it has changed.
    """
    scopes = choices.scopes(asked.scopes)
    with oauth_scope():
        connection = connection_consent(
            tenant=target.tenant,
            actor=target.actor,
            server=target.server,
            application=asked.application,
            redirect_host=redirect_host(asked.redirect_uri),
            scopes=scopes,
            tool_ids=choices.tool_ids,
        )
        # It may have been removed since it was examined. After the connection: everybody who locks both does it so.
        oauth_client_locked(oauth_client_id=asked.application.pk)
        headers, _, _ = authorization_server.create_authorization_response(
            authorization_uri(asked.values),
            scopes=scopes,
            credentials={"connection": connection, "target": target.resource, "user": person},
        )
    answer = _query(headers["Location"])[len(_query(asked.redirect_uri)) :]
    return answer_uri(asked.redirect_uri, dict(answer))


def _query(uri: str) -> list[tuple[str, str]]:
    return parse_qsl(urlsplit(uri).query, keep_blank_values=True)
