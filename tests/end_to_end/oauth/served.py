"""`python -m tests.end_to_end.oauth.served KIND …`: what `control_plane.serve` serves, in a world of the tests.

In that world a site at `client.example` describes a client, and resolving, connecting and trust lead there. The guard
of `egress` runs whole before: nothing in the product can be told to leave it out.
"""

import sys

import control_plane.embedded_asgi  # noqa: F401 - before all else of Django's: it says of which kind this process is
from control_plane import serve
from control_plane.oauth import client_metadata_documents
from tests.control_plane.oauth.client_site import Site, document

LOOPBACK = ["http://127.0.0.1/callback", "http://localhost/callback"]

with Site() as site:
    site.says(document(redirect_uris=LOOPBACK))
    client_metadata_documents.outside = site.outside()
    sys.exit(serve.main())
