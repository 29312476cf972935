"""Shows the audit log: to a functioneel beheerder that of the municipality, to VNG support all of it without content."""
