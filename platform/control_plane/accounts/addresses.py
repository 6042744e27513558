"""django-allauth's rows about addresses. `User.email_verified_at` is what counts; these follow it, and carry the links
that confirm an address."""

from allauth.account.internal.flows.email_verification import send_verification_email_to_address
from allauth.account.models import EmailAddress
from django.db import transaction
from django.http import HttpRequest

from tenants.models import User
from tenants.selectors.users import claimants


def address_of(person: User) -> EmailAddress:
    """The row of the person's own address, made or mended where it does not say what the person's does."""
    verified = person.email_verified_at is not None
    with transaction.atomic():
        if verified:
            EmailAddress.objects.filter(email=person.email, verified=True).exclude(user=person).update(verified=False)
        EmailAddress.objects.filter(user=person, primary=True).exclude(email=person.email).delete()
        row, _ = EmailAddress.objects.update_or_create(
            user=person, email=person.email, defaults={"verified": verified, "primary": True}
        )
    return row


def link_send(request: HttpRequest, address: EmailAddress) -> bool:
    """Send the link that confirms an address; False where that was done a moment ago."""
    return bool(send_verification_email_to_address(request, address))


def address_wanted(person: User, email: str) -> EmailAddress:
    """The row of an address that the person wants to change to; an earlier wish is forgotten."""
    with transaction.atomic():
        address_of(person)
        EmailAddress.objects.filter(user=person, primary=False).delete()
        return EmailAddress.objects.create(user=person, email=email)


def is_somebody_elses(address: EmailAddress) -> bool:
    """True where another person has confirmed this address."""
    owner = claimants(email=address.email).owner
    return owner is not None and owner.pk != address.user_id
