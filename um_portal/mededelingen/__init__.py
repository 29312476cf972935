"""The announcements of VNG support, for everybody on the start page."""
