"""Shows the audit log: that of a municipality to its functioneel beheerder, all to VNG support."""
