"""How each client is told of a server: pure functions from a URL and a name to what a person copies."""
