"""People. A user belongs to no tenant; memberships say where they are at home."""

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone

from tenants.models.timestamped import Timestamped


class UserManager(BaseUserManager["User"]):
    """Makes and finds users; the case of an e-mail address does not matter."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Make a user; without a password they can't sign in by one."""
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Make an operator of the platform; whoever does that vouches for the address."""
        return self.create_user(email, password, is_staff=True, email_verified_at=timezone.now(), **fields)

    def get_by_natural_key(self, username: str | None) -> "User":
        """The person whose address this is known to be, else whoever claimed it last; raises User.DoesNotExist."""
        claims = self.filter(email=(username or "").strip().lower())
        found = claims.order_by(models.F("email_verified_at").asc(nulls_last=True), "-created_at").first()
        if found is None:
            raise self.model.DoesNotExist
        return found


class User(AbstractBaseUser, Timestamped):  # type: ignore[django-manager-missing]
    """A person, known by e-mail address (kept in lower case). `is_staff` marks an operator of the platform.

    An address is a claim until `email_verified_at` says that mail to it reaches them. Several accounts may claim one,
    so that signing up tells nobody whether an address has an account; one of them can come to have it.
    """

    email = models.EmailField(db_index=True)
    name = models.CharField(max_length=200, blank=True)
    email_verified_at = models.DateTimeField(null=True, blank=True)
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"

    objects: ClassVar[UserManager] = UserManager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(email=Lower("email")), name="user_email_lower_case"),
            models.UniqueConstraint(
                fields=["email"], condition=models.Q(email_verified_at__isnull=False), name="user_email_verified_once"
            ),
        ]

    def __str__(self) -> str:
        return self.email

    def has_perm(self, permission: str, subject: object = None) -> bool:
        """Django's admin asks this: an operator may everything there, nobody else anything."""
        return self.is_active and self.is_staff

    def has_module_perms(self, application: str) -> bool:
        """Django's admin asks this: as `has_perm`."""
        return self.is_active and self.is_staff
