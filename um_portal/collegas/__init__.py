"""The colleagues of a municipality: inviting, roles, removing, and the yearly review of who has access."""
