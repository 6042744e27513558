"""One process that starts the others in order, keeps them alive, and stops them in order: `make run`."""
