"""Atrium as an OAuth client of upstream MCP servers (MCP 2026-07-28 basic/authorization). Nothing in here knows the
database; what goes out goes through `egress` with the purpose `upstream_oauth`."""
