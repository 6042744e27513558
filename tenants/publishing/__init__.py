"""Publishing: what the database says is built into documents, and a newer one replaces an older one in the store."""
