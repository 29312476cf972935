"""Shows the pages that explain the data standard and the API of the portal to people."""
