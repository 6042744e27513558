"""What nearly every table has."""

from uuid import uuid4

from django.db import models


class Timestamped(models.Model):
    """A random id and the times of creation and of the last change."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        abstract = True
