"""Tools that ask several backends: other tools of their server, or models of providers."""
