"""The domain as a Django application."""

from django.apps import AppConfig


class TenantsConfig(AppConfig):
    """Tenants, their members, servers, grants, keys and calls."""

    name = "tenants"
