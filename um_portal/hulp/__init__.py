"""Shows the documents for users as help inside the portal."""
