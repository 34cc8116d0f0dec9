"""Reports for a System or Regional Quality Group: a body's figures and risks at one moment (ADR 0030)."""
