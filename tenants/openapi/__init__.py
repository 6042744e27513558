"""OpenAPI 3.0 and 3.1 documents, read as tools. Pure: nothing here asks the database or the network."""
