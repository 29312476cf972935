"""Takes in files without a person: aanleversleutels, the API for systems and the watched folder."""
