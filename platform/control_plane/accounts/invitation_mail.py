"""The mail with an invitation's link, sent once the invitation is committed."""

from collections.abc import Sequence

from django.db import transaction

from control_plane.accounts.mail import message_of, send
from tenants.models import Tenant
from tenants.services.invitations import IssuedInvitation


def invitations_send(*, tenant: Tenant, issued: Sequence[IssuedInvitation]) -> None:
    """Send each its link after the transaction. The token is in the mail and nowhere else."""
    for each in issued:
        invitation = each.invitation
        inviter = "" if invitation.invited_by is None else invitation.invited_by.email
        context = {"tenant": tenant.name, "role": invitation.role, "inviter": inviter, "token": each.token}
        message = message_of("invitations/email/invitation", invitation.email, context)
        transaction.on_commit(lambda message=message: send(message))  # type: ignore[misc]
