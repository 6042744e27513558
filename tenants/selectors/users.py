"""People, who belong to no tenant by themselves."""

from dataclasses import dataclass
from uuid import UUID

from tenants.errors import NotFoundError
from tenants.models import User


@dataclass(frozen=True, slots=True)
class Claimants:
    """Who stands behind an address: `owner` has confirmed it, `newest` claimed it last and has not."""

    owner: User | None
    newest: User | None

    @property
    def first(self) -> User | None:
        """Whom mail to the address is for."""
        return self.owner or self.newest


def claimants(*, email: str) -> Claimants:
    """The accounts behind an address, in whatever case, disabled ones included."""
    claims = User.objects.filter(email=email.strip().lower()).order_by("-created_at")
    return Claimants(
        owner=claims.filter(email_verified_at__isnull=False).first(),
        newest=claims.filter(email_verified_at=None).first(),
    )


def user_locked(*, user_id: UUID) -> User:
    """The person, locked until the transaction ends; raises NotFoundError."""
    user = User.objects.select_for_update().filter(pk=user_id).first()
    if user is None:
        raise NotFoundError("There is no such account.")
    return user
