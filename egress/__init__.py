"""The one door out: the only code that opens a connection to an address that somebody else chose.

`egress.fetch` is the way in. Free of Django, of tenants and of the runtime, so that all of them may use it.
"""
