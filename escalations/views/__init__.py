"""The pages of escalations: the in-tray and what was sent, one escalation with its chain, and every verb."""
