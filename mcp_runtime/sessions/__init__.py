"""Sessions of the legacy era. Their records live in Redis, so that any replica serves any request."""
