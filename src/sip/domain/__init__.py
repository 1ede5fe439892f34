"""Floor 1: what is true and what follows. Pure values and functions; no I/O, no clock, no randomness."""
