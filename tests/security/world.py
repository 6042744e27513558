"""Two tenants, one of them full of canaries: strings and ids that nobody outside acme may ever see."""

from dataclasses import dataclass, field, replace
from typing import Any, Final
from uuid import UUID, uuid4

from django.apps import apps
from django.test import Client
from django.utils import timezone

from benchmarks.open_things import handle_made_up, holder_of, session_opened, stream_opened
from mcp_runtime.calls.results import TextContent, ToolResult
from mcp_runtime.contract.audit import AuditEvent
from mcp_runtime.contract.jobs import JobEnding
from mcp_runtime.contract.open_sessions import SESSION_HANDLE_LENGTH, STREAM_HANDLE_LENGTH
from tenants.models import Application, Call, Connection, Grant, Job, Server, ServerPrimitive, ServerTool, Tenant, User
from tenants.models.openapi_source import OpenApiSource
from tenants.models.secret import Secret
from tenants.models.tenant_owned import TenantOwned
from tenants.scope import tenant_scope
from tenants.selectors.api_keys import api_key_list
from tenants.selectors.members import member_get
from tenants.services.api_key_issue import IssuedApiKey
from tenants.services.api_keys import api_key_create
from tenants.services.calls import calls_record
from tenants.services.grants import grant_set
from tenants.services.invitations import IssuedInvitation, invitations_create
from tenants.services.job_endings import job_finish
from tenants.services.job_leases import JobLineText, JobProgress, job_renew
from tenants.services.oauth_clients import IssuedClient, oauth_client_create
from tenants.services.server_primitives import server_primitive_update
from tenants.services.server_tools import server_tool_add, server_tool_update
from tenants.services.servers import server_create, server_update
from tenants.services.tenants import tenant_update
from tenants.services.users import user_create
from tests.fixtures.api import Asker, signed_in
from tests.fixtures.cast import Cast, Person
from tests.fixtures.oauth import connection_build
from tests.security.hosted import hosted_made
from tests.security.own_things import own_things
from tests.security.stored_secret import value_of
from tests.security.upstreams import Connected
from tests.tenants.jobs import ask, claim, key_facts, row_of

CANARY: Final = "zugvogel"
HER_JOB: Final = "5f0c1d5e-3a77-4c8e-9a55-0d8c1f6b7a21"
"""Asked for by acme's owner with her MCP key."""

HER_RESULT: Final = "9b7e4a52-60cf-4d0e-8a3b-2f1c7d5e9604"
"""The same, and done."""

MANAGE: Final = ("manage:read", "manage:write", "manage:access")
MCP: Final = ("mcp:read", "mcp:call")
MADE_UP: Final = {
    "label": "made-up",
    "tool": "made_up",
    "uuid": "11111111-2222-4333-8444-555555555555",
    "session": "0" * SESSION_HANDLE_LENGTH,
    "stream": "0" * STREAM_HANDLE_LENGTH,
    "path": "11111111-2222-4333-8444-555555555555",
}


@dataclass
class Company:
    """What a tenant has, one of each, by the names that routes give it."""

    person: Person
    member: User
    server: Server
    tool: ServerTool
    primitives: dict[str, ServerPrimitive]
    hosted: dict[str, ServerPrimitive]
    oauth_client: IssuedClient
    connection: Connection
    grant: Grant
    call: Call
    job: Job
    keys: dict[str, IssuedApiKey]
    invitation: IssuedInvitation
    secret: Secret
    upstream: Connected
    http_tool: ServerTool
    source: OpenApiSource
    session_id: str = field(default_factory=handle_made_up)
    stream_id: str = field(default_factory=lambda: handle_made_up()[:STREAM_HANDLE_LENGTH])

    @property
    def names(self) -> dict[str, str]:
        """The values for the placeholders of routes."""
        return {
            "tenant": self.person.company.tenant.slug,
            "server": self.server.slug,
            "tool": self.tool.name,
            "http_tool": self.http_tool.name,
            "fan_out": self.http_tool.name.replace("http", "ask"),
            **{f"{kind}_id": str(row.pk) for kind, row in self.primitives.items()},
            "source_id": str(self.source.pk),
            **{f"hosted_{kind}_id": str(row.pk) for kind, row in self.hosted.items()},
            "user_id": str(self.member.pk),
            "oauth_client_id": str(self.oauth_client.oauth_client.pk),
            "connection_id": str(self.connection.pk),
            "grant_id": str(self.grant.pk),
            "api_key_id": str(self.keys["spare"].api_key.pk),
            "call_id": str(self.call.pk),
            "job_id": str(self.job.pk),
            "invitation_id": str(self.invitation.invitation.pk),
            "secret_id": str(self.secret.pk),
            **self.upstream.names,
            "session_id": self.session_id,
            "stream_id": self.stream_id,
        }

    def open_something(self, mark: str) -> None:
        """Have a session and a stream open on its server. They are in the store, so nothing takes back their end."""
        holder = holder_of(self.person.user, f"client {mark}/1")
        session_opened(self.server, holder, self.session_id)
        stream_opened(self.server, holder, self.stream_id)


