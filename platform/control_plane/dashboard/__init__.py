"""The dashboard: one module per family of pages, each with its own `urlpatterns`."""
