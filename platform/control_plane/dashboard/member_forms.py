"""The forms of members and invitations."""

import re
from typing import Any, Final

from django import forms

from control_plane.dashboard.forms import PageForm
from tenants.abilities import Ability, Role
from tenants.actor import Actor
from tenants.services.invitations import MOST_AT_ONCE

MEANING: Final = {
    Role.OWNER: "Everything, the tenant itself included.",
    Role.ADMIN: "Members, servers, permissions, keys and clients.",
    Role.DEVELOPER: "Servers and their tools; sees all calls.",
    Role.CALLER: "Uses the tools that they are granted.",
    Role.AUDITOR: "Sees all calls, and changes nothing.",
}
SEPARATORS: Final = re.compile(r"[\s,;]+")


def roles_to_give(actor: Actor) -> list[tuple[str, str]]:
    """The roles that the actor may give, with what each means."""
    given = [role for role in Role if role != Role.OWNER or actor.may(Ability.MANAGE_TENANT)]
    return [(role.value, f"{role.value.title()}: {MEANING[role]}") for role in given]


class RoleForm(PageForm):
    """Another role for a member."""

    def __init__(self, *args: Any, actor: Actor, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["role"] = forms.ChoiceField(
            label="Role", widget=forms.RadioSelect, choices=roles_to_give(actor), initial=self.initial.get("role")
        )


class InviteForm(RoleForm):
    """Addresses, one a line or separated by commas, and the role that all of them get."""

    emails = forms.CharField(
        label="E-mail addresses",
        widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "off", "spellcheck": "false"}),
        help_text=f"One a line, up to {MOST_AT_ONCE}.",
        max_length=8_000,
    )
    field_order = ("emails", "role")

    def __init__(self, *args: Any, actor: Actor, **options: Any) -> None:
        super().__init__(*args, actor=actor, initial={"role": Role.DEVELOPER.value}, **options)

    def clean_emails(self) -> list[str]:
        """One by one; a wrong one is named."""
        emails = [part for part in SEPARATORS.split(self.cleaned_data["emails"]) if part]
        for email in emails:
            try:
                forms.EmailField().clean(email)
            except forms.ValidationError as error:
                raise forms.ValidationError(f"{email[:100]} is not an e-mail address.") from error
        return emails
