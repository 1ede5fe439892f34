"""Signing in with OpenID Connect providers, several side by side (decision 0089)."""
