"""Reports for a System or Regional Quality Group: a body's figures and risks at one moment, as PDF and XLSX (ADR 0030)."""
