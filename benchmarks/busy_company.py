"""A company with much of everything, made by the services: what its pages are measured with."""

import json
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final
from uuid import UUID, uuid4

from django.utils import timezone

from benchmarks.busy_jobs import jobs_grow
from benchmarks.hosted_things import hosted_grow, hosted_names
from benchmarks.open_things import holder_of, session_opened, stream_opened
from benchmarks.own_tools import fan_out_grow, own_tool_names
from benchmarks.upstream_things import upstream_names, upstreams_grow
from mcp_runtime.contract.audit import AuditEvent
from tenants.abilities import Role
from tenants.actor import Actor
from tenants.catalogue import tool_catalogue
from tenants.models import Call, Connection, Job, OpenApiSource, Server, ServerPrimitive, ServerTool, Tenant, User
from tenants.models.server_primitive import PrimitiveKind
from tenants.offered_primitives import offered_primitives
from tenants.scope import tenant_scope
from tenants.services.api_keys import api_key_create
from tenants.services.calls import calls_record
from tenants.services.members import membership_add
from tenants.services.oauth_clients import oauth_client_create
from tenants.services.openapi_import import openapi_tools_create
from tenants.services.openapi_sources import document_read, openapi_source_create
from tenants.services.openapi_versions import openapi_version_look
from tenants.services.secret_uses import secret_uses_set
from tenants.services.server_primitive_choice import Choice, server_primitives_add
from tenants.services.server_tool_choice import server_tools_add
from tenants.services.servers import server_create
from tenants.services.stored_secrets import secret_create
from tenants.services.tenants import tenant_create
from tenants.services.users import user_create

OUTCOMES: Final = ("ok", "ok", "ok", "ok", "ok", "ok", "tool_error", "refused", "timeout", "cancelled")
REASONS: Final = {"refused": "not_granted"}
DAYS: Final = 30
ARGUMENTS: Final = '{"customer": "c-1042", "note": "asked twice", "limit": 20}'


@dataclass(frozen=True, slots=True)
class Extent:
    """How much there is of what, beside the owner."""

    servers: int
    tools: int
    members: int
    keys: int
    connections: int
    calls: int
    jobs: int
    sessions: int = 100


BUSY: Final = Extent(servers=10, tools=20, members=25, keys=50, connections=50, calls=10_000, jobs=10_000)


@dataclass(slots=True)
class Company:
    """A tenant with its owner, who looks at the pages, and what has been made so far."""

    tenant: Tenant
    owner: User
    people: list[User]
    servers: list[Server]
    connections: list[Connection]
    clients: list[Any]
    keys: list[Any]
    calls: int = 0
    jobs: int = 0
    sessions: list[str] = field(default_factory=list)
    streams: list[str] = field(default_factory=list)
    secrets: list[Any] = field(default_factory=list)

    @property
    def actor(self) -> Actor:
        """The owner at work."""
        return Actor(role=Role.OWNER, user_id=self.owner.pk)

    def names(self) -> dict[str, str]:
        """A value for each placeholder of the dashboard's routes."""
        with tenant_scope(self.tenant):
            tool = ServerTool.objects.filter(server=self.servers[0]).earliest("name")
            primitives = ServerPrimitive.objects.filter(server=self.servers[0])
            call = Call.objects.latest("time")
            return {
                "tenant": self.tenant.slug,
                "server": self.servers[0].slug,
                "tool": tool.name,
                "resource_id": str(primitives.filter(kind=PrimitiveKind.RESOURCE).earliest("name").pk),
                "prompt_id": str(primitives.filter(kind=PrimitiveKind.PROMPT).earliest("name").pk),
                **hosted_names(self.servers[0]),
                **own_tool_names(self.servers[0]),
                "user_id": str(self.people[-1].pk),
                "oauth_client_id": str(self.clients[0].pk),
                "connection_id": str(self.connections[0].pk),
                "api_key_id": str(self.keys[0].pk),
                "call_id": str(call.pk),
                "secret_id": str(self.secrets[0].pk),
                **upstream_names(),
                "source_id": str(OpenApiSource.objects.filter(server=self.servers[0]).earliest("title").pk),
                "session_id": self.sessions[0],
                "stream_id": self.streams[0],
                "job_id": str(Job.objects.exclude(sealed_result=None).latest("created_at").pk),
            }


def company_found(slug: str = "busy") -> Company:
    """With an owner and nothing else."""
    owner = user_create(email=f"owner@{slug}.test", name="Olive Owner")
    return Company(tenant_create(owner=owner, slug=slug, name="Busy Ltd."), owner, [owner], [], [], [], [])


def company_grow(company: Company, extent: Extent) -> None:
    """Make what is missing to this extent."""
    _members(company, extent.members)
    _servers(company, extent.servers, extent.tools)
    who = {"tenant": company.tenant, "actor": company.actor}
    upstreams_grow(who, company.servers[0], extent.servers, extent.tools)
    _keys(company, extent.keys)
    _secrets(company, extent.keys)
    _connections(company, extent.connections)
    _calls(company, extent.calls)
    company.jobs = jobs_grow(company, company.jobs, extent.jobs)
    _sessions(company, extent.sessions)


def _members(company: Company, number: int) -> None:
    roles = (Role.CALLER, Role.DEVELOPER, Role.AUDITOR, Role.ADMIN)
    for index in range(len(company.people), number):
        user = user_create(email=f"person{index}@{company.tenant.slug}.test", name=f"Person {index}")
        membership_add(tenant=company.tenant, actor=company.actor, user=user, role=roles[index % len(roles)])
        company.people.append(user)


