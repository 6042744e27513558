"""The mail with an invitation's link, sent once the invitation is committed."""

from collections.abc import Sequence
from typing import Final

from django.db import transaction

from control_plane.accounts.mail import message_of, send
from control_plane.rates import is_too_often
from tenants.errors import LimitReachedError
from tenants.models import Tenant
from tenants.services.invitations import IssuedInvitation

MAILS_PER_HOUR: Final = 100
"""How many invitations a tenant sends within an hour: enough for a company, too few to be anybody's mailer."""
TO_ONE_PER_HOUR: Final = 5
HOUR: Final = 3600


def invitations_send(*, tenant: Tenant, issued: Sequence[IssuedInvitation]) -> None:
    """Send each its link after the transaction. The token is in the mail and nowhere else.

    Raises LimitReachedError where the tenant has sent too many lately, to this address or at all; call it within the
    transaction that made them, so that nothing is left of it.
    """
    _check_rates(tenant, [each.invitation.email for each in issued])
    for each in issued:
        invitation = each.invitation
        inviter = "" if invitation.invited_by is None else invitation.invited_by.email
        context = {"tenant": tenant.name, "role": invitation.role, "inviter": inviter, "token": each.token}
        message = message_of("invitations/email/invitation", invitation.email, context)
        transaction.on_commit(lambda message=message: send(message))  # type: ignore[misc]


def _check_rates(tenant: Tenant, addresses: Sequence[str]) -> None:
    for address in addresses:
        to_one = is_too_often("invitation-to", f"{tenant.pk} {address}", most=TO_ONE_PER_HOUR, seconds=HOUR)
        if is_too_often("invitations-of", str(tenant.pk), most=MAILS_PER_HOUR, seconds=HOUR) or to_one:
            most = TO_ONE_PER_HOUR if to_one else MAILS_PER_HOUR
            message = "Too many invitations were sent within the hour. Wait a little, and try again."
            raise LimitReachedError(message, limit="invitations_per_hour", maximum=most)
