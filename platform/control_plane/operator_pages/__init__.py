"""The operator's pages under /operator/, beside Django's admin: tenants, their plans, and health by part."""
