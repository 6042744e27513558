"""People, who belong to no tenant by themselves."""

from tenants.errors import NotFoundError
from tenants.models import User


def user_by_email(*, email: str) -> User:
    """The person with this e-mail address, in whatever case; raises NotFoundError, alike for a disabled account."""
    user = User.objects.filter(email=email.strip().lower(), is_active=True).first()
    if user is None:
        raise NotFoundError("Nobody with this address can be added.")
    return user
