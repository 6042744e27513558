"""The outermost layer: hosts, origins, addresses, credentials. Behind it, a request has a caller."""
