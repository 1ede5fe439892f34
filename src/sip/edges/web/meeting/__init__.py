"""One meeting: its page, the acts on it, and the forms they take."""
