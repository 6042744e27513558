"""The OAuth 2.1 authorization server: oauthlib's grants with django-oauth-toolkit's tables, behind our own doors."""
