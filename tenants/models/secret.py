"""Secrets of a tenant: credentials that its tools and upstreams are called with. Values are sealed, and never shown."""

from django.db import models

from tenants.models.tenant_owned import TenantOwned
from tenants.versions import next_version


class DataKey(TenantOwned):
    """A key of one tenant, which seals its secrets (`tenants.secret_sealing`), itself sealed under the installation's.
    The one with the highest number seals; older ones are there until nothing is sealed by them."""

    number = models.PositiveIntegerField()
    sealed_key = models.BinaryField()

    class Meta(TenantOwned.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "number"], name="data_key_number_once")]

    def __str__(self) -> str:
        return f"data key {self.number}"


class Secret(TenantOwned):
    """`version` counts the values it has had. `published_version` is what other processes are told it changed at.
    People are null where their accounts are gone."""

    name = models.CharField(max_length=64)
    description = models.CharField(max_length=500, blank=True)
    version = models.PositiveIntegerField(default=1)
    published_version = models.BigIntegerField(default=next_version)
    data_key = models.ForeignKey(DataKey, on_delete=models.RESTRICT, related_name="secrets")
    sealed_value = models.BinaryField()
    created_by = models.ForeignKey("tenants.User", on_delete=models.SET_NULL, null=True, related_name="+")
    rotated_by = models.ForeignKey("tenants.User", on_delete=models.SET_NULL, null=True, related_name="+")
    rotated_at = models.DateTimeField()

    class Meta(TenantOwned.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "name"], name="secret_name_once")]

    def __str__(self) -> str:
        return self.name


class SecretUse(TenantOwned):
    """Something that refers to a secret by its name: its kind, its id, and what people call it. It outlives the
    secret, and belongs to the next one of that name."""

    secret = models.ForeignKey(Secret, on_delete=models.SET_NULL, null=True, related_name="uses")
    name = models.CharField(max_length=64)
    kind = models.CharField(max_length=32)
    object_id = models.UUIDField()
    label = models.CharField(max_length=200)

    class Meta(TenantOwned.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant", "name", "kind", "object_id"], name="secret_use_once"),
        ]
        indexes = [models.Index(fields=["tenant", "kind", "object_id"], name="secret_use_by_user")]

    def __str__(self) -> str:
        return f"{self.kind} {self.label}"


class SecretAction(models.TextChoices):
    """What was done to a secret."""

    CREATED = "created"
    DESCRIBED = "described"
    ROTATED = "rotated"
    DELETED = "deleted"


class SecretChange(TenantOwned):
    """The audit of secrets: one row for each change, which outlives the secret. `user_id` is null where it was the
    platform itself."""

    secret_id = models.UUIDField()
    name = models.CharField(max_length=64)
    action = models.CharField(max_length=16, choices=SecretAction.choices)
    version = models.PositiveIntegerField()
    user_id = models.UUIDField(null=True)

    class Meta(TenantOwned.Meta):
        indexes = [models.Index(fields=["tenant", "-created_at"], name="secret_change_by_time")]

    def __str__(self) -> str:
        return f"{self.name} {self.action}"