@dataclass
class World:
    """acme with its canaries; globex, whose owner is the outsider; max, a caller at acme; olga, the operator."""

    cast: Cast
    acme: Company
    globex: Company
    max_keys: dict[str, IssuedApiKey]
    newcomer: User
    olga: User
    application: Application
    membership_id: UUID
    secrets: set[str] = field(default_factory=set)
    before: Any = None
    signed_in: dict[Any, Asker] = field(default_factory=dict)

    def at_the_dashboard(self, user: User) -> Asker:
        """A person who signed in before the test: a client of its own, with a session that each of theirs has."""
        if user.pk not in self.signed_in:
            self.signed_in[user.pk] = signed_in(user)
        first = self.signed_in[user.pk]
        client = Client(enforce_csrf_checks=True)
        client.cookies.load({name: cookie.value for name, cookie in first.client.cookies.items()})
        return Asker(first.headers, client)

    def unchanged(self, written: list[str]) -> bool:
        """Whether acme has the rows that it had when the canaries were planted, after these statements wrote. To be
        asked before they are taken back."""
        return not written or bool(self.fingerprint() == self.before)

    def fingerprint(self) -> Any:
        """Every row of acme."""
        with tenant_scope(self.cast.acme.tenant):
            kinds = [model for model in apps.get_models() if issubclass(model, TenantOwned | Tenant)]
            return {model.__name__: sorted(map(str, model.objects.values_list())) for model in kinds}

    def leaked(self, text: str) -> set[str]:
        """The canaries of acme in a text."""
        lowered = text.lower()
        return {secret for secret in self.secrets if secret.lower() in lowered}


def build(cast: Cast) -> World:
    """Plant the canaries."""
    acme, globex = (
        _company(cast.ada, cast.max.user, "vault", CANARY),
        _company(cast.gus, cast.gus.user, "shed", "plain"),
    )
    tenant_update(tenant=cast.acme.tenant, actor=cast.ada.actor, name=f"Acme {CANARY}")
    newcomer = user_create(email=f"eve-{CANARY}@acme.test", name=f"Eve {CANARY}")
    world = World(
        cast=cast,
        acme=acme,
        globex=globex,
        max_keys={name: _key(cast.max, name, scopes) for name, scopes in {"manage": MANAGE[:1], "mcp": MCP}.items()},
        newcomer=newcomer,
        olga=user_create(email="olga@operator.test", is_staff=True),
        application=_application(cast),
        membership_id=_membership_id(cast),
    )
    world.secrets = _secrets(world)
    at = Person(cast.ada.user, replace(cast.acme, server=acme.server), cast.ada.role)
    facts = key_facts(acme.keys["mcp"].api_key)
    ask(at, tool=acme.tool.name, id=HER_RESULT, facts=facts)
    done = ToolResult([TextContent(f"done {CANARY}")])
    job_finish(claimed=claim(f"worker {CANARY}"), ending=JobEnding.RETURNED, result=done)
    ask(at, tool=acme.tool.name, id=HER_JOB, facts=facts)
    world.before = world.fingerprint()
    return world


