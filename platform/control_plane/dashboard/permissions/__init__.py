"""Permissions of a server: by role, by person, by key and client, and what comes of it all."""

from django.urls import URLPattern, path

from control_plane.api import path_names  # noqa: F401 - the converters of the paths
from control_plane.dashboard.permissions import check, delegates, people, roles, start

_SERVER = "servers/<label:server>/permissions/"

urlpatterns: list[URLPattern] = [
    path("permissions/", start.permissions_start, name="permissions"),
    path(_SERVER, roles.role_permissions, name="server_permissions"),
    path(f"{_SERVER}cell", roles.cell_set, name="permission_cell"),
    path(f"{_SERVER}check", check.permission_check, name="permission_check"),
    path(f"{_SERVER}clients/reset", delegates.client_reset, name="client_reset"),
    path(f"{_SERVER}keys/", delegates.delegate_list, name="permission_keys"),
    path(f"{_SERVER}keys/<uuid:api_key_id>/", delegates.key_selection, name="key_selection"),
    path(f"{_SERVER}people/", people.exceptions, name="permission_people"),
    path(f"{_SERVER}people/<uuid:grant_id>/remove", people.exception_remove, name="exception_remove"),
]
