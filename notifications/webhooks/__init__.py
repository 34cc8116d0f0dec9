"""Webhooks: telling the systems of an organisation what its people are told, by the Standard Webhooks specification."""
