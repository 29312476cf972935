"""Lets people log in through the login service of their municipality (OpenID Connect)."""
