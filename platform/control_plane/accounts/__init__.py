"""People at the door: signing up, signing in, confirming an address, changing a password."""
