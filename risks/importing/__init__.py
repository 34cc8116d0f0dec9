"""Taking in risks from the systems of an organisation: reading files, checking them, and writing what they say."""
