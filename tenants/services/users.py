"""People's accounts."""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone

from tenants import validation
from tenants.errors import EmailNotVerifiedError, NameTakenError
from tenants.models import AccessToken, ApiKey, Connection, User
from tenants.publishing.changes import api_keys_changed, credentials_changed
from tenants.selectors.housekeeping import account_scope
from tenants.services.connection_ending import connections_end


def user_create(*, email: str, password: str | None = None, name: str = "", is_staff: bool = False) -> User:
    """A new person whose address somebody vouches for, so it counts as confirmed; without a password they can't sign in
    by one. `is_staff` makes an operator of the platform.

    The caller has checked the password against AUTH_PASSWORD_VALIDATORS where a person chose it. Raises
    InvalidValueError, or NameTakenError where the address, in whatever case, is somebody's already.
    """
    fields = {"name": name.strip()[:200], "is_staff": is_staff, "email_verified_at": timezone.now()}
    with _one_owner_of_an_address():
        return User.objects.create_user(validation.email(email), password, **fields)


def user_sign_up(*, email: str, password: str, name: str = "") -> User:
    """A new person who claims an address. Whether it is somebody's already makes no difference, and is not told.

    The caller has checked the password. Raises InvalidValueError.
    """
    return User.objects.create_user(validation.email(email), password, name=name.strip()[:200])


def user_email_verified(*, user: User, email: str | None = None) -> User:
    """Mail to this address (their own, where none is given) has reached the person: from now on it is theirs.

    Raises NameTakenError where it is somebody else's already. Changes the instance that was passed, too.
    """
    address = validation.email(email or user.email)
    if user.email_verified_at is None or user.email != address:
        now = timezone.now()
        with _one_owner_of_an_address():
            User.objects.filter(pk=user.pk).update(email=address, email_verified_at=now, updated_at=now)
        user.email, user.email_verified_at = address, now
    return user


def user_name_set(*, user: User, name: str) -> User:
    """What the person is called; empty for nothing but the address. Raises InvalidValueError."""
    user.name = validation.name(name) if name.strip() else ""
    user.save(update_fields=["name", "updated_at"])
    return user


def user_password_set(*, user: User, password: str) -> User:
    """Give the person another password, which the caller has checked. All their sessions end by that."""
    user.set_password(password)
    user.save(update_fields=["password", "updated_at"])
    return user


def user_password_reset(*, user: User, password: str) -> User:
    """Give another password to somebody who came by a link in a mail. That confirms the address.

    Where it was not confirmed before, somebody else may have claimed it: whatever that account made is ended, so that
    nothing works on for them. Raises NameTakenError where the address has become another account's meanwhile.
    """
    with account_scope():
        if user.email_verified_at is None:
            user_email_verified(user=user)
            keys = ApiKey.objects.filter(user_id=user.pk, revoked_at=None)
            ended = ApiKey.objects.filter(pk__in=list(keys.values_list("pk", flat=True)))
            ended.update(revoked_at=timezone.now())
            api_keys_changed(ended)
            connections_end(Connection.objects.filter(user_id=user.pk), now=timezone.now())
        return user_password_set(user=user, password=password)


def require_verified(*, user_id: UUID | None) -> None:
    """Raises EmailNotVerifiedError for a person whose address is only a claim. The platform itself (None) may."""
    if user_id is not None and not User.objects.filter(pk=user_id, email_verified_at__isnull=False).exists():
        raise EmailNotVerifiedError("Confirm your e-mail address first: open the link that we sent you.")


@contextmanager
def _one_owner_of_an_address() -> Iterator[None]:
    try:
        with transaction.atomic():
            yield
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
