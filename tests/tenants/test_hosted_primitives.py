"""Resources, templates and prompts that a tenant hosts itself: what is kept, what is published, and who is told."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from mcp_runtime.contract import keys
from mcp_runtime.contract.announcements import decode_announcement, resource_updated, resources_updated
from mcp_runtime.contract.hosted import HostedMessage, content_of, decode_prompt, decode_template
from mcp_runtime.contract.primitives import ContentAnnotations, PromptArgument
from tenants.actor import PLATFORM, Actor
from tenants.errors import AbilityMissingError, InvalidValueError, LimitReachedError, NameTakenError, NotFoundError
from tenants.hosted_drafts import Draft, PromptDraft, ResourceDraft, TemplateDraft
from tenants.models import HostedContent, ServerPrimitive
from tenants.runtime_ports.database_threads import DatabaseThreads
from tenants.runtime_ports.hosted_contents import DatabaseHostedContents
from tenants.scope import tenant_scope
from tenants.selectors.server_primitives import hosted_primitive_get
from tenants.services.hosted_primitives import (
    content_from_bytes,
    content_from_text,
    hosted_primitive_create,
    hosted_primitive_update,
)
from tenants.services.server_primitives import server_primitive_remove, server_primitive_update
from tenants.services.tenants import tenant_limits_set
from tests.fixtures.cast import Cast, Person
from tests.tenants.test_server_primitives import of, snapshot

HANDBOOK = ResourceDraft(
    name="Handbook",
    uri="acme://handbook",
    title="The handbook",
    mime_type="text/markdown",
    annotations=ContentAnnotations(audience=("user",), priority=0.5),
    content=content_from_text("Knock first."),
)
CARD = TemplateDraft(
    name="Card",
    uri_template="acme://cards/{team}/{person}",
    text="{{person}} of {{team}}",
    suggestions={"team": ["sales", "support"]},
)
REPLY = PromptDraft(
    name="reply",
    messages=(
        HostedMessage("user", "Answer {{customer}} {{ tone }}."),
        HostedMessage("assistant", "Dear {{customer}},"),
    ),
    arguments=(PromptArgument(name="customer", required=True), PromptArgument(name="tone", description="How.")),
    suggestions={"tone": ["kindly", "briefly"]},
)


def made(person: Person, draft: Draft) -> ServerPrimitive:
    return hosted_primitive_create(**of(person), draft=draft)


def stored(person: Person, row: ServerPrimitive) -> HostedContent:
    with tenant_scope(person.company.tenant):
        content: HostedContent = HostedContent.objects.get(primitive_id=row.pk)
        return content


def test_what_is_hosted_is_published_without_its_content(cast: Cast) -> None:
    rows = [made(cast.ada, draft) for draft in (HANDBOOK, CARD, REPLY)]
    built = snapshot(cast.acme)
    handbook = next(spec for spec in built.resources if spec.uri == "acme://handbook")
    assert (handbook.kind, handbook.name, handbook.title, handbook.mime_type, handbook.size) == (
        *("hosted", "Handbook", "The handbook", "text/markdown"),
        len("Knock first."),
    )
    assert (handbook.annotations.audience, handbook.annotations.priority) == (("user",), 0.5)
    assert handbook.annotations.last_modified is not None
    assert handbook.config == {"tenant_id": str(cast.acme.tenant.pk), "digest": stored(cast.ada, rows[0]).digest}
    card = next(spec for spec in built.templates if spec.kind == "hosted")
    assert (card.uri_template, card.completes) == (CARD.uri_template, ("team",))
    reply = next(spec for spec in built.prompts if spec.kind == "hosted")
    assert [(each.name, each.required, each.completes) for each in reply.arguments] == [
        ("customer", True, False),
        ("tone", False, True),
    ]
    assert all(text not in str(built) for text in ("Knock first", "Answer", "support"))
    assert decode_template(bytes(stored(cast.ada, rows[1]).body)).text == CARD.text
    assert decode_prompt(bytes(stored(cast.ada, rows[2]).body)).messages == REPLY.messages
    assert not [
        spec for spec in (*snapshot(cast.globex).resources, *snapshot(cast.globex).prompts) if spec.kind == "hosted"
    ]


def test_it_is_written_anew_as_a_whole_and_its_content_stays_where_none_is_given(cast: Cast) -> None:
    row = made(cast.ada, HANDBOOK)
    kept = stored(cast.ada, row)
    changed = replace(HANDBOOK, name="Rules", uri="acme://rules", title="", content=None)
    row = hosted_primitive_update(**of(cast.ada), primitive_id=row.pk, draft=changed)
    (rules,) = (spec for spec in snapshot(cast.acme).resources if spec.kind == "hosted")
    assert (rules.uri, rules.name, rules.title) == ("acme://rules", "Rules", None)
    assert stored(cast.ada, row).digest == kept.digest
    again = replace(changed, content=content_of(b"\x00\xff", is_text=False), mime_type="image/png")
    hosted_primitive_update(**of(cast.ada), primitive_id=row.pk, draft=again)
    found = stored(cast.ada, row)
    assert (bytes(found.body), found.is_text, found.size) == (b"\x00\xff", False, 2)
    server_primitive_update(**of(cast.ada), primitive=row, is_enabled=False)
    assert not [spec for spec in snapshot(cast.acme).resources if spec.kind == "hosted"]
    server_primitive_remove(**of(cast.ada), primitive=row)
    with tenant_scope(cast.acme.tenant):
        assert not HostedContent.objects.exists()


NO_DRAFT: list[tuple[Draft, str]] = [
    (replace(HANDBOOK, uri="no uri"), "uri"),
    (replace(HANDBOOK, uri="task://status/1"), "uri"),
    (replace(HANDBOOK, uri=f"a://{'b' * 1_000}"), "uri"),
    (replace(HANDBOOK, mime_type="text"), "mime_type"),
    (replace(HANDBOOK, mime_type="text/html\r\nX: y"), "mime_type"),
    (replace(HANDBOOK, name=""), "name"),
    (replace(HANDBOOK, annotations=ContentAnnotations(audience=("dog",))), "audience"),
    (replace(HANDBOOK, annotations=ContentAnnotations(priority=2)), "priority"),
    (replace(HANDBOOK, content=content_of(b"x" * (1024 * 1024 + 1), is_text=True)), "content"),
    (replace(HANDBOOK, content=content_from_text("a\x00b")), "content"),
    (replace(CARD, uri_template="acme://cards"), "uri_template"),
    (replace(CARD, uri_template="acme://{a}{b}", text=""), "uri_template"),
    (replace(CARD, uri_template="task://{id}", text="", suggestions={}), "uri_template"),
    (replace(CARD, text="{{somebody}}"), "text"),
    (replace(CARD, text="x" * (64 * 1024 + 1)), "text"),
    (replace(CARD, suggestions={"other": ["a"]}), "suggestions"),
    (replace(CARD, suggestions={"team": ["two\nlines"]}), "suggestions"),
    (replace(CARD, suggestions={"team": [str(number) for number in range(101)]}), "suggestions"),
    (replace(REPLY, name="two words"), "name"),
    (replace(REPLY, messages=()), "messages"),
    (replace(REPLY, messages=(HostedMessage("user", " "),)), "messages"),
    (replace(REPLY, messages=(HostedMessage("system", "Hello"),)), "messages"),
    (replace(REPLY, messages=(HostedMessage("user", "{{whom}}"),)), "messages"),
    (replace(REPLY, messages=(HostedMessage("user", "x" * 40_000),) * 2), "messages"),
    (replace(REPLY, arguments=(PromptArgument(name="a b"),)), "arguments"),
    (replace(REPLY, arguments=(*REPLY.arguments, PromptArgument(name="tone"))), "arguments"),
]


@pytest.mark.parametrize(("draft", "field"), NO_DRAFT)
def test_a_draft_has_its_form(cast: Cast, draft: Draft, field: str) -> None:
    with pytest.raises(InvalidValueError) as refused:
        made(cast.ada, draft)
    assert refused.value.extra["field"] == field
    with tenant_scope(cast.acme.tenant):
        assert not HostedContent.objects.exists()


def test_a_name_and_a_uri_are_once_whatever_they_come_from(cast: Cast) -> None:
    for draft, field in (
        (replace(HANDBOOK, uri="text://style"), "uri"),
        (replace(HANDBOOK, name="style"), "name"),
        (replace(REPLY, name="proofread"), "name"),
        (replace(CARD, uri_template="text://words/{word}", text="", suggestions={}), "uri_template"),
    ):
        with pytest.raises(NameTakenError) as refused:
            made(cast.ada, draft)
        assert refused.value.extra["field"] == field
    row = made(cast.ada, HANDBOOK)
    with pytest.raises(NameTakenError):
        hosted_primitive_update(**of(cast.ada), primitive_id=row.pk, draft=replace(HANDBOOK, uri="text://style"))
    hosted_primitive_update(**of(cast.ada), primitive_id=row.pk, draft=replace(HANDBOOK, title="Other"))


def test_the_plan_says_how_many_and_how_many_bytes(cast: Cast) -> None:
    limits: Callable[[dict[str, int]], Any] = lambda overrides: tenant_limits_set(  # noqa: E731
        tenant=cast.acme.tenant, actor=PLATFORM, overrides=overrides
    )
    limits({"resources_and_prompts_per_server": 3})
    with pytest.raises(LimitReachedError, match="room for 0 more"):
        made(cast.ada, HANDBOOK)
    limits({"hosted_bytes_per_server": 20})
    row = made(cast.ada, HANDBOOK)
    with pytest.raises(LimitReachedError) as refused:
        made(cast.ada, replace(HANDBOOK, name="More", uri="acme://more"))
    assert refused.value.extra == {"limit": "hosted_bytes_per_server", "maximum": 20}
    twenty = replace(HANDBOOK, content=content_from_text("x" * 20))
    hosted_primitive_update(**of(cast.ada), primitive_id=row.pk, draft=twenty)
    with pytest.raises(LimitReachedError):
        hosted_primitive_update(
            **of(cast.ada), primitive_id=row.pk, draft=replace(twenty, content=content_from_text("x" * 21))
        )
    assert stored(cast.ada, row).size == 20


def test_who_may_not_manage_servers_hosts_nothing(cast: Cast) -> None:
    row = made(cast.ada, HANDBOOK)
    who = of(cast.max, actor=Actor(role="caller", user_id=cast.max.user.pk))
    with pytest.raises(AbilityMissingError):
        hosted_primitive_create(**who, draft=CARD)
    with pytest.raises(AbilityMissingError):
        hosted_primitive_update(**who, primitive_id=row.pk, draft=replace(HANDBOOK, title="Mine"))


def test_the_outsider_reaches_none_and_a_built_in_one_is_not_rewritten(cast: Cast) -> None:
    row = made(cast.ada, HANDBOOK)
    foreign = of(cast.gus, server=cast.acme.server)
    with pytest.raises(NotFoundError):
        hosted_primitive_create(**foreign, draft=CARD)
    for where in (foreign, of(cast.gus)):
        with pytest.raises(NotFoundError):
            hosted_primitive_update(**where, primitive_id=row.pk, draft=HANDBOOK)
    with tenant_scope(cast.globex.tenant), pytest.raises(NotFoundError):
        hosted_primitive_get(server=cast.acme.server, kind="resource", primitive_id=row.pk)
    with tenant_scope(cast.acme.tenant):
        style = ServerPrimitive.objects.get(server_id=cast.acme.server.pk, name="style")
    for primitive, draft in ((style, HANDBOOK), (row, REPLY)):
        with pytest.raises(NotFoundError):
            hosted_primitive_update(**of(cast.ada), primitive_id=primitive.pk, draft=draft)


@pytest.mark.django_db(transaction=True)
def test_subscribers_are_told_once_it_reads_otherwise_and_is_published(cast: Cast, store: Any) -> None:
    row = made(cast.ada, HANDBOOK)
    heard = store.pubsub(ignore_subscribe_messages=True)
    heard.subscribe(keys.ANNOUNCEMENTS)
    heard.get_message(timeout=5)
    hosted_primitive_update(**of(cast.ada), primitive_id=row.pk, draft=replace(HANDBOOK, title="Only another title"))
    changed = replace(HANDBOOK, content=content_from_text("Ring twice."))
    hosted_primitive_update(**of(cast.ada), primitive_id=row.pk, draft=changed)
    message = heard.get_message(timeout=5)
    assert decode_announcement(message["data"]) == resource_updated(str(cast.acme.server.pk), "acme://handbook")
    body = store.hget(keys.document_key(keys.KIND_SERVER, "acme/demo"), "body")
    assert stored(cast.ada, row).digest.encode() in body
    assert heard.get_message(timeout=0.05) is None
    card = made(cast.ada, CARD)
    hosted_primitive_update(**of(cast.ada), primitive_id=card.pk, draft=replace(CARD, text="{{person}}"))
    told = decode_announcement(heard.get_message(timeout=5)["data"])
    assert told == resources_updated(str(cast.acme.server.pk), CARD.uri_template)
    heard.close()


@pytest.mark.django_db(transaction=True)
def test_a_replica_reads_what_its_tenant_hosts_and_nothing_else(cast: Cast) -> None:
    row = made(cast.ada, HANDBOOK)
    threads = DatabaseThreads(threads=1)
    port = DatabaseHostedContents(threads)
    content = asyncio.run(port.content(str(cast.acme.tenant.pk), str(row.pk)))
    assert content is not None
    assert (content.body, content.is_text, content.digest) == (b"Knock first.", True, stored(cast.ada, row).digest)
    assert asyncio.run(port.content(str(cast.globex.tenant.pk), str(row.pk))) is None
    threads.close()


@pytest.mark.parametrize(
    ("body", "mime_type", "is_text"),
    [
        (b"{}", "application/json", True),
        ("é".encode(), "text/plain; charset=utf-8", True),
        (b"\xe9", "text/plain", False),
        (b"a\x00b", "text/plain", False),
        (b"<svg/>", "image/svg+xml", True),
        (b"PNG", "image/png", False),
        (b"PNG", "", False),
    ],
)
def test_what_is_uploaded_is_text_where_it_says_so_and_is(body: bytes, mime_type: str, is_text: bool) -> None:
    assert content_from_bytes(body, mime_type).is_text is is_text
