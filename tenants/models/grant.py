"""Who may call what on a server. Not OAuth's grant, which is `AuthorizationCode` here."""

from django.db import models

from tenants.models.tenant_owned import TenantOwned


class SubjectKind(models.TextChoices):
    """Who: `subject` is a role's name, a user's id, an OAuth client's id, or the family of an API key."""

    ROLE = "role"
    MEMBER = "member"
    CLIENT = "client"
    API_KEY = "api_key"


class TargetKind(models.TextChoices):
    """What: the whole server, one tool (by id), or the tools with an annotation (`read_only`)."""

    SERVER = "server"
    TOOL = "tool"
    ANNOTATION = "annotation"


class Effect(models.TextChoices):
    """Deny wins over allow; where nothing is said, nothing is allowed."""

    ALLOW = "allow"
    DENY = "deny"


class Grant(TenantOwned):
    """One permission: subject × target → effect."""

    server = models.ForeignKey("tenants.Server", on_delete=models.CASCADE, related_name="grants")
    subject_kind = models.CharField(max_length=16, choices=SubjectKind.choices)
    subject = models.CharField(max_length=255)
    target_kind = models.CharField(max_length=16, choices=TargetKind.choices)
    target = models.CharField(max_length=64, blank=True)
    effect = models.CharField(max_length=8, choices=Effect.choices, default=Effect.ALLOW)

    class Meta(TenantOwned.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["server", "subject_kind", "subject", "target_kind", "target"], name="grant_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.effect} {self.subject_kind}:{self.subject} {self.target_kind}:{self.target}"
