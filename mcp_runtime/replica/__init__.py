"""What this replica knows: cached snapshots and credentials, and how it hears that they changed."""
