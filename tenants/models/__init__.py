"""The tables. Every one that belongs to a tenant is seen through `tenants.scope` only."""

from tenants.models.access_token import AccessToken
from tenants.models.api_key import ApiKey, ApiKeyServer
from tenants.models.application import Application
from tenants.models.authorization_code import AuthorizationCode
from tenants.models.call import Call
from tenants.models.connection import Connection
from tenants.models.grant import Grant
from tenants.models.hosted_content import HostedContent
from tenants.models.id_token import IDToken
from tenants.models.invitation import Invitation
from tenants.models.job import Job, JobLine, JobResult
from tenants.models.membership import Membership
from tenants.models.openapi_source import OpenApiSource
from tenants.models.outbox import Outbox
from tenants.models.refresh_token import RefreshToken
from tenants.models.secret import DataKey, Secret, SecretChange, SecretUse
from tenants.models.server import Server
from tenants.models.server_primitive import ServerPrimitive
from tenants.models.server_tool import ServerTool
from tenants.models.tenant import Tenant
from tenants.models.upstream import Upstream, UpstreamChange, UpstreamDefinition
from tenants.models.upstream_account import UpstreamAccount, UpstreamAuthorization, UpstreamSignIn
from tenants.models.user import User

__all__ = [
    "AccessToken",
    "ApiKey",
    "ApiKeyServer",
    "Application",
    "AuthorizationCode",
    "Call",
    "Connection",
    "DataKey",
    "Grant",
    "HostedContent",
    "IDToken",
    "Invitation",
    "Job",
    "JobLine",
    "JobResult",
    "Membership",
    "OpenApiSource",
    "Outbox",
    "RefreshToken",
    "Secret",
    "SecretChange",
    "SecretUse",
    "Server",
    "ServerPrimitive",
    "ServerTool",
    "Tenant",
    "Upstream",
    "UpstreamAccount",
    "UpstreamAuthorization",
    "UpstreamChange",
    "UpstreamDefinition",
    "UpstreamSignIn",
    "User",
]
