"""MCP servers of others that a tenant has connected, and what they offer, pinned as somebody approved it."""

import json
from typing import Any

from django.db import models

from tenants.models.tenant_owned import TenantOwned
from tenants.versions import next_version


class UpstreamEra(models.TextChoices):
    """Which protocol it speaks; `auto` is found out when it is first spoken to."""

    AUTO = "auto"
    MODERN = "modern"
    LEGACY = "legacy"


class UpstreamAuth(models.TextChoices):
    """What it is shown: nothing, headers, an account of the tenant, or the account of whoever calls."""

    NONE = "none"
    HEADERS = "headers"
    OAUTH = "oauth"
    OAUTH_USER = "oauth_user"


class UpstreamStatus(models.TextChoices):
    """`stale`: what is known of it is older than it should be, for it could not be read lately. `failing`: it could
    never be read, or not for many times on end."""

    UNREAD = "unread"
    OK = "ok"
    STALE = "stale"
    FAILING = "failing"


class Upstream(TenantOwned):
    """`prefix` begins its tools' names on servers. `headers` are pairs of name and value, which may refer to secrets.

    `version` grows with every change of how it is reached. `reason` and `reason_text` say why it was not read the last
    time; `failures` counts how often so on end. `next_read_at` is when its turn comes. `server_info` to `capabilities`
    are its own words, and so not to be trusted.
    """

    prefix = models.CharField(max_length=24)
    name = models.CharField(max_length=200)
    url = models.CharField(max_length=2_000)
    era = models.CharField(max_length=16, choices=UpstreamEra.choices, default=UpstreamEra.AUTO)
    auth = models.CharField(max_length=16, choices=UpstreamAuth.choices, default=UpstreamAuth.NONE)
    headers = models.JSONField(default=list, blank=True)
    concurrency = models.PositiveIntegerField(default=20)
    version = models.BigIntegerField(default=next_version)
    status = models.CharField(max_length=16, choices=UpstreamStatus.choices, default=UpstreamStatus.UNREAD)
    reason = models.CharField(max_length=32, blank=True)
    reason_text = models.CharField(max_length=500, blank=True)
    failures = models.PositiveIntegerField(default=0)
    last_read_at = models.DateTimeField(null=True, blank=True)
    last_tried_at = models.DateTimeField(null=True, blank=True)
    next_read_at = models.DateTimeField(null=True, blank=True)
    server_info = models.JSONField(default=dict, blank=True)
    instructions = models.TextField(blank=True)
    protocol_version = models.CharField(max_length=32, blank=True)
    capabilities = models.JSONField(default=dict, blank=True)

    class Meta(TenantOwned.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "prefix"], name="upstream_prefix_once")]
        indexes = [models.Index(fields=["next_read_at"], name="upstream_by_turn")]

    def __str__(self) -> str:
        return self.prefix


class DefinitionKind(models.TextChoices):
    """What is defined, and with that what `key` is: a name, a URI, a URI template, or a prompt's name."""

    TOOL = "tool"
    RESOURCE = "resource"
    TEMPLATE = "template"
    PROMPT = "prompt"


class DefinitionState(models.TextChoices):
    """Only what is `approved` is served: the upstream offers, byte for byte, what somebody approved. `changed` is
    quarantined until somebody decides, `gone` until it comes back as it was. `refused` was refused by somebody, or
    can't be served at all, which `problem` then says."""

    NEW = "new"
    APPROVED = "approved"
    CHANGED = "changed"
    GONE = "gone"
    REFUSED = "refused"


class UpstreamDefinition(TenantOwned):
    """One thing that an upstream offers. Both definitions are kept as they came, as JSON in ASCII, and their digests
    are those of `definition_digest`; all are empty where nothing was approved, or is offered now. `decided_by` is null
    where the person's account is gone."""

    upstream = models.ForeignKey(Upstream, on_delete=models.CASCADE, related_name="definitions")
    kind = models.CharField(max_length=16, choices=DefinitionKind.choices)
    key = models.CharField(max_length=500)
    state = models.CharField(max_length=16, choices=DefinitionState.choices, default=DefinitionState.NEW)
    problem = models.CharField(max_length=500, blank=True)
    approved = models.TextField(blank=True)
    approved_digest = models.CharField(max_length=64, blank=True)
    offered = models.TextField(blank=True)
    offered_digest = models.CharField(max_length=64, blank=True)
    decided_by = models.ForeignKey("tenants.User", on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta(TenantOwned.Meta):
        constraints = [models.UniqueConstraint(fields=["upstream", "kind", "key"], name="upstream_definition_once")]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"

    @property
    def approved_definition(self) -> dict[str, Any] | None:
        """What somebody approved last, or None."""
        return _read(self.approved)

    @property
    def offered_definition(self) -> dict[str, Any] | None:
        """What the upstream offered when it was last read, or None."""
        return _read(self.offered)


def _read(text: str) -> dict[str, Any] | None:
    definition: dict[str, Any] | None = json.loads(text) if text else None
    return definition


class UpstreamAction(models.TextChoices):
    """What was done, by people to upstreams and definitions, or by an upstream to its definitions."""

    CREATED = "created"
    CHANGED = "changed"
    DELETED = "deleted"
    APPROVED = "approved"
    REFUSED = "refused"
    QUARANTINED = "quarantined"
    RETURNED = "returned"


class UpstreamChange(TenantOwned):
    """The audit of upstreams, which outlives them. `kind` and `key` name the definition it is about, if any; `digest`
    is that of what was decided or offered. `user_id` is null where the upstream itself caused it."""

    upstream_id = models.UUIDField()
    prefix = models.CharField(max_length=24)
    action = models.CharField(max_length=16, choices=UpstreamAction.choices)
    kind = models.CharField(max_length=16, blank=True)
    key = models.CharField(max_length=500, blank=True)
    digest = models.CharField(max_length=64, blank=True)
    user_id = models.UUIDField(null=True)

    class Meta(TenantOwned.Meta):
        indexes = [models.Index(fields=["tenant", "upstream_id", "-created_at"], name="upstream_change_by_time")]

    def __str__(self) -> str:
        return f"{self.prefix} {self.action} {self.key}"
