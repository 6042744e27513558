"""The authorization server's doors. Nothing of django-oauth-toolkit's own is routed."""

from django.urls import URLPattern, path

from control_plane.oauth.authorization import authorize
from control_plane.oauth.metadata import metadata
from control_plane.oauth.registration import register
from control_plane.oauth.revocation import revoke
from control_plane.oauth.token_endpoint import token

urlpatterns: list[URLPattern] = [
    path(".well-known/oauth-authorization-server", metadata),
    path("oauth/authorize", authorize, name="oauth_authorize"),
    path("oauth/token", token),
    path("oauth/revoke", revoke),
    path("oauth/register", register),
]
