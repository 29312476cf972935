"""The pages of uploading, a module per part."""
