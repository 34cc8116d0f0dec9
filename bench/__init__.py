"""How fast the register answers among many risks: `make bench`. Each benchmark is a program by itself too."""
