"""How accounts work: the settings of django-allauth, which `control_plane.settings` takes over as they are."""

from typing import Any, Final

SETTINGS: Final[dict[str, Any]] = {
    "ACCOUNT_ADAPTER": "control_plane.accounts.adapter.AccountAdapter",
    "ACCOUNT_LOGIN_METHODS": {"email"},
    "ACCOUNT_SIGNUP_FIELDS": ["email*", "password1*"],
    "ACCOUNT_USER_MODEL_USERNAME_FIELD": None,
    # Whoever signs up goes on at once. What needs a confirmed address asks for it (tenants.services.users).
    "ACCOUNT_EMAIL_VERIFICATION": "optional",
    "ACCOUNT_EMAIL_CONFIRMATION_EXPIRE_DAYS": 3,
    "ACCOUNT_CONFIRM_EMAIL_ON_GET": True,
    "ACCOUNT_CHANGE_EMAIL": True,
    # Several accounts may claim an address, one can come to have it (tenants.models.user).
    "ACCOUNT_PREVENT_ENUMERATION": "strict",
    "ACCOUNT_SIGNUP_REDIRECT_URL": "/start/",
    "ACCOUNT_LOGIN_ON_PASSWORD_RESET": True,
    "ACCOUNT_SESSION_REMEMBER": True,
    "ACCOUNT_FORMS": {
        "signup": "control_plane.accounts.forms.SignUpForm",
        "login": "control_plane.accounts.forms.SignInForm",
        "reset_password": "control_plane.accounts.forms.ResetForm",
        "reset_password_from_key": "control_plane.accounts.forms.NewPasswordForm",
        "change_password": "control_plane.accounts.forms.ChangePasswordForm",
    },
    "ACCOUNT_RATE_LIMITS": {
        "signup": "10/m/ip,60/h/ip",
        "login": "30/m/ip",
        "login_failed": "10/m/ip,5/5m/key",
        "reset_password": "10/m/ip,3/10m/key",
        "confirm_email": "1/m/key,10/d/key",
        "change_email": "5/h/user",
        "tenant_slug": "120/m/user",
        "invitation": "30/m/ip",
    },
}
"""A rate is how often, within how long, per address of the client, person, or e-mail address."""
