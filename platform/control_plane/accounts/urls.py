"""Every path under /accounts/. The names are those by which django-allauth finds them."""

from allauth.account import views
from django.urls import URLPattern, path
from django.views.generic import RedirectView

from control_plane.accounts import pages

urlpatterns: list[URLPattern] = [
    path("", pages.account, name="account"),
    path("login/", views.login, name="account_login"),
    path("logout/", views.logout, name="account_logout"),
    path("signup/", views.signup, name="account_signup"),
    path("email/", pages.address_change, name="account_email"),
    path("confirm-email/", pages.address_confirmation, name="account_email_verification_sent"),
    path("confirm-email/<str:key>/", pages.ConfirmAddress.as_view(), name="account_confirm_email"),
    path("password/change/", views.password_change, name="account_change_password"),
    # Whoever has no password gets one by a link, as whoever forgot theirs.
    path("password/set/", RedirectView.as_view(pattern_name="account_reset_password"), name="account_set_password"),
    path("password/reset/", views.password_reset, name="account_reset_password"),
    path("password/reset/done/", views.password_reset_done, name="account_reset_password_done"),
    path("password/reset/key/done/", views.password_reset_from_key_done, name="account_reset_password_from_key_done"),
    path(
        "password/reset/<str:uidb36>/<str:key>/", views.password_reset_from_key, name="account_reset_password_from_key"
    ),
]
