"""The operator's admin, under /operator/: for the platform's staff, across all tenants, and never with a secret."""
