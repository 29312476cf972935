"""The people who log in, as VNG support sees them: one at a time, and never what they do."""
