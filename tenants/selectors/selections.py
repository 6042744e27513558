"""What was chosen for a key or a client beside what its person may: permissions of its own, in the tenant's scope."""

from dataclasses import dataclass

from django.db.models import Count

from tenants.models import Grant


@dataclass(frozen=True, slots=True)
class Selection:
    """How many permissions of its own it has on a server."""

    slug: str
    name: str
    number: int


def selection_list(*, subject_kind: str, subject: str) -> list[Selection]:
    """By server, those with at least one. One query."""
    rows = (
        Grant.objects.filter(subject_kind=subject_kind, subject=subject)
        .order_by()
        .values("server__slug", "server__name")
        .annotate(number=Count("pk"))
        .order_by("server__name")
    )
    return [Selection(row["server__slug"], row["server__name"], row["number"]) for row in rows]
