"""What VNG support tells everybody on the start page."""
