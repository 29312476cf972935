"""Municipalities as VNG support and their own staff manage them: admission, overview, switching."""