def _company(person: Person, member: User, slug: str, mark: str) -> Company:
    tenant, actor = person.company.tenant, person.actor
    server = server_create(tenant=tenant, actor=actor, slug=slug, name=f"Server {mark}", toolkits=["text"])
    server = server_update(tenant=tenant, actor=actor, server=server, instructions=f"Instructions {mark}")
    tool = server_tool_add(
        tenant=tenant, actor=actor, server=server, toolkit="data", tool="json_query", name=f"query_{mark}"
    )
    texts = {"title": f"Title {mark}", "description": f"Description {mark}"}
    tool = server_tool_update(tenant=tenant, actor=actor, server=server, tool=tool, mode="background", **texts)
    grant = grant_set(
        tenant=tenant,
        actor=actor,
        server=server,
        subject_kind="member",
        subject=str(person.user.pk),
        target_kind="server",
    )
    event = AuditEvent(
        id=f"call-{mark}",
        time=1_795_000_000.0,
        tenant_id=str(tenant.pk),
        server_id=str(server.pk),
        method="tools/call",
        tool=f"query_{mark}",
        user=str(person.user.pk),
        arguments=f'{{"text": "argument {mark}"}}',
    )
    calls_record(events=[event])
    with tenant_scope(tenant):
        call = Call.objects.get(event_id=event.id)
    scopes = {"manage": MANAGE, "mcp": MCP, "spare": ("manage:read",)}
    keys = {name: _key(person, f"{name} {mark}", chosen) for name, chosen in scopes.items()}
    emails = [f"guest-{mark}@{tenant.slug}.test"]
    (invitation,) = invitations_create(tenant=tenant, actor=actor, emails=emails, role="caller")
    client = _oauth_client(person, mark)
    connection = connection_build(person, client.oauth_client)
    kept = _job(person, server, tool, mark), keys, invitation, *own_things(person, server, mark)
    primitives = _primitives(person, server, mark), hosted_made(person, server, mark)
    return Company(person, member, server, tool, *primitives, client, connection, grant, call, *kept)


def _primitives(person: Person, server: Server, mark: str) -> dict[str, ServerPrimitive]:
    """By their kind, those of the server's toolkit, renamed."""
    which = {"tenant": person.company.tenant, "actor": person.actor, "server": server}
    with tenant_scope(person.company.tenant):
        rows = list(ServerPrimitive.objects.filter(server_id=server.pk, toolkit="text"))
    texts = {"title": f"Title {mark}", "description": f"Description {mark}"}
    return {
        row.kind: server_primitive_update(**which, primitive=row, name=f"{row.kind}_{mark}", **texts) for row in rows
    }


def _job(person: Person, server: Server, tool: ServerTool, mark: str) -> Job:
    """One that has ended, with a log and a result."""
    at = Person(person.user, replace(person.company, server=server), person.role)
    asked = ask(at, tool=tool.name, arguments={"text": f"sealed {mark}"})
    claimed = claim(f"worker {mark}")
    line = JobLineText(timezone.now(), "info", f"line {mark}")
    job_renew(claimed=claimed, progress=JobProgress(1.0, None, f"message {mark}"), lines=[line])
    job_finish(claimed=claimed, ending=JobEnding.RETURNED, result=ToolResult([TextContent(f"result {mark}")]))
    return row_of(asked)


def _oauth_client(person: Person, mark: str) -> IssuedClient:
    return oauth_client_create(
        tenant=person.company.tenant,
        actor=person.actor,
        name=f"Editor {mark}",
        redirect_uris=[f"https://{mark}.example/callback"],
        auth_method="client_secret_basic",
    )


def _key(person: Person, name: str, scopes: Any) -> IssuedApiKey:
    return api_key_create(tenant=person.company.tenant, actor=person.actor, name=name, scopes=scopes)


def _application(cast: Cast) -> Application:
    with tenant_scope(cast.acme.tenant):
        return Application.objects.create(
            tenant=cast.acme.tenant,
            name=f"Client {CANARY}",
            client_id=f"client-{uuid4().hex}",
            client_type="public",
            authorization_grant_type="authorization-code",
            redirect_uris="https://client.acme.test/callback",
        )


def _membership_id(cast: Cast) -> UUID:
    with tenant_scope(cast.acme.tenant):
        return member_get(user_id=cast.ada.user.pk).pk


def _secrets(world: World) -> set[str]:
    company, people = world.acme, (world.cast.ada.user, world.cast.max.user, world.newcomer)
    with tenant_scope(world.cast.acme.tenant):
        rows = [company.server, company.tool, company.grant, company.call, world.application, world.cast.acme.tenant]
        rows += [company.oauth_client.oauth_client, company.connection]
        rows += [company.secret, company.invitation.invitation, company.job, *company.primitives.values()]
        rows += [company.http_tool, company.source]
        rows += [*company.hosted.values(), *company.upstream.rows]
        rows += list(api_key_list(actor=world.cast.ada.actor))
        digests = {key.digest for key in api_key_list(actor=world.cast.ada.actor)}
    issued = {key.secret for key in (*company.keys.values(), *world.max_keys.values())}
    issued |= {str(company.oauth_client.secret), value_of(CANARY)}
    issued |= {company.invitation.token, company.invitation.invitation.digest}
    issued |= {company.session_id, company.stream_id, *company.upstream.tokens}
    return {CANARY, *(str(row.pk) for row in (*rows, *people)), *(user.email for user in people), *digests, *issued}
