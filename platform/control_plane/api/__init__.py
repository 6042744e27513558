"""The management API under /api/v1: one module per resource, each a door to services and selectors."""