def _servers(company: Company, number: int, tools: int) -> None:
    names = [(each.toolkit, each.name) for each in tool_catalogue().definitions() if each.toolkit == "desk"]
    who = {"tenant": company.tenant, "actor": company.actor}
    for index in range(len(company.servers), number):
        server = server_create(**who, slug=f"desk-{index}", name=f"Desk {index}")
        server_tools_add(**who, server=server, tools=names[:tools])
        _primitives(company, server, tools)
        hosted_grow(who, server, tools)
        fan_out_grow(who, server, tools)
        _documents(company, server, tools)
        company.servers.append(server)


def _primitives(company: Company, server: Server, number: int) -> None:
    """As many resources as tools, and as many prompts."""
    offered = [key for key in offered_primitives(tool_catalogue()) if key[1] == "desk"]
    chosen = [
        Choice(*key)
        for wanted in (PrimitiveKind.RESOURCE, PrimitiveKind.PROMPT)
        for key in [key for key in offered if key[0] == wanted][:number]
    ]
    server_primitives_add(tenant=company.tenant, actor=company.actor, server=server, choices=chosen)


def _documents(company: Company, server: Server, number: int) -> None:
    """An OpenAPI document with as many operations as tools, of which one is a tool; another version of it waits."""
    which = {"tenant": company.tenant, "actor": company.actor, "server": server}
    for version in ("1", "2"):
        paths = {f"/{index}": {"get": {"summary": f"Read {version}"}} for index in range(number)}
        servers = [{"url": "https://shop.example"}]
        document = {"openapi": "3.1.0", "info": {"title": "Shop"}, "servers": servers, "paths": paths}
        given = document_read(json.dumps(document).encode())
        if version == "1":
            source = openapi_source_create(**which, document=given)
            openapi_tools_create(**which, source=source, operations=["GET /0"])
        else:
            openapi_version_look(**which, source=source, document=given)


def _keys(company: Company, number: int) -> None:
    for index in range(len(company.keys), number):
        servers = None if index % 2 else company.servers[: 1 + index % 3]
        choices = {"name": f"Program {index}", "scopes": ["mcp:read", "mcp:call"], "servers": servers}
        company.keys.append(api_key_create(tenant=company.tenant, actor=company.actor, **choices).api_key)


def _secrets(company: Company, number: int) -> None:
    """As many as keys. Each is used by a server."""
    who = {"tenant": company.tenant, "actor": company.actor}
    for index in range(len(company.secrets), number):
        made = secret_create(**who, name=f"secret-{index}", value=f"value of {index}", description=f"Opens {index}")
        server = company.servers[index % len(company.servers)]
        names = {each.name for each in (*company.secrets[index % len(company.servers) :: len(company.servers)], made)}
        secret_uses_set(tenant=company.tenant, kind="server", object_id=server.pk, label=server.name, names=names)
        company.secrets.append(made)


def _connections(company: Company, number: int) -> None:
    now = timezone.now()
    for index in range(len(company.connections), number):
        redirects = [f"https://client{index}.example/callback"]
        client = oauth_client_create(
            tenant=company.tenant, actor=company.actor, name=f"Client {index}", redirect_uris=redirects
        ).oauth_client
        company.clients.append(client)
        with tenant_scope(company.tenant):
            connection = Connection.objects.create(
                tenant=company.tenant,
                server=company.servers[index % len(company.servers)],
                user=company.people[index % len(company.people)],
                application=client,
                client_id=client.client_id,
                client_name=client.name,
                redirect_host=f"client{index}.example",
                scopes=["mcp:read", "mcp:call", "offline_access"],
                consented_at=now,
                connected_at=now,
            )
        company.connections.append(connection)


def _sessions(company: Company, number: int) -> None:
    """As many streams as sessions, on the first server."""
    for index in range(len(company.sessions), number):
        by_key = {"client": str(company.keys[index % len(company.keys)].family), "credential_kind": "api_key"}
        by_client = {"client": company.clients[index % len(company.clients)].client_id}
        holder = holder_of(company.people[index % len(company.people)], **(by_key if index % 2 else by_client))
        company.sessions.append(session_opened(company.servers[0], holder, ago=60.0 + index))
        company.streams.append(stream_opened(company.servers[0], holder, ago=60.0 + index))


def _calls(company: Company, number: int) -> None:
    calls_record(events=[_event(company, index, number) for index in range(company.calls, number)])
    company.calls = max(company.calls, number)


def _event(company: Company, index: int, number: int) -> AuditEvent:
    """One of many over the last days; a third of them is of the last one."""
    now, server = timezone.now(), company.servers[index % len(company.servers)]
    days = 1 if index % 3 == 0 else DAYS
    outcome = OUTCOMES[index % len(OUTCOMES)]
    key = company.keys[index % len(company.keys)]
    return AuditEvent(
        id=uuid4().hex,
        time=(now - timedelta(days=days) * index / number).timestamp(),
        tenant_id=str(company.tenant.pk),
        server_id=str(server.pk),
        method="tools/call",
        tool=f"record_{index % 20:02}",
        outcome=outcome,
        reason=REASONS.get(outcome, ""),
        duration_ms=index % 977 / 10,
        user=str(company.people[index % len(company.people)].pk),
        credential_kind="api_key",
        credential_id=str(key.pk),
        client=str(key.family),
        client_name=f"Client {index % 7}",
        arguments=ARGUMENTS,
        address="192.0.2.7",
        user_agent="client/1.0",
        protocol_version="2026-07-28",
        request_id=str(UUID(int=index)),
    )
