"""Measuring how well look-alikes are found. Nothing here runs in the register itself."""
