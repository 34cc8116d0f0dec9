"""Running, trying and testing the register on one machine. Nothing here is needed in production."""
