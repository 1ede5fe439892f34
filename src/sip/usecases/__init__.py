"""Floor 3: one function, one transaction. People's acts stand here; what goes on by itself is in `engine`."""
