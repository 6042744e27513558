"""People's accounts."""

from django.db import IntegrityError, transaction

from tenants import validation
from tenants.errors import NameTakenError
from tenants.models import AccessToken, ApiKey, User
from tenants.publishing.changes import credentials_changed
from tenants.selectors.housekeeping import account_scope


def user_create(*, email: str, password: str | None = None, name: str = "", is_staff: bool = False) -> User:
    """A new person; without a password they can't sign in by one. `is_staff` makes an operator of the platform.

    The caller has checked the password against AUTH_PASSWORD_VALIDATORS where a person chose it. Raises
    InvalidValueError, or NameTakenError where the address, in whatever case, is in use.
    """
    address = validation.email(email)
    try:
        with transaction.atomic():
            return User.objects.create_user(address, password, name=name.strip()[:200], is_staff=is_staff)
    except IntegrityError as error:
        raise NameTakenError("This e-mail address is in use already.", field="email") from error


def user_disable(*, user: User) -> None:
    """Nothing of this person works any more, in any tenant: sign-in, keys, tokens."""
    _set_active(user, is_active=False)


def user_enable(*, user: User) -> None:
    """What they had works again, unless it ended meanwhile."""
    _set_active(user, is_active=True)


def _set_active(user: User, *, is_active: bool) -> None:
    with account_scope():
        user.is_active = is_active
        user.save(update_fields=["is_active", "updated_at"])
        credentials_changed(
            api_keys=ApiKey.objects.filter(user_id=user.pk), access_tokens=AccessToken.objects.filter(user_id=user.pk)
        )
