"""Saved views: named sets of filters of the lists, private or shared within an organisation."""
