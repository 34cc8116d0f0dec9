"""A person's and an organisation's whole data, on request."""
