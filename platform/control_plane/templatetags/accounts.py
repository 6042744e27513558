"""What the pages of accounts know of the installation."""

from typing import Any

from django import template
from django.conf import settings

from control_plane.accounts.outbox import is_outbox_shown

register = template.Library()


@register.simple_tag(takes_context=True)
def outbox_shown(context: template.Context) -> bool:
    """True where mail goes to the development outbox, and whoever looks is at this machine."""
    request: Any = context.get("request")
    return request is not None and is_outbox_shown(request)


@register.simple_tag(takes_context=True)
def sign_up_offered(context: template.Context) -> bool:
    """True where the installation says that people may sign up without an invitation."""
    return bool(settings.SIGNUP != "invite")
