"""Manages municipalities, for VNG support and their own staff: admission, settings, departure, switching."""
