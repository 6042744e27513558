"""One module per method family. A module names what it serves in `MODERN` and `LEGACY`; adding one is adding a file."""
