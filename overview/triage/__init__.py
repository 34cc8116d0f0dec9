"""Triage: one list of everything that needs a decision of the acting body, and deciding where one looks."""
